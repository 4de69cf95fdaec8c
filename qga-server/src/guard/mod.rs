//! The guard: a process that is there while file systems are frozen, and thaws them if the agent
//! cannot.
//!
//! ```text
//! agent                                       guard
//!   starts it ────────────────────────────────► is there
//!   "tell the hook of the freeze" ────────────► runs it, answers
//!   "hold these", with the open files ────────► notes them, answers
//!   freezes them
//!   "frozen" ─────────────────────────────────► its clock begins anew
//!   thaws them
//!   "end" ────────────────────────────────────► tells the hook of the thaw, answers, ends
//! ```
//!
//! Between them is a [lifeline](crate::sys::lifeline). When the agent's end of it closes, however
//! that came about, or when the clock runs out, the guard thaws what it holds, removes the mark,
//! and tells the hook. It runs all hooks, so that none is forgotten or told of two things at a
//! time, whenever the agent dies.
//!
//! It is the same program as the agent, started anew before anything is frozen, and all of it is in
//! memory then. While it holds something it writes nothing and cannot be asked to end.
//!
//! Nothing of this is there while nothing is frozen.

mod keeper;

use std::ffi::OsString;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use rustix::io::Errno;
use thiserror::Error;

pub(crate) use keeper::{ARGUMENT, keep};

use crate::log;
use crate::sys::error::{errno, reason};
use crate::sys::lifeline::{self, MAX_FILES};

/// The guard's name, which is not the agent's: who ends all agents by name must not end it.
const NAME: &str = "qga-guard";
/// How long the guard has to answer where it need not wait for a hook.
const PATIENCE: Duration = Duration::from_secs(10);

/// What the agent tells the guard to do: the first byte of a message.
mod order {
    pub(super) const HOOK: u8 = b'h';
    pub(super) const MARK: u8 = b'm';
    pub(super) const HOLD: u8 = b'd';
    pub(super) const FROZEN: u8 = b'f';
    pub(super) const END: u8 = b'e';
}

/// What the guard says: the first byte of a message.
mod word {
    /// An order is carried out.
    pub(super) const DONE: u8 = b'+';
    /// It is not, and why follows.
    pub(super) const FAILED: u8 = b'-';
    /// The clock has run out, and everything is thawed.
    pub(super) const THAWED: u8 = b't';
}

/// What a guard has to know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Duty {
    /// The program that hears of freezes and thaws.
    pub(crate) hook: Option<PathBuf>,
    /// Whether that has heard of this freeze already, and this guard takes over.
    pub(crate) has_heard: bool,
    /// How long it has each time.
    pub(crate) hook_timeout: Option<Duration>,
    /// How long file systems may be frozen.
    pub(crate) freeze_timeout: Option<Duration>,
    /// The mark that they are.
    pub(crate) marker: PathBuf,
}

/// Why there is no guard any more.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub(crate) enum GuardError {
    /// There never was one, and nothing may be frozen without.
    #[error("cannot start the process that would thaw: {why}", why = reason(*.0))]
    Start(Errno),
    /// It has ended, or does not answer.
    #[error("the process that would thaw is gone")]
    Lost,
    /// The file systems were frozen for too long.
    #[error("file systems were not frozen in time, and are thawed again")]
    Thawed,
    /// It answers that something has failed.
    #[error("{0}")]
    Failed(String),
}

/// What has become of a guard that was left alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum News {
    /// It has thawed.
    Thawed,
    /// It is gone, and everything is as it was.
    Lost,
}

/// The agent's end of a guard. To drop it means to the guard that the agent is gone.
#[derive(Debug)]
pub(crate) struct Guard {
    process: Child,
    lifeline: OwnedFd,
    /// How long it may take to answer where it runs a hook.
    hook_patience: Option<Duration>,
}

impl Guard {
    /// Starts one.
    ///
    /// # Errors
    /// It cannot be started.
    pub(crate) fn start(program: &Path, duty: &Duty) -> Result<Self, GuardError> {
        let start = || {
            let (lifeline, theirs) = lifeline::pair()?;
            let process = Command::new(program)
                .arg0(NAME)
                .args(arguments(duty))
                .stdin(Stdio::from(theirs))
                .stdout(Stdio::null())
                .stderr(log::stream())
                .spawn()?;
            Ok::<_, io::Error>((process, lifeline))
        };
        let (process, lifeline) = start().map_err(|error| GuardError::Start(errno(&error)))?;
        Ok(Self {
            process,
            lifeline,
            hook_patience: duty.hook_timeout.map(|limit| limit + PATIENCE),
        })
    }

