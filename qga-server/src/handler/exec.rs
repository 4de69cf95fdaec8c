//! guest-exec, guest-exec-status: running programs.
//!
//! One thread looks after all children; the record of each stays until the host has asked for the
//! end, within limits.

use std::fmt;
use std::sync::{Arc, Mutex};

use qapi_runtime::{Base64, Base64Text, Error};
use qga_types::{
    GuestExec, GuestExecArgs, GuestExecCaptureOutput, GuestExecCaptureOutputMode, GuestExecStatus,
    GuestExecStatusArgs,
};
use rustix::io::Errno;

use crate::agent::SharedAgent;
use crate::client::Client;
use crate::config::Settings;
use crate::limits::{MAX_CAPTURE_TOTAL, MAX_CHILDREN, MAX_INPUT_TOTAL};
use crate::lock::lock;
use crate::log::ACCOUNTING;
use crate::policy::Object;
use crate::shares::Shares;
use crate::sys::error::reason;
use crate::sys::os_string;
use crate::sys::process::{self, Budget, Finished, Input, Output, Tended};
use crate::sys::resolve::{self, Target};
use crate::sys::spawn::{Capture, Launch};
use crate::sys::tender::Tender;

/// The children of the agent.
#[derive(Debug)]
pub(crate) struct Children {
    records: Mutex<Records>,
    tender: Tender,
    budget: Arc<Budget>,
    /// Of what they have still to be fed.
    inputs: Arc<Budget>,
}

/// What is known of them, oldest first.
#[derive(Debug)]
struct Records {
    list: Vec<Record>,
    /// The channels of those that are being started.
    starting: Vec<Arc<str>>,
    shares: Shares,
}

#[derive(Debug)]
struct Record {
    pid: i64,
    /// The channel of who has started it.
    channel: Arc<str>,
    child: Arc<Tended>,
}

impl Children {
    pub(crate) fn new(settings: &Settings) -> Self {
        Self {
            records: Mutex::new(Records::new(settings)),
            tender: Tender::default(),
            budget: Arc::new(Budget::new(MAX_CAPTURE_TOTAL)),
            inputs: Arc::new(Budget::new(MAX_INPUT_TOTAL)),
        }
    }

    /// Starts a child. A program may be on a disk that is slow or gone, so nobody who asks for
    /// another child waits for that.
    fn start(&self, client: &Client, launch: Launch, input: Vec<u8>) -> Result<i64, Errno> {
        let input = Input::new(input, &self.inputs).ok_or(Errno::AGAIN)?;
        lock(&self.records).reserve(client)?;
        let started = process::start(&self.tender, &launch, input, &self.budget);
        lock(&self.records).add(client, started)
    }
}

impl Records {
    fn new(settings: &Settings) -> Self {
        Self {
            list: Vec::new(),
            starting: Vec::new(),
            shares: Shares::new(MAX_CHILDREN, settings),
        }
    }

    /// Keeps a place for a child.
    fn reserve(&mut self, client: &Client) -> Result<(), Errno> {
        self.make_room(&client.channel)?;
        self.starting.push(Arc::clone(&client.channel));
        Ok(())
    }

    /// Gives a child the place that was kept, or gives that up.
    fn add(&mut self, client: &Client, started: Result<Tended, Errno>) -> Result<i64, Errno> {
        let mut starting = self.starting.iter();
        if let Some(at) = starting.position(|channel| *channel == client.channel) {
            self.starting.swap_remove(at);
        }
        let child = started?;
        let pid = i64::from(child.pid.as_raw_nonzero().get());
        // The kernel gives a number out again once its process is reaped; the host means the new
        // one from now on.
        self.list.retain(|record| record.pid != pid);
        self.list.push(Record {
            pid,
            channel: Arc::clone(&client.channel),
            child: Arc::new(child),
        });
        Ok(pid)
    }

    /// Drops a record of the channel if there are too many: the oldest that nobody came for, or
    /// else the oldest child that has exited and left its output to another program, which may go
    /// on for ever.
    fn make_room(&mut self, channel: &Arc<str>) -> Result<(), Errno> {
        let known = self.list.iter().map(|record| &record.channel);
        if self
            .shares
            .has_room(channel, known.chain(self.starting.iter()))
        {
            return Ok(());
        }
        let first = |dispensable: fn(&Tended) -> bool| {
            self.list
                .iter()
                .position(|record| record.channel == *channel && dispensable(&record.child))
        };
        let at = first(Tended::is_finished).or_else(|| first(Tended::has_exited));
        self.list.remove(at.ok_or(Errno::AGAIN)?);
        Ok(())
    }

    fn find(&self, pid: i64) -> Option<&Record> {
        self.list.iter().find(|record| record.pid == pid)
    }

    /// Drops the record of a child, unless somebody else has.
    fn forget(&mut self, child: &Arc<Tended>) {
        self.list
            .retain(|record| !Arc::ptr_eq(&record.child, child));
    }
}

/// A program and its arguments with blanks between them, not put together before they are read.
struct Words<'a>(&'a str, &'a [String]);

impl fmt::Display for Words<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)?;
        self.1.iter().try_for_each(|word| write!(f, " {word}"))
    }
}

