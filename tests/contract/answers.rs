//! What replies hold.

use qapi_tests::{Setup, need};
use serde_json::{Value, json};

use crate::{PING, agent, ask, program, request, setup};

#[test]
fn w11_entries_of_guest_info_have_three_members() {
    let info = agent().connect().ask(r#"{"execute":"guest-info"}"#);
    let commands = info["return"]["supported_commands"]
        .as_array()
        .expect("a list");
    assert!(
        commands
            .contains(&json!({"name": "guest-ping", "enabled": true, "success-response": true}))
    );
    assert!(
        commands
            .iter()
            .all(|entry| entry.as_object().is_some_and(|entry| entry.len() == 3))
    );
    let silent = |entry: &&Value| entry["success-response"] == json!(false);
    let mut names: Vec<_> = commands
        .iter()
        .filter(silent)
        .map(|entry| entry["name"].as_str())
        .collect();
    names.sort();
    let expected = [
        "guest-shutdown",
        "guest-suspend-disk",
        "guest-suspend-hybrid",
        "guest-suspend-ram",
    ];
    assert_eq!(names, expected.map(Some));
}

#[test]
fn w12_errors_have_a_class_and_a_description() {
    let cases = [
        (
            "no-such-command",
            json!({}),
            "CommandNotFound",
            "The command no-such-command has not been found",
        ),
        (
            "guest-ping",
            json!({"foo": 42}),
            "GenericError",
            "Parameter 'foo' is unexpected",
        ),
        (
            "guest-sync",
            json!({}),
            "GenericError",
            "Parameter 'id' is missing",
        ),
        (
            "guest-file-close",
            json!({"handle": 5}),
            "GenericError",
            "handle '5' has not been found",
        ),
    ];
    for (command, arguments, class, desc) in cases {
        let reply = ask(&request(command, arguments));
        assert_eq!(reply, json!({"error": {"class": class, "desc": desc}}));
    }
}

#[test]
fn w12_a_refused_command_is_not_found() {
    let reply = setup()
        .arg("--block-rpcs=guest-ping")
        .start()
        .connect()
        .ask(PING);
    let desc = "Command guest-ping has been disabled: the command is not allowed";
    assert_eq!(
        reply,
        json!({"error": {"class": "CommandNotFound", "desc": desc}})
    );
}

#[test]
fn w12_a_command_that_would_write_to_frozen_disks_is_not_found() {
    let Some(()) = need::island() else { return };
    let agent = Setup::new(program()).on_island().start();
    let mut wire = agent.connect();
    assert_eq!(
        wire.ask(r#"{"execute":"guest-fsfreeze-freeze"}"#),
        json!({"return": 3})
    );
    let reply = wire.ask(&request("guest-file-open", json!({"path": "/ext4/x"})));
    let desc = "Command guest-file-open has been disabled: the command is not allowed";
    assert_eq!(
        reply,
        json!({"error": {"class": "CommandNotFound", "desc": desc}})
    );
    assert_eq!(wire.ask(PING), json!({"return": {}}));
    assert_eq!(
        wire.ask(r#"{"execute":"guest-fsfreeze-thaw"}"#),
        json!({"return": 3})
    );
}

#[test]
fn w13_a_shutdown_that_fails_is_answered() {
    let reply = ask(&request("guest-shutdown", json!({"mode": "sideways"})));
    assert_eq!(reply["error"]["class"], "GenericError");
}
