//! The example does what its README says.

use std::io::{BufRead as _, BufReader};
use std::os::unix::net::UnixStream;
use std::process::{Child, Command, Stdio};

use custom_agent::{GreenhouseClient, MoveWindowArgs};

const PROGRAM: &str = env!("CARGO_BIN_EXE_custom-agent");

#[test]
fn both_ends_are_shown() {
    let output = Command::new(PROGRAM).output().expect("it was built");
    assert_eq!(
        String::from_utf8_lossy(&output.stdout),
        "south     50 % open\nroof      30 % open\nnorth: there is no such window\n"
    );
    assert!(output.status.success());
}

/// The agent as a process, which ends when this is dropped.
struct Agent(Child);

impl Drop for Agent {
    fn drop(&mut self) {
        // It may be gone already, which is as well.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn clients_come_one_after_the_other() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let path = directory.path().join("greenhouse.sock");
    let mut command = Command::new(PROGRAM);
    let process = command.arg(&path).stdout(Stdio::piped()).spawn();
    let mut agent = Agent(process.expect("it was built"));
    let mut said = BufReader::new(agent.0.stdout.take().expect("it has a pipe"));
    let mut line = String::new();
    let mut next_line = || {
        line.clear();
        said.read_line(&mut line).expect("it says something");
        line.clone()
    };
    assert!(next_line().starts_with("listening at "));

    let connect = || GreenhouseClient::over(UnixStream::connect(&path).expect("it listens"));
    let moved = connect().move_window(&MoveWindowArgs::new("roof"));
    moved.expect("there is a roof");
    assert!(next_line().starts_with("move-window succeeded after "));
    let windows = connect().get_windows().expect("it has windows");
    assert_eq!((windows[1].name.as_str(), windows[1].open), ("roof", 100));
    assert!(next_line().starts_with("get-windows succeeded after "));
}
