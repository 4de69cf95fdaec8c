//! What must not be tried on the machine itself: freezing and trimming file systems.

use std::fs;
use std::path::Path;

use qapi_tests::{Conversation, Setup, need};

use crate::agents::{Theirs, ours};

#[test]
fn file_systems_are_frozen_alike() {
    let Some(theirs) = Theirs::find() else { return };
    let Some(()) = need::island() else { return };
    let mut comparison = theirs.comparison();
    for conversation in Conversation::all(&need::workspace().join("tests/differential/island")) {
        let (their, our) = theirs.both(|program| {
            let agent = Setup::new(program).on_island().start();
            conversation.run(&mut agent.connect())
        });
        comparison.compare_replies(&conversation, &their, &our);
    }
    comparison.finish();
}

/// What the hook hears while these requests are answered.
fn heard(program: &Path, requests: &str) -> String {
    let agent = Setup::new(program).on_island().arg("-F/hook").start();
    agent.connect().replies_to(requests);
    fs::read_to_string(agent.island().join("run/heard")).expect("the hook hears something")
}

#[test]
fn hooks_hear_of_freeze_and_thaw_alike() {
    let Some(theirs) = Theirs::find() else { return };
    let Some(()) = need::island() else { return };
    let (freeze, thaw) = (
        r#"{"execute":"guest-fsfreeze-freeze"}"#,
        r#"{"execute":"guest-fsfreeze-thaw"}"#,
    );
    let requests = [freeze, thaw, thaw, freeze, freeze, thaw].concat();
    let (their, our) = theirs.both(|program| heard(program, &requests));
    assert_eq!(their, our);
    assert_eq!(our, "freeze\nthaw\nthaw\nfreeze\nthaw\n");
}

/// Records of the audit wait for the thaw, also those for a file on a file system that is frozen.
#[test]
fn records_wait_for_the_thaw() {
    let Some(()) = need::island() else { return };
    let mut setup = Setup::new(ours());
    setup.file("config", "[general]\naudit=/ext4/audit\n");
    let agent = setup.on_island().env("QGA_CONF", "/home/config").start();
    let file = agent.island().join("ext4/audit");
    let count = || fs::read_to_string(&file).expect("a file").lines().count();
    let mut wire = agent.connect();
    let mut ask = |command: &str| {
        let reply = wire.ask(&format!("{{\"execute\": \"{command}\"}}"));
        assert!(reply.get("return").is_some(), "{reply}");
    };
    ask("guest-get-load");
    assert_eq!(count(), 1);
    for command in [
        "guest-fsfreeze-freeze",
        "guest-fsfreeze-status",
        "guest-ping",
    ] {
        ask(command);
    }
    assert_eq!(count(), 1);
    ask("guest-fsfreeze-thaw");
    ask("guest-get-load");
    let text = fs::read_to_string(&file).expect("a file");
    let commands: Vec<_> = text
        .lines()
        .map(|line| {
            let record: serde_json::Value = serde_json::from_str(line).expect("a record");
            record["command"].as_str().expect("a name").to_owned()
        })
        .collect();
    assert_eq!(
        commands,
        [
            "guest-get-load",
            "guest-fsfreeze-freeze",
            "guest-fsfreeze-status",
            "guest-fsfreeze-thaw",
            "guest-get-load"
        ]
    );
}
