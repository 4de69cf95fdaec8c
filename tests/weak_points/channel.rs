//! Clients that behave badly.

use std::fs;
use std::path::PathBuf;
use std::thread;

use qapi_tests::{Agent, Setup, Wire, need};
use rustix::fs::{CWD, FileType, Mode, mknodat};
use serde_json::json;

use crate::process::{sleeps, ticks};
use crate::{PING, agent, program};

#[test]
fn defect_03_an_agent_whose_replies_nobody_takes_sleeps() {
    let agent = agent();
    let mut wire = agent.connect();
    // More than a socket holds.
    let read =
        json!({"execute": "guest-file-read", "arguments": {"handle": 1000, "count": 48 << 20}});
    wire.call("guest-file-open", json!({"path": "/dev/zero"}));
    wire.send(read.to_string());
    let mut before = None;
    // Awake it would use time between two looks, sooner or later.
    while before.replace(ticks(&agent)) != Some(ticks(&agent)) || !sleeps(&agent) {
        thread::yield_now();
    }
    assert_eq!(agent.connect().ask(PING), json!({"return": {}}));
    let line = wire.line();
    assert_eq!(
        line.len(),
        (64 << 20) + br#"{"return": {"count": 50331648, "buf-b64": "", "eof": false}}"#.len() + 1
    );
}

#[test]
fn defect_04_a_client_that_leaves_replies_unread_ends_nothing() {
    for options in [&[][..], &["-r"]] {
        let mut setup = Setup::new(program());
        for option in options {
            setup.arg(option);
        }
        let mut agent = setup.start();
        for _ in 0..3 {
            let mut wire = agent.connect();
            wire.send(PING.repeat(100));
            // One is there, so that others wait unread when the connection is closed.
            wire.line();
            drop(wire);
        }
        assert_eq!(agent.connect().ask(PING), json!({"return": {}}));
        assert!(agent.is_running());
    }
}

/// A hook that begins to wait, and a client that has made it do so; the pipe lets it go on.
fn waiting(hook: &str) -> (Agent, Wire, PathBuf) {
    let agent = Setup::new(program()).on_island().arg("-F/hook").start();
    let gate = agent.island().join("run/gate");
    mknodat(CWD, &gate, FileType::Fifo, Mode::from_raw_mode(0o600), 0).expect("a fresh pipe");
    fs::write(agent.island().join("hook"), format!("#!/bin/sh\n{hook}\n")).expect("a file of ours");
    let mut wire = agent.connect();
    // Of an empty list, so that nothing is frozen.
    let freeze = json!({"execute": "guest-fsfreeze-freeze-list", "arguments": {"mountpoints": []}});
    wire.send(freeze.to_string());
    (agent, wire, gate)
}

#[test]
fn defect_10_a_hook_that_waits_keeps_no_client_waiting() {
    let Some(()) = need::island() else { return };
    let (agent, mut wire, gate) =
        waiting("echo $1 >/run/heard; [ $1 = thaw ] || read line </run/gate");
    // What is sent behind a request before that is read belongs to it.
    while !agent.island().join("run/heard").exists() {
        thread::yield_now();
    }
    assert_eq!(agent.connect().ask(PING), json!({"return": {}}));
    // Who synchronizes has given up on what came before.
    assert_eq!(
        wire.call("guest-sync", json!({"id": 7})),
        json!({"return": 7})
    );
    assert_eq!(wire.ask(PING), json!({"return": {}}));
    fs::write(&gate, "\n").expect("the hook reads");
    assert_eq!(
        wire.call("guest-sync", json!({"id": 8})),
        json!({"return": 8})
    );
}

#[test]
fn defect_10_what_a_hook_leaves_running_is_not_waited_for() {
    let Some(()) = need::island() else { return };
    let (_agent, mut wire, gate) =
        waiting("[ $1 = thaw ] || while read line; do :; done </run/gate &");
    let reply = wire.line();
    assert_eq!(reply, b"{\"return\": 0}\n");
    // What was left gets an end.
    fs::write(gate, "").expect("the rest of the hook reads");
}

#[test]
fn defect_34_half_a_request_ends_with_its_client() {
    let agent = agent();
    let mut first = agent.connect();
    first.send(r#"{"execute":"guest-exec","arguments":{"path":"touch","arg":["made"#);
    drop(first);
    let mut second = agent.connect();
    assert_eq!(second.ask(PING), json!({"return": {}}));
    let rest = second.replies_to_then_reset(r#""]}}"#);
    assert!(rest.starts_with(br#"{"error""#), "{}", rest.escape_ascii());
    assert!(!agent.home().join("made").exists());
}
