//! What the agent does to a whole machine, in a virtual one.
//!
//! Each machine boots in some seconds, so claims that do not get into each other's way share one.

mod daemon;
mod freezing;
mod host;
mod memory;
mod package;
mod power;
mod processors;
mod program;
mod serial;
mod sleeping;
mod time;
mod trimming;
mod unplugging;
mod users;
mod vsock;

use qapi_runtime::ClientError;
use qapi_tests::vm::{Client, Setup};
use qga_types::{GuestExecArgs, GuestExecStatusArgs};

/// A machine to be, if it can be had here.
fn setup() -> Option<Setup> {
    Setup::new(env!("CARGO_TARGET_TMPDIR"))
}

/// What a program of the machine prints, run by the agent.
#[track_caller]
fn run(agent: &mut Client, words: &[&str]) -> String {
    let args = words[1..].iter().map(|word| (*word).to_owned());
    let args = GuestExecArgs::new(words[0])
        .arg(args.collect::<Vec<_>>())
        .capture_output(true);
    let pid = agent.guest_exec(&args).expect("it starts").pid;
    let asked = GuestExecStatusArgs::new(pid);
    let status = loop {
        let status = agent.guest_exec_status(&asked).expect("it is known");
        if status.exited {
            break status;
        }
    };
    assert_eq!(status.exitcode, Some(0), "{words:?} fails");
    let output = status.out_data.unwrap_or_default().0;
    String::from_utf8(output).expect("text")
}

/// What the agent refuses a command with.
#[track_caller]
fn refusal<T: std::fmt::Debug>(result: Result<T, ClientError>) -> String {
    match result {
        Err(ClientError::Command(error)) => error.to_string(),
        other => panic!("an error was expected: {other:?}"),
    }
}