/// Starts a program.
pub(crate) fn exec(agent: &SharedAgent, args: GuestExecArgs<'_>) -> Result<GuestExec, Error> {
    let words = Words(&args.path, args.arg.as_deref().unwrap_or_default());
    log::info!(target: ACCOUNTING, "guest-exec called: \"{words}\"");
    let input = args
        .input_data
        .as_ref()
        .map(Base64Text::to_vec)
        .transpose()?;
    let strings = |list: Vec<String>| list.iter().map(|text| os_string(text)).collect();
    let mut launch = Launch {
        program: os_string(&args.path),
        found: None,
        arguments: args.arg.map(strings).unwrap_or_default(),
        environment: args.env.map(strings),
        input: input.is_some(),
        capture: capture(args.capture_output),
        new_session: false,
    };
    let permitted = permit(agent, &mut launch);
    let pid = permitted
        .and_then(|()| {
            let input = input.unwrap_or_default();
            agent.children.start(&agent.client, launch, input)
        })
        .map_err(|errno| cannot_execute(&args.path, errno))?;
    agent.note(|facts| facts.made = Some(pid));
    Ok(GuestExec::new(pid))
}

/// Asks whether the program may be run, if there are rules about it, and sees to it that no other
/// one is.
fn permit(agent: &SharedAgent, launch: &mut Launch) -> Result<(), Errno> {
    let Some(asking) = agent.policy.about(agent, "guest-exec") else {
        return Ok(());
    };
    let path = Launch::find(&launch.program, launch.environment.as_deref())?;
    let target = Target::find(path.as_os_str())?;
    asking.note(target.path());
    let name = resolve::name_of(&path)?;
    let rule = asking.permits(Object::Program {
        path: target.path(),
        name: &name,
        arguments: &launch.arguments,
        environment: launch.environment.is_some(),
    })?;
    // It would be another program by a name that the rule does not have.
    if rule.is_some_and(|rule| !rule.allows_name(&name)) {
        launch.program = target.path().into();
    }
    launch.found = Some(target.path().to_owned());
    Ok(())
}

/// Tells how a program is doing; its record ends with the answer that it has ended.
pub(crate) fn status(
    agent: &SharedAgent,
    args: GuestExecStatusArgs,
) -> Result<GuestExecStatus, Error> {
    log::info!(target: ACCOUNTING, "guest-exec-status called, pid: {}", args.pid);
    let records = &agent.children.records;
    // The words are the C agent's, which lost the number on its way into the text.
    let child = lock(records)
        .find(args.pid)
        .filter(|record| record.channel == agent.client.channel || !agent.policy.keeps_apart())
        .map(|record| Arc::clone(&record.child))
        .ok_or_else(|| Error::generic("PID ld does not exist"))?;
    let Some(finished) = child.finish() else {
        return Ok(GuestExecStatus::new(false));
    };
    lock(records).forget(&child);
    let bytes = finished.stdout.data.len() + finished.stderr.data.len();
    agent.note(|facts| facts.bytes = Some(bytes as u64));
    Ok(answer(finished))
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
    (answer.out_data, answer.out_truncated) = captured(finished.stdout);
    (answer.err_data, answer.err_truncated) = captured(finished.stderr);
    answer
}

/// Data and whether it is cut, both absent if there is none.
fn captured(mut output: Output) -> (Option<Base64>, Option<bool>) {
    if output.data.is_empty() {
        return (None, None);
    }
    (Some(output.take().into()), Some(output.truncated))
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
    use crate::config::Fragment;

    /// As many children as there may be; each has exited or not, is finished or not.
    fn children(progress: impl Fn(i32) -> (bool, bool)) -> Records {
        let settings = Settings::new(Fragment::default(), None, |_| None).expect("settings");
        let mut children = Records::new(&settings);
        for number in (1..).take(MAX_CHILDREN) {
            let (has_exited, is_finished) = progress(number);
            children.list.push(Record {
                pid: number.into(),
                channel: "general".into(),
                child: Arc::new(Tended::pretended(number, has_exited, is_finished)),
            });
        }
        children
    }

    #[test]
    fn the_oldest_finished_record_makes_room() {
        let mut all = children(|number| (number >= 2, number == 3 || number == 5));
        all.make_room(&"general".into()).expect("room");
        assert_eq!(
            (all.find(3).is_some(), all.find(5).is_some()),
            (false, true)
        );
        assert_eq!(all.list.len(), MAX_CHILDREN - 1);
    }

    #[test]
    fn a_child_whose_output_never_ends_makes_room_in_need() {
        let mut all = children(|number| (number >= 2, false));
        all.make_room(&"general".into()).expect("room");
        assert_eq!(
            (all.find(1).is_some(), all.find(2).is_some()),
            (true, false)
        );
    }

    #[test]
    fn children_of_another_channel_are_never_forgotten() {
        let mut all = children(|_| (true, true));
        assert_eq!(all.make_room(&"other".into()), Err(Errno::AGAIN));
        assert_eq!(all.list.len(), MAX_CHILDREN);
    }

    #[test]
    fn running_children_are_never_forgotten() {
        let mut all = children(|_| (false, false));
        assert_eq!(all.make_room(&"general".into()), Err(Errno::AGAIN));
        assert_eq!(all.list.len(), MAX_CHILDREN);
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