    /// Has it tell the hook of the freeze.
    ///
    /// # Errors
    /// The hook fails.
    pub(crate) fn tell_hook(&self) -> Result<(), GuardError> {
        self.order(order::HOOK, &[], self.hook_patience)
    }

    /// Gives it the mark, if there is one, and the file systems in the order in which they will be
    /// frozen.
    ///
    /// # Errors
    /// It does not get them.
    pub(crate) fn hold<'a>(
        &self,
        mark: Option<BorrowedFd<'_>>,
        files: impl Iterator<Item = BorrowedFd<'a>>,
    ) -> Result<(), GuardError> {
        if let Some(mark) = mark {
            self.order(order::MARK, &[mark], Some(PATIENCE))?;
        }
        let files: Vec<_> = files.collect();
        for files in files.chunks(MAX_FILES) {
            self.order(order::HOLD, files, Some(PATIENCE))?;
        }
        Ok(())
    }

    /// Whether it still has nothing to say, as it should be.
    pub(crate) fn is_silent(&self) -> bool {
        lifeline::has_news(&self.lifeline, Some(Duration::ZERO)) == Ok(false)
    }

    /// Tells it that all is frozen, so that the time begins now.
    ///
    /// # Errors
    /// It is gone.
    pub(crate) fn all_is_frozen(&self) -> Result<(), GuardError> {
        match self.is_silent() {
            true => self.order(order::FROZEN, &[], Some(PATIENCE)),
            false => Err(match self.news() {
                News::Thawed => GuardError::Thawed,
                News::Lost => GuardError::Lost,
            }),
        }
    }

    /// Another handle of the lifeline, to wait for news with.
    ///
    /// # Errors
    /// No descriptor is left.
    pub(crate) fn listener(&self) -> io::Result<OwnedFd> {
        self.lifeline.try_clone()
    }

    /// What has happened, once it is not silent any more.
    pub(crate) fn news(&self) -> News {
        match lifeline::receive(&self.lifeline) {
            Ok(Some(message)) if message.bytes.first() == Some(&word::THAWED) => News::Thawed,
            _ => News::Lost,
        }
    }

    /// Tells it that all is thawed: it tells the hook, if that has heard of the freeze, and ends.
    ///
    /// # Errors
    /// The hook fails; or the guard is gone before it could.
    pub(crate) fn end(mut self) -> Result<(), GuardError> {
        let result = self.order(order::END, &[], self.hook_patience);
        match result {
            // What it does then is the same, and it comes to the end of that first.
            Err(GuardError::Thawed) => self.wait(),
            Err(GuardError::Lost) => self.kill(),
            _ => self.wait(),
        }
        match result {
            Err(GuardError::Thawed) => Ok(()),
            other => other,
        }
    }

    /// Waits until it has told the hook of what it did by itself.
    pub(crate) fn wait(&mut self) {
        // There is nothing to read but the end, and no end that would not be waited for.
        let _ = lifeline::has_news(&self.lifeline, self.hook_patience);
        self.kill();
    }

    /// Ends it, if it has not yet, and takes care that nothing is left of the process.
    fn kill(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }

    fn order(
        &self,
        order: u8,
        files: &[BorrowedFd<'_>],
        patience: Option<Duration>,
    ) -> Result<(), GuardError> {
        // One that is gone may have left a word, and that is read next.
        let _ = lifeline::send(&self.lifeline, &[order], files);
        if lifeline::has_news(&self.lifeline, patience) != Ok(true) {
            return Err(GuardError::Lost);
        }
        let message = lifeline::receive(&self.lifeline).ok().flatten();
        let message = message.unwrap_or_default();
        match message.bytes.split_first() {
            Some((&word::DONE, _)) => Ok(()),
            Some((&word::THAWED, _)) => Err(GuardError::Thawed),
            Some((&word::FAILED, why)) => Err(GuardError::Failed(
                String::from_utf8_lossy(why).into_owned(),
            )),
            _ => Err(GuardError::Lost),
        }
    }
}

impl AsFd for Guard {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.lifeline.as_fd()
    }
}

/// The command line of a guard.
fn arguments(duty: &Duty) -> [OsString; 6] {
    let millis = |time: Option<Duration>| {
        OsString::from(time.map_or(0, |time| time.as_millis().max(1)).to_string())
    };
    [
        ARGUMENT.into(),
        millis(duty.freeze_timeout),
        millis(duty.hook_timeout),
        duty.marker.clone().into(),
        if duty.has_heard { "heard" } else { "" }.into(),
        duty.hook.clone().unwrap_or_default().into(),
    ]
}
