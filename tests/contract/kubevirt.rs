//! KubeVirt: an agent is supported if it has and allows what it needs.

use serde_json::{Value, json};

use crate::{agent, ask, exec, request, setup};

/// Without any of these, the condition of the machine is `AgentVersionNotSupported`.
const REQUIRED: [&str; 10] = [
    "guest-ping",
    "guest-get-time",
    "guest-info",
    "guest-shutdown",
    "guest-network-get-interfaces",
    "guest-get-fsinfo",
    "guest-get-host-name",
    "guest-get-users",
    "guest-get-timezone",
    "guest-get-osinfo",
];

/// What keys, passwords, probes and backups need besides.
const FOR_MORE: [&str; 14] = [
    "guest-ssh-get-authorized-keys",
    "guest-ssh-add-authorized-keys",
    "guest-ssh-remove-authorized-keys",
    "guest-set-user-password",
    "guest-exec",
    "guest-exec-status",
    "guest-file-open",
    "guest-file-close",
    "guest-file-read",
    "guest-file-write",
    "guest-file-flush",
    "guest-fsfreeze-status",
    "guest-fsfreeze-freeze",
    "guest-fsfreeze-thaw",
];

/// Whether a command is there and allowed.
fn has(info: &Value, name: &str) -> bool {
    let commands = info["return"]["supported_commands"].as_array();
    commands
        .expect("a list")
        .iter()
        .any(|command| command["name"] == name && command["enabled"] == json!(true))
}

#[test]
fn everything_required_is_there_and_enabled() {
    let info = ask(r#"{"execute":"guest-info"}"#);
    for name in REQUIRED.into_iter().chain(FOR_MORE) {
        assert!(has(&info, name), "{name}");
    }
}

#[test]
fn what_is_refused_is_listed_as_not_enabled() {
    let agent = setup()
        .arg("--block-rpcs=guest-exec,guest-exec-status")
        .start();
    let info = agent.connect().ask(r#"{"execute":"guest-info"}"#);
    assert!(!has(&info, "guest-exec") && !has(&info, "guest-exec-status"));
    assert!(REQUIRED.iter().all(|name| has(&info, name)));
}

#[test]
fn the_version_has_three_numbers() {
    let info = ask(r#"{"execute":"guest-info"}"#);
    let version = info["return"]["version"].as_str().expect("text");
    let numbers: Vec<_> = version.split('.').map(str::parse::<u32>).collect();
    assert!(matches!(numbers[..], [Ok(_), Ok(_), Ok(_)]), "{version}");
}

#[test]
fn a_probe_reads_how_a_program_ended() {
    let agent = agent();
    let mut wire = agent.connect();
    let probe = |script: &str| json!({"path": "sh", "arg": ["-c", script], "capture-output": true});
    let status = exec(&mut wire, probe("echo ready"));
    assert_eq!(status["exitcode"], 0);
    assert_eq!(status["out-data"], "cmVhZHkK");
    assert_eq!(exec(&mut wire, probe("exit 3"))["exitcode"], 3);
}

#[test]
fn a_file_that_is_absent_is_told_from_other_failures() {
    let reply = ask(&request(
        "guest-file-open",
        json!({"path": "/absent", "mode": "r"}),
    ));
    let desc = reply["error"]["desc"].as_str().expect("text");
    assert!(desc.contains("No such file or directory"), "{desc}");
}
