//! What the guard does.

use std::ffi::OsString;
use std::os::fd::OwnedFd;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use nix::sys::signal::SigSet;
use rustix::io::Errno;
use rustix::stdio::stdin;

use super::{Duty, order, word};
use crate::hook::{self, Event, HookError};
use crate::log::{self, ACCOUNTING};
use crate::start;
use crate::state::Marker;
use crate::sys::lifeline::{self, Message};
use crate::sys::{freeze, staying};

/// The word on the command line that makes the program a guard.
pub(crate) const ARGUMENT: &str = "--guard";
/// How long it may take until everything is thawed. What takes longer is in the hands of a driver.
const THAW_PATIENCE: Duration = Duration::from_secs(10);
/// Room for the thread that thaws one file system; all of it is in memory at once.
const THAW_STACK: usize = 64 << 10;

/// Runs as a guard, whose lifeline is the standard input, until nothing is frozen any more.
pub(crate) fn keep(arguments: &[OsString]) -> ExitCode {
    log::install(false);
    let Some(duty) = parse(arguments) else {
        return start::fail(&Misuse);
    };
    // Of what this refuses, nothing is worth to leave file systems without a guard.
    let _ = rustix::process::setsid();
    let _ = rustix::thread::set_name(c"qga-guard");
    let _ = SigSet::all().thread_block();
    match Keeper::new(duty).attend() {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => start::fail(&Misuse),
    }
}

/// It was called by somebody else than an agent.
#[derive(Debug, thiserror::Error)]
#[error("only a running agent starts a guard")]
struct Misuse;

fn parse(arguments: &[OsString]) -> Option<Duty> {
    let [freeze_timeout, hook_timeout, marker, has_heard, hook] = arguments else {
        return None;
    };
    let time = |argument: &OsString| {
        let millis = argument.to_str()?.parse().ok()?;
        Some((millis > 0).then(|| Duration::from_millis(millis)))
    };
    Some(Duty {
        hook: (!hook.is_empty()).then(|| PathBuf::from(hook)),
        has_heard: !has_heard.is_empty(),
        hook_timeout: time(hook_timeout)?,
        freeze_timeout: time(freeze_timeout)?,
        marker: marker.into(),
    })
}

/// Why the guard thaws by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Cause {
    AgentGone,
    TooLong,
}

struct Keeper {
    duty: Duty,
    /// Whether it has told the hook of the freeze itself.
    has_told: bool,
    /// Open files in the file systems, in the order in which these are frozen.
    held: Vec<OwnedFd>,
    /// Locked as long as somebody has it open: by that, an agent that starts knows of the guard.
    mark: Option<OwnedFd>,
    /// When everything is thawed, whatever the agent says.
    deadline: Option<Instant>,
    staying: Option<staying::Stay>,
}

impl Keeper {
    fn new(duty: Duty) -> Self {
        Self {
            duty,
            has_told: false,
            held: Vec::new(),
            mark: None,
            deadline: None,
            staying: None,
        }
    }

    /// Does what the agent says, as long as it does.
    fn attend(mut self) -> Result<(), Errno> {
        loop {
            let now = Instant::now();
            let left = self.deadline.map(|end| end.saturating_duration_since(now));
            if !lifeline::has_news(stdin(), left)? {
                self.thaw(Cause::TooLong);
                return Ok(());
            }
            // Whatever is wrong with the lifeline: there is no agent at the other end then.
            let message = lifeline::receive(stdin()).ok().flatten();
            let Some(message) = message else {
                self.thaw(Cause::AgentGone);
                return Ok(());
            };
            let is_end = message.bytes.first() == Some(&order::END);
            match self.obey(message) {
                Ok(()) => self.say(word::DONE, ""),
                Err(error) => self.say(word::FAILED, &error.to_string()),
            }
            // However that went: the agent waits for the end, and has heard of the hook.
            if is_end {
                return Ok(());
            }
        }
    }

