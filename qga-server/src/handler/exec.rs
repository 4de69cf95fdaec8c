//! guest-exec, guest-exec-status: running programs.
//!
//! A child is looked after by a thread of its own; its record stays until the host has asked for
//! the end, within limits.

use std::sync::Arc;

use qapi_runtime::{Base64, Base64Text, Error};
use qga_types::{
    GuestExec, GuestExecArgs, GuestExecCaptureOutput, GuestExecCaptureOutputMode, GuestExecStatus,
    GuestExecStatusArgs,
};
use rustix::io::Errno;

use crate::Agent;
use crate::sys::error::reason;
use crate::sys::os_string;
use crate::sys::process::{self, Budget, CAPTURE_LIMIT, Finished, Output, Tended};
use crate::sys::spawn::{Capture, Launch};

/// How many children there may be, those included whose end nobody has asked for yet. Each one
/// that runs takes up to six descriptors and a thread.
const MAX_CHILDREN: usize = 64;
/// What is kept of the output of all children together.
const TOTAL_CAPTURE_LIMIT: usize = 8 * CAPTURE_LIMIT;

/// The children, oldest first.
#[derive(Debug)]
pub(crate) struct Children {
    records: Vec<Record>,
    budget: Arc<Budget>,
}

#[derive(Debug)]
struct Record {
    pid: i64,
    child: Tended,
}

impl Default for Children {
    fn default() -> Self {
        Self {
            records: Vec::new(),
            budget: Arc::new(Budget::new(TOTAL_CAPTURE_LIMIT)),
        }
    }
}

impl Children {
    fn start(&mut self, launch: Launch, input: Vec<u8>) -> Result<i64, Errno> {
        self.make_room()?;
        let child = process::start(launch, input, &self.budget)?;
        let pid = i64::from(child.pid.as_raw_nonzero().get());
        // The kernel gives a number out again once its process is reaped; the host means the new
        // one from now on.
        self.records.retain(|record| record.pid != pid);
        self.records.push(Record { pid, child });
        Ok(pid)
    }

    /// Drops a record if there are too many: the oldest that nobody came for, or else the oldest
    /// child that has exited and left its output to another program, which may go on for ever.
    fn make_room(&mut self) -> Result<(), Errno> {
        if self.records.len() < MAX_CHILDREN {
            return Ok(());
        }
        let first = |dispensable: fn(&Tended) -> bool| {
            self.records
                .iter()
                .position(|record| dispensable(&record.child))
        };
        let at = first(Tended::is_finished).or_else(|| first(Tended::has_exited));
        self.records.remove(at.ok_or(Errno::AGAIN)?);
        Ok(())
    }

    fn find(&self, pid: i64) -> Option<usize> {
        self.records.iter().position(|record| record.pid == pid)
    }
}

/// Starts a program.
pub(crate) fn exec(agent: &mut Agent, args: GuestExecArgs<'_>) -> Result<GuestExec, Error> {
    let input = args
        .input_data
        .as_ref()
        .map(Base64Text::to_vec)
        .transpose()?;
    let strings = |list: Vec<String>| list.iter().map(|text| os_string(text)).collect();
    let launch = Launch {
        program: os_string(&args.path),
        arguments: args.arg.map(strings).unwrap_or_default(),
        environment: args.env.map(strings),
        input: input.is_some(),
        capture: capture(args.capture_output),
        new_session: false,
    };
    let pid = agent
        .children
        .start(launch, input.unwrap_or_default())
        .map_err(|errno| cannot_execute(&args.path, errno))?;
    Ok(GuestExec::new(pid))
}

/// Tells how a program is doing; its record ends with the answer that it has ended.
pub(crate) fn status(
    agent: &mut Agent,
    args: GuestExecStatusArgs,
) -> Result<GuestExecStatus, Error> {
    let records = &mut agent.children;
    // The words are the C agent's, which lost the number on its way into the text.
    let at = records
        .find(args.pid)
        .ok_or_else(|| Error::generic("PID ld does not exist"))?;
    if !records.records[at].child.is_finished() {
        return Ok(GuestExecStatus::new(false));
    }
    let finished = records.records.remove(at).child.finish();
    finished
        .map(answer)
        .map_err(|_| Error::generic("the output of the process is lost"))
}

