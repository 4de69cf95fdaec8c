//! Running a helper program to its end: the freeze hook, `chpasswd`, `shutdown`.
//!
//! What such a program says is of interest only if it fails. It runs in a session of its own, and
//! a process that it leaves behind does not hold the agent up, even if that keeps the output open.

use std::ffi::{OsStr, OsString};
use std::fmt;
use std::os::fd::OwnedFd;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags};
use rustix::fs::OFlags;
use rustix::io::Errno;
use rustix::process::{PidfdFlags, Signal, WaitStatus, kill_process_group, pidfd_open};

use super::error::reason;
use super::spawn::{Capture, Child, Launch};
use super::stop::poll;
use crate::limits::MAX_HELPER_OUTPUT;

/// How much is read from a pipe at a time.
const READ_STEP: usize = 4 << 10;
/// How long a helper has for its end when it is told that its time is over.
const LAST_WORDS: Duration = Duration::from_secs(2);

/// A helper that did not do what it was run for. `Display` is what the host reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Failure {
    /// What it was run for, as an infinitive.
    action: &'static str,
    cause: Cause,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Cause {
    /// It could not be started.
    Start { program: OsString, errno: Errno },
    /// It ended with a status that is not zero.
    Status { status: i32, output: String },
    /// A signal ended it, or nobody knows what did.
    Abnormal { signal: Option<i32>, output: String },
    /// It did not come to its end in time, and was ended.
    Late { limit: Duration, output: String },
    /// It did well, but without all of its input.
    Input(Errno),
}

impl Failure {
    /// Whether the helper has run at all.
    pub(crate) fn was_started(&self) -> bool {
        !matches!(self.cause, Cause::Start { .. })
    }

    /// The status that it ended with, if it ran to its end.
    pub(crate) fn status(&self) -> Option<i32> {
        match self.cause {
            Cause::Status { status, .. } => Some(status),
            _ => None,
        }
    }

    /// Whether somebody asked the helper to end before it had.
    pub(crate) fn was_terminated(&self) -> bool {
        let asked = Some(Signal::TERM.as_raw());
        matches!(self.cause, Cause::Abnormal { signal, .. } if signal == asked)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let action = self.action;
        match &self.cause {
            Cause::Start { program, errno } => {
                let (program, reason) = (program.display(), reason(*errno));
                // The line feed is what a shell would end this with, and part of the text.
                writeln!(
                    f,
                    "child process has failed to {action}: failed to exec '{program}': {reason}"
                )
            }
            Cause::Status { status, output } if output.is_empty() => {
                write!(
                    f,
                    "child process has failed to {action}: exit status {status}"
                )
            }
            Cause::Status { output, .. } => {
                write!(f, "child process has failed to {action}: {output}")
            }
            Cause::Abnormal { output, .. } if output.is_empty() => {
                f.write_str("child process has terminated abnormally")
            }
            Cause::Abnormal { output, .. } => {
                write!(f, "child process has terminated abnormally: {output}")
            }
            Cause::Late { limit, output } => {
                let seconds = limit.as_secs();
                write!(
                    f,
                    "child process has failed to {action}: it did not end within {seconds} seconds"
                )?;
                match output.is_empty() {
                    true => Ok(()),
                    false => write!(f, ": {output}"),
                }
            }
            Cause::Input(errno) => {
                write!(
                    f,
                    "{action}: cannot write to stdin pipe: {}",
                    reason(*errno)
                )
            }
        }
    }
}

impl std::error::Error for Failure {}

/// Runs `program`, a path or a name to look up, and waits for it.
///
/// Without `input` its standard input is empty. The `action` says what it is run for, in messages.
///
/// # Errors
/// It cannot be started, ends with another status than zero, or leaves input unread.
pub(crate) fn run(
    program: impl Into<OsString>,
    arguments: &[&OsStr],
    input: Option<&[u8]>,
    action: &'static str,
) -> Result<(), Failure> {
    run_within(None, program, arguments, input, action).map(drop)
}

