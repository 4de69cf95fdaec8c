//! What is over a limit gets an error, and the conversation goes on. The other limits are shown in `weak_points` and by
//! the differential tests.

use std::fs::File;
use std::io::Write as _;

use qapi_tests::Setup;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::agent;
use crate::sandbox::by_way_of;

const PING: &str = r#"{"execute": "guest-ping"}"#;

/// The words of an error.
fn desc(reply: &Value) -> &str {
    let desc = reply["error"]["desc"].as_str();
    desc.unwrap_or_else(|| panic!("no error: {reply}"))
}

#[test]
fn so_many_programs_run_and_not_one_more() {
    let agent = agent();
    let mut wire = agent.connect();
    // They wait for what they are not given yet.
    let pipe = agent.home().join("pipe");
    let mode = rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR;
    let kind = rustix::fs::FileType::Fifo;
    rustix::fs::mknodat(rustix::fs::CWD, &pipe, kind, mode, 0).expect("a fresh pipe");
    let gate = File::options().read(true).write(true).open(&pipe);
    let mut gate = gate.expect("one that waits for nobody");
    let wait = || json!({"path": "/bin/sh", "arg": ["-c", "read -r line <pipe"]});
    for _ in 0..64 {
        assert!(wire.call("guest-exec", wait())["return"].is_object());
    }
    let refused = wire.call("guest-exec", wait());
    assert_eq!(desc(&refused), "Resource temporarily unavailable");
    assert_eq!(wire.ask(PING), json!({"return": {}}));
    // All of it stays in the pipe until they have read it.
    gate.write_all("\n".repeat(64).as_bytes()).expect("room");
    while wire
        .call("guest-exec", json!({"path": "/bin/true"}))
        .get("return")
        .is_none()
    {}
}

#[test]
fn programs_that_do_not_read_their_input_hold_so_much_and_not_more() {
    let agent = agent();
    let mut wire = agent.connect();
    let input = "QUJD".repeat((45 << 20) / 3);
    let arguments = json!({"path": "/bin/sleep", "arg": ["100"], "input-data": input});
    let pids: Vec<Value> = (0..2)
        .map(|_| wire.call("guest-exec", arguments.clone())["return"]["pid"].take())
        .collect();
    let refused = wire.call("guest-exec", arguments.clone());
    assert_eq!(desc(&refused), "Resource temporarily unavailable");
    for pid in pids {
        let pid = i32::try_from(pid.as_i64().expect("a number")).expect("a small one");
        let pid = rustix::process::Pid::from_raw(pid).expect("a process");
        rustix::process::kill_process(pid, rustix::process::Signal::KILL).expect("ours");
        while wire.call(
            "guest-exec-status",
            json!({"pid": pid.as_raw_nonzero().get()}),
        )["return"]["exited"]
            != true
        {}
    }
    let started = wire.call("guest-exec", arguments)["return"]["pid"].take();
    let pid = i32::try_from(started.as_i64().expect("a number")).expect("a small one");
    let pid = rustix::process::Pid::from_raw(pid).expect("a process");
    rustix::process::kill_process(pid, rustix::process::Signal::KILL).expect("ours");
}

#[test]
fn a_file_that_is_longer_than_the_machine_allows_costs_an_error() {
    let dir = TempDir::with_prefix("qapi-test-").expect("a temporary directory");
    // In blocks of 512 bytes.
    let agent = Setup::new(by_way_of(dir.path(), "ulimit -f 100; exec")).start();
    let mut wire = agent.connect();
    let path = agent.home().join("file");
    let handle = wire.call("guest-file-open", json!({"path": path, "mode": "w"}))["return"].take();
    for text in ["QUJD".repeat(20_000), "QUJD".to_owned()] {
        let mut write = || {
            wire.call(
                "guest-file-write",
                json!({"handle": handle, "buf-b64": text}),
            )
        };
        // What there is room for is written, by this or by the one before.
        let reply = std::iter::repeat_with(&mut write).find(|reply| reply["error"].is_object());
        let reply = reply.expect("an end");
        assert_eq!(desc(&reply), "failed to write to file: File too large");
    }
    assert_eq!(wire.ask(PING), json!({"return": {}}));
}
