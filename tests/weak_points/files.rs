//! Files of the guest.

use std::fs::OpenOptions;
use std::io::Write as _;

use qapi_tests::{Setup, Wire};
use rustix::fs::{CWD, FileType, Mode, mknodat};
use rustix::process::{Resource, Rlimit, prlimit};
use serde_json::{Value, json};

use crate::{PING, agent, desc, program};

/// Opens a file, which must work.
fn open(wire: &mut Wire, path: &str, mode: &str) -> i64 {
    let reply = wire.call("guest-file-open", json!({"path": path, "mode": mode}));
    reply["return"]
        .as_i64()
        .unwrap_or_else(|| panic!("{reply}"))
}

/// The disks, without those that other tests make at the same time.
fn disks(wire: &mut Wire) -> Vec<Value> {
    let reply = wire.call("guest-get-disks", json!({}));
    let disks = reply["return"].as_array().expect("a list").iter();
    let is_loop = |disk: &&Value| disk["name"].to_string().contains("loop");
    disks.filter(|disk| !is_loop(disk)).cloned().collect()
}

#[test]
fn defect_02_a_file_that_lost_data_is_closed_once() {
    let agent = agent();
    let mut wire = agent.connect();
    let handle = json!({"handle": open(&mut wire, "/dev/full", "w")});
    let write = json!({"handle": handle["handle"], "buf-b64": "eA=="});
    let refused = wire.call("guest-file-write", write);
    assert_eq!(
        desc(&refused),
        "failed to write to file: No space left on device"
    );
    assert_eq!(
        wire.call("guest-file-close", handle.clone()),
        json!({"return": {}})
    );
    let again = wire.call("guest-file-close", handle);
    assert_eq!(desc(&again), "handle '1000' has not been found");
    assert_eq!(wire.ask(PING), json!({"return": {}}));
}

#[test]
fn defect_09_what_a_pipe_has_is_given_and_not_lost() {
    let agent = agent();
    let path = agent.home().join("pipe");
    mknodat(CWD, &path, FileType::Fifo, Mode::from_raw_mode(0o600), 0).expect("a fresh pipe");
    let mut wire = agent.connect();
    let handle = json!({"handle": open(&mut wire, "pipe", "r")});
    let mut writer = OpenOptions::new()
        .write(true)
        .open(path)
        .expect("somebody reads");
    writer.write_all(b"hello").expect("a pipe has room");
    let got = wire.call("guest-file-read", handle.clone());
    assert_eq!(
        got["return"],
        json!({"count": 5, "buf-b64": "aGVsbG8=", "eof": false})
    );
    let nothing = wire.call("guest-file-read", handle);
    assert_eq!(
        desc(&nothing),
        "failed to read file: Resource temporarily unavailable"
    );
}

#[test]
fn defect_21_open_files_are_limited_before_anything_else_suffers() {
    let agent = agent();
    let mut wire = agent.connect();
    let disks = disks(&mut wire);
    let open = || json!({"path": "/dev/null"});
    let refused = (0..2000).find_map(|_| {
        let reply = wire.call("guest-file-open", open());
        reply.get("error").is_some().then_some(reply)
    });
    let refused = refused.expect("there is a limit");
    assert!(desc(&refused).ends_with("Too many open files"), "{refused}");
    assert_eq!(self::disks(&mut wire), disks);
    assert_eq!(wire.run(json!({"path": "true"}))["exitcode"], 0);
    wire.call("guest-file-close", json!({"handle": 1000}));
    assert!(wire.call("guest-file-open", open())["return"].is_number());
}

#[test]
fn defect_21_disks_that_cannot_be_looked_for_are_not_called_absent() {
    let agent = agent();
    let mut wire = agent.connect();
    wire.ask(PING);
    let none = Rlimit {
        current: Some(3),
        maximum: Some(3),
    };
    prlimit(Some(agent.process()), Resource::Nofile, none).expect("the process is ours");
    for command in ["guest-get-disks", "guest-get-fsinfo", "guest-get-vcpus"] {
        let reply = wire.call(command, json!({}));
        assert!(desc(&reply).ends_with("Too many open files"), "{reply}");
    }
}

#[test]
fn defect_22_the_counter_of_handles_ends_instead_of_starting_over() {
    let agent = Setup::new(program())
        .file("../state/qga.state", "[global]\nfd_counter=2147483646\n")
        .start();
    let mut wire = agent.connect();
    assert_eq!(open(&mut wire, "/dev/null", "r"), 2_147_483_646);
    for _ in 0..2 {
        let reply = wire.call("guest-file-open", json!({"path": "/dev/null"}));
        assert_eq!(desc(&reply), "failed to commit persistent state to disk");
    }
    let state = &agent.files()["state/qga.state"];
    assert!(state.contains("fd_counter=2147483647"), "{state}");
}
