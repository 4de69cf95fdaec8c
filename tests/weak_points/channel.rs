//! Clients that behave badly.

use qapi_tests::Setup;
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
        std::thread::yield_now();
    }
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