/// Does the same, and gives what the helper has said. After the time `limit` it is ended, with all
/// of its process group.
///
/// # Errors
/// It cannot be started, ends late or with another status than zero, or leaves input unread.
pub(crate) fn run_within(
    limit: Option<Duration>,
    program: impl Into<OsString>,
    arguments: &[&OsStr],
    input: Option<&[u8]>,
    action: &'static str,
) -> Result<String, Failure> {
    let launch = Launch {
        program: program.into(),
        found: None,
        arguments: arguments.iter().map(|&argument| argument.into()).collect(),
        environment: None,
        input: input.is_some(),
        capture: Capture::Merged,
        new_session: true,
    };
    let ended = launch
        .spawn()
        .and_then(|child| Helper::new(child, input.unwrap_or_default()))
        .map_err(|errno| Cause::Start {
            program: launch.program,
            errno,
        })
        .and_then(|helper| helper.until_exit(limit));
    ended.map_err(|cause| Failure { action, cause })
}

/// A helper that runs.
struct Helper<'a> {
    child: Child,
    /// Tells of the exit; a kernel without it leaves the end of the output to tell.
    exit: Option<OwnedFd>,
    input: &'a [u8],
    /// Why the rest of the input cannot be written.
    unread: Option<Errno>,
    output: Vec<u8>,
}

impl<'a> Helper<'a> {
    fn new(child: Child, input: &'a [u8]) -> Result<Self, Errno> {
        if let Some(output) = &child.stdout {
            // At the exit, what is there is read, and not waited for.
            rustix::fs::fcntl_setfl(output, OFlags::NONBLOCK)?;
        }
        Ok(Self {
            exit: pidfd_open(child.pid, PidfdFlags::empty()).ok(),
            child,
            input,
            unread: None,
            output: Vec::new(),
        })
    }

    fn until_exit(mut self, limit: Option<Duration>) -> Result<String, Cause> {
        let deadline = limit.and_then(|limit| Instant::now().checked_add(limit));
        let is_late = !self.attend(deadline)?;
        if is_late {
            self.end();
        }
        match (self.child.reap(), limit) {
            (_, Some(limit)) if is_late => Err(Cause::Late {
                limit,
                output: self.text(),
            }),
            (Some(status), _) => self.judge(status).map(|()| self.text()),
            (None, _) => Err(self.abnormal(None)),
        }
    }