fn answer(finished: Finished) -> GuestExecStatus {
    let mut answer = GuestExecStatus::new(true);
    let status = finished.status;
    answer.exitcode = status
        .and_then(|status| status.exit_status())
        .map(i64::from);
    answer.signal = status
        .and_then(|status| status.terminating_signal())
        .map(i64::from);
    (answer.out_data, answer.out_truncated) = captured(&finished.stdout);
    (answer.err_data, answer.err_truncated) = captured(&finished.stderr);
    answer
}

/// Data and whether it is cut, both absent if there is none.
fn captured(output: &Output) -> (Option<Base64>, Option<bool>) {
    if output.data.is_empty() {
        return (None, None);
    }
    (Some(output.data.as_slice().into()), Some(output.truncated))
}

fn capture(wanted: Option<GuestExecCaptureOutput>) -> Capture {
    use GuestExecCaptureOutputMode as Mode;
    match wanted {
        Some(GuestExecCaptureOutput::Flag(true)) => Capture::Separated,
        Some(GuestExecCaptureOutput::Mode(mode)) => match mode {
            Mode::Stdout => Capture::Stdout,
            Mode::Stderr => Capture::Stderr,
            Mode::Separated => Capture::Separated,
            Mode::Merged => Capture::Merged,
            _ => Capture::None,
        },
        _ => Capture::None,
    }
}

/// Why there is no child. A shortage in the agent has nothing to do with the program.
fn cannot_execute(path: &str, errno: Errno) -> Error {
    let reason = reason(errno);
    Error::generic(match errno {
        Errno::MFILE | Errno::NFILE | Errno::AGAIN => reason,
        _ => format!("Failed to execute child process “{path}” ({reason})"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As many children as there may be; each has exited or not, is finished or not.
    fn children(progress: impl Fn(i32) -> (bool, bool)) -> Children {
        let mut children = Children::default();
        for number in (1..).take(MAX_CHILDREN) {
            let (has_exited, is_finished) = progress(number);
            children.records.push(Record {
                pid: number.into(),
                child: Tended::pretended(number, has_exited, is_finished),
            });
        }
        children
    }

    #[test]
    fn the_oldest_finished_record_makes_room() {
        let mut all = children(|number| (number >= 2, number == 3 || number == 5));
        all.make_room().expect("room");
        assert_eq!((all.find(3), all.find(5).is_some()), (None, true));
        assert_eq!(all.records.len(), MAX_CHILDREN - 1);
    }

    #[test]
    fn a_child_whose_output_never_ends_makes_room_in_need() {
        let mut all = children(|number| (number >= 2, false));
        all.make_room().expect("room");
        assert_eq!((all.find(1).is_some(), all.find(2)), (true, None));
    }

    #[test]
    fn running_children_are_never_forgotten() {
        let mut all = children(|_| (false, false));
        assert_eq!(all.make_room(), Err(Errno::AGAIN));
        assert_eq!(all.records.len(), MAX_CHILDREN);
    }

    #[test]
    fn capture_modes_mean_what_they_say() {
        use GuestExecCaptureOutput::{Flag, Mode};
        use GuestExecCaptureOutputMode as M;
        for (wanted, expected) in [
            (None, Capture::None),
            (Some(Flag(false)), Capture::None),
            (Some(Flag(true)), Capture::Separated),
            (Some(Mode(M::None)), Capture::None),
            (Some(Mode(M::Stdout)), Capture::Stdout),
            (Some(Mode(M::Stderr)), Capture::Stderr),
            (Some(Mode(M::Separated)), Capture::Separated),
            (Some(Mode(M::Merged)), Capture::Merged),
        ] {
            assert_eq!(capture(wanted), expected);
        }
    }

    #[test]
    fn failures_name_the_program_unless_the_agent_is_to_blame() {
        let text = |errno| cannot_execute("/no", errno).to_string();
        assert_eq!(
            text(Errno::NOENT),
            "Failed to execute child process “/no” (No such file or directory)"
        );
        assert_eq!(text(Errno::MFILE), "Too many open files");
    }
}
