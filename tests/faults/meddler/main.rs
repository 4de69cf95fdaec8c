//! Comes between a program that runs and the kernel, at one of its system calls.
//!
//! Usage: meddler PID CALL AT ACTION [START]
//!
//! The calls of one name that can be meddled with are counted from one, over all threads of the process and of those that
//! it forks, up to their execution of other programs than its own. `CALL` and `AT` are the name and the number of one, or
//! `none` and zero. `ACTION` is the number of an error, with which the kernel seems to answer instead of doing anything;
//! `short`, so that one byte of many is read or written; or `kill`, so that the process is no more. The counting begins at
//! once, or with the first call `START`; until then it may execute another program.
//!
//! A line `ready` on the standard output says that it goes on from here, `call NAME` is one that was counted, and `hit PID`
//! tells whose call was meddled with. The end of this program sets the others free.

mod calls;
mod tracer;

use std::io::{self, Write};
use std::process::ExitCode;

use nix::unistd::Pid;

use tracer::{Action, Start, Target, Tracer};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let Some((pid, target, action, start)) = parse(&arguments) else {
        let _ = writeln!(io::stderr(), "usage: meddler PID CALL AT ACTION [START]");
        return ExitCode::FAILURE;
    };
    match Tracer::seize(pid, start).and_then(|mut tracer| {
        tell("ready");
        tracer.meddle(&target, action)
    }) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(io::stderr(), "meddler: {error}");
            ExitCode::FAILURE
        }
    }
}

fn parse(arguments: &[String]) -> Option<(Pid, Target, Action, Start)> {
    let (pid, call, at, action, start) = match arguments {
        [pid, call, at, action] => (pid, call, at, action, Start::Now),
        [pid, call, at, action, start] => {
            let start = Start::WithCall(calls::number(start)?);
            (pid, call, at, action, start)
        }
        _ => return None,
    };
    let target = Target {
        call: call.clone(),
        at: at.parse().ok()?,
    };
    let action = match action.as_str() {
        "kill" => Action::Kill,
        "short" => Action::Short,
        error => Action::Fail(error.parse().ok()?),
    };
    Some((Pid::from_raw(pid.parse().ok()?), target, action, start))
}

/// Whoever listens may have heard enough.
fn tell(line: &str) {
    let mut stdout = io::stdout();
    let _ = writeln!(stdout, "{line}").and_then(|()| stdout.flush());
}