    /// Feeds and reads the helper until it exits; says whether that was before the deadline.
    fn attend(&mut self, deadline: Option<Instant>) -> Result<bool, Cause> {
        while self.child.stdout.is_some() || self.exit.is_some() {
            let left = deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
            let (can_write, has_exited) = self.wait(left).map_err(|_| self.abnormal(None))?;
            if can_write {
                self.feed();
            }
            self.drain();
            if has_exited {
                break;
            }
            if left == Some(Duration::ZERO) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Asks the helper and what it has started to end, and does not ask again.
    fn end(&mut self) {
        let _ = kill_process_group(self.child.pid, Signal::TERM);
        let deadline = Instant::now() + LAST_WORDS;
        if !matches!(self.attend(Some(deadline)), Ok(true)) {
            let _ = kill_process_group(self.child.pid, Signal::KILL);
        }
    }

    /// Waits until something can be done; says whether input can be written, and whether the
    /// helper has exited.
    fn wait(&self, time: Option<Duration>) -> Result<(bool, bool), Errno> {
        let sources = [
            (&self.child.stdout, PollFlags::IN),
            (&self.child.stdin, PollFlags::OUT),
            (&self.exit, PollFlags::IN),
        ];
        let present = sources.map(|(fd, _)| fd.is_some());
        let mut fds: Vec<PollFd<'_>> = sources
            .iter()
            .filter_map(|(fd, flags)| Some(PollFd::new(fd.as_ref()?, *flags)))
            .collect();
        poll(&mut fds, time)?;
        let mut ready = fds.iter().map(|fd| !fd.revents().is_empty());
        let [_, can_write, has_exited] = present.map(|there| there && ready.next() == Some(true));
        Ok((can_write, has_exited))
    }

    fn feed(&mut self) {
        match self.child.feed(self.input) {
            Ok(written) => self.input = &self.input[written..],
            Err(errno) => self.unread = Some(errno),
        }
    }

    /// Reads what there is, and closes the pipe at its end.
    fn drain(&mut self) {
        let mut buffer = [0; READ_STEP];
        while let Some(stdout) = &self.child.stdout {
            match rustix::io::read(stdout, &mut buffer) {
                Ok(0) => self.child.stdout = None,
                Ok(count) => {
                    let room = MAX_HELPER_OUTPUT.saturating_sub(self.output.len());
                    self.output.extend_from_slice(&buffer[..count.min(room)]);
                }
                Err(Errno::INTR) => {}
                Err(Errno::AGAIN) => return,
                Err(_) => self.child.stdout = None,
            }
        }
    }

    fn judge(&self, status: WaitStatus) -> Result<(), Cause> {
        match status.exit_status() {
            // What the helper says of itself explains more than a broken pipe.
            Some(0) => match (self.unread, self.input) {
                (None, []) => Ok(()),
                (errno, _) => Err(Cause::Input(errno.unwrap_or(Errno::PIPE))),
            },
            Some(status) => Err(Cause::Status {
                status,
                output: self.text(),
            }),
            None => Err(self.abnormal(status.terminating_signal())),
        }
    }

    fn abnormal(&self, signal: Option<i32>) -> Cause {
        Cause::Abnormal {
            signal,
            output: self.text(),
        }
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.output).into_owned()
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::*;

    fn shell(script: &str, input: Option<&[u8]>) -> Result<(), String> {
        let arguments = [OsStr::new("-c"), OsStr::new(script)];
        run("sh", &arguments, input, "do it").map_err(|failure| failure.to_string())
    }

    #[test]
    fn success_says_nothing() {
        assert_eq!(shell("echo noise; echo more >&2", None), Ok(()));
    }

    #[test]
    fn failures_are_told_with_what_the_helper_says() {
        for (script, told) in [
            ("exit 3", "child process has failed to do it: exit status 3"),
            (
                "echo out; echo err >&2; exit 1",
                "child process has failed to do it: out\nerr\n",
            ),
            ("kill -9 $$", "child process has terminated abnormally"),
            (
                "echo last words; kill -9 $$",
                "child process has terminated abnormally: last words\n",
            ),
        ] {
            assert_eq!(shell(script, None), Err(told.to_owned()), "{script}");
        }
    }

    #[test]
    fn helpers_that_cannot_be_started_are_named() {
        let told = run("/absent/helper", &[], None, "do it").map_err(|failure| failure.to_string());
        assert_eq!(
            told,
            Err(
                "child process has failed to do it: failed to exec '/absent/helper': \
                 No such file or directory\n"
                    .to_owned()
            )
        );
    }

    #[test]
    fn input_is_fed_whole() {
        let input = vec![b'x'; 1 << 20];
        let script = "test $(wc -c) = 1048576";
        assert_eq!(shell(script, Some(&input)), Ok(()));
        assert_eq!(
            shell("exec <&-; sleep 0.1; exit 0", Some(&input)),
            Err("do it: cannot write to stdin pipe: Broken pipe".to_owned())
        );
    }

    #[test]
    fn what_a_helper_leaves_behind_is_not_waited_for() {
        let start = Instant::now();
        assert_eq!(shell("sleep 20 & exit 0", None), Ok(()));
        assert_eq!(
            shell("sleep 20 & echo no; exit 1", None),
            Err("child process has failed to do it: no\n".to_owned())
        );
        assert!(start.elapsed() < Duration::from_secs(15));
    }

    #[test]
    fn a_helper_that_takes_too_long_is_ended_with_what_it_has_started() {
        let start = Instant::now();
        let limited = |script: &str| {
            let arguments = [OsStr::new("-c"), OsStr::new(script)];
            let limit = Some(Duration::from_millis(300));
            let ended = run_within(limit, "sh", &arguments, None, "do it");
            ended.map_err(|failure| failure.to_string())
        };
        assert_eq!(limited("echo fine"), Ok("fine\n".to_owned()));
        let late = "child process has failed to do it: it did not end within 0 seconds";
        assert_eq!(limited("sleep 40"), Err(late.to_owned()));
        let told = Err(format!("{late}: begun\ntold\n"));
        assert_eq!(
            limited("trap 'echo told; exit' TERM; echo begun; sleep 40 & wait"),
            told
        );
        assert_eq!(limited("trap '' TERM; sleep 40"), Err(late.to_owned()));
        assert!(start.elapsed() < Duration::from_secs(30));
    }

    #[test]
    fn much_output_is_cut() {
        let told = shell("yes | head -c 200000; exit 1", None).expect_err("a failure");
        assert!(told.len() < MAX_HELPER_OUTPUT + 100);
    }

    #[test]
    fn helpers_have_a_session_of_their_own() {
        let script = "read -r _ _ _ _ _ session _ </proc/$$/stat; test $session = $$";
        assert_eq!(shell(script, None), Ok(()));
    }
}