    /// Carries out an order.
    fn obey(&mut self, message: Message) -> Result<(), HookError> {
        match message.bytes.first() {
            Some(&order::HOOK) => self.tell_hook(Event::Freeze)?,
            Some(&order::MARK) => self.mark = message.files.into_iter().next(),
            Some(&order::HOLD) => {
                self.staying.get_or_insert_with(staying::stay);
                self.held.extend(message.files);
                self.wind_up();
            }
            Some(&order::FROZEN) => self.wind_up(),
            Some(&order::END) => {
                self.go();
                if self.duty.has_heard || self.has_told {
                    self.tell_hook(Event::Thaw)?;
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn say(&self, word: u8, text: &str) {
        let mut bytes = vec![word];
        bytes.extend(text.bytes().take(lifeline::MAX_BYTES - 1));
        // An agent that is gone meanwhile is noticed when it is asked next.
        let _ = lifeline::send(stdin(), &bytes, &[]);
    }

    /// Begins to count the time.
    fn wind_up(&mut self) {
        let now = Instant::now();
        self.deadline = self
            .duty
            .freeze_timeout
            .and_then(|limit| now.checked_add(limit));
    }

    fn tell_hook(&mut self, event: Event) -> Result<(), HookError> {
        let Some(hook) = &self.duty.hook else {
            return Ok(());
        };
        let result = hook::run(hook, event, self.duty.hook_timeout);
        let was_started = result.as_ref().err().is_none_or(HookError::was_started);
        self.has_told |= was_started;
        result
    }

    /// Lets go of the file systems, and is a process like others.
    fn go(&mut self) {
        self.held.clear();
        self.mark = None;
        if let Some(stay) = self.staying.take() {
            stay.end();
        }
    }

    /// Thaws everything, and tells who has to know.
    fn thaw(&mut self, cause: Cause) {
        let held = std::mem::take(&mut self.held);
        let were_held = !held.is_empty();
        let count = freeze::thaw_at_once(held, THAW_PATIENCE, THAW_STACK);
        if were_held {
            if let Err(error) = Marker::at(&self.duty.marker).clear() {
                ::log::error!("an agent that is started anew will think of a freeze: {error}");
            }
            if cause == Cause::TooLong {
                self.say(word::THAWED, "");
            }
            tell(cause, count, self.duty.freeze_timeout);
        }
        self.go();
        // What it was to take over and never got is still frozen: who thaws that tells the hook.
        let has_taken_over = self.duty.has_heard && were_held;
        if (self.has_told || has_taken_over)
            && let Err(error) = self.tell_hook(Event::Thaw)
        {
            ::log::error!("everything is thawed, but {error}");
        }
    }
}

fn tell(cause: Cause, count: usize, limit: Option<Duration>) {
    let seconds = limit.unwrap_or_default().as_secs();
    let text = match cause {
        Cause::AgentGone => format!(
            "the agent has ended while file systems were frozen: {count} are thawed, and no \
             snapshot that is taken from now on is consistent"
        ),
        Cause::TooLong => format!(
            "file systems were frozen for {seconds} seconds without a thaw: {count} are thawed, \
             and no snapshot that is taken from now on is consistent"
        ),
    };
    ::log::error!("{text}");
    ::log::info!(target: ACCOUNTING, "{text}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_guard_understands_the_command_line_that_it_is_given() {
        let duty = Duty {
            hook: Some("/hook".into()),
            has_heard: true,
            hook_timeout: None,
            freeze_timeout: Some(Duration::from_secs(3600)),
            marker: "/mark".into(),
        };
        for duty in [
            duty.clone(),
            Duty {
                hook: None,
                has_heard: false,
                hook_timeout: Some(Duration::from_millis(1)),
                ..duty
            },
        ] {
            let [word, arguments @ ..] = super::super::arguments(&duty);
            assert_eq!(word, ARGUMENT);
            assert_eq!(parse(&arguments), Some(duty));
        }
        assert_eq!(parse(&[]), None);
    }
}
