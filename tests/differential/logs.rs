//! What agents log: accounts for the system log, lines in a file, and neither while file systems are frozen.

use std::fs;
use std::os::unix::net::UnixDatagram;
use std::path::Path;

use qapi_tests::{Setup, need};
use serde_json::json;
use tempfile::TempDir;

use crate::agents::{Theirs, ours};

/// The directory that an agent sees as `/dev`, with the socket of a system log in it.
fn devices() -> (TempDir, UnixDatagram) {
    let dir = TempDir::with_prefix("qapi-test-").expect("a temporary directory");
    let log = UnixDatagram::bind(dir.path().join("log")).expect("a socket");
    log.set_nonblocking(true).expect("a socket");
    (dir, log)
}

/// An agent that sees that directory.
fn setup(program: &Path, devices: &Path) -> Setup {
    let place = devices.display();
    let mut setup = Setup::new(program);
    setup.apart(&format!(
        "for name in null zero urandom; do touch {place}/$name; mount --bind /dev/$name {place}/$name; done
         mount --rbind {place} /dev"
    ));
    setup
}

/// The messages that have come, without their dates.
fn messages(log: &UnixDatagram) -> Vec<String> {
    let mut messages = Vec::new();
    let mut buffer = [0; 9000];
    while let Ok(count) = log.recv(&mut buffer) {
        let message = String::from_utf8(buffer[..count].to_vec()).expect("text");
        let (priority, rest) = message.split_at(4);
        let (date, text) = rest.split_at(15);
        assert!(
            date.ends_with(|end: char| end.is_ascii_digit()),
            "{message}"
        );
        messages.push(format!("{priority} {}", text.trim_end_matches('\0')));
    }
    messages
}

/// The accounts of what these requests do.
fn accounts(program: &Path, requests: &[(&str, serde_json::Value)]) -> Vec<String> {
    let (devices, log) = devices();
    let agent = setup(program, devices.path()).file("file", "text").start();
    let mut wire = agent.connect();
    // They are taken at once: the C agent waits where the socket has no room.
    let accounts = requests.iter().flat_map(|(command, arguments)| {
        wire.call(command, arguments.clone());
        messages(&log)
    });
    accounts.collect()
}

#[test]
fn the_system_log_tells_what_the_host_has_done() {
    let Some(theirs) = Theirs::find() else { return };
    let Some(()) = need::apart() else { return };
    let requests = [
        ("guest-ping", json!({})),
        ("guest-info", json!({})),
        ("guest-file-open", json!({"path": "file"})),
        ("guest-file-open", json!({"path": "other", "mode": "w+"})),
        ("guest-file-open", json!({"path": "/absent", "mode": "x"})),
        (
            "guest-file-write",
            json!({"handle": 1000, "buf-b64": "c2VjcmV0"}),
        ),
        ("guest-file-close", json!({"handle": 1000})),
        ("guest-file-close", json!({"handle": 7})),
        (
            "guest-exec",
            json!({"path": "/absent/program", "arg": ["a b", "", "c"], "env": ["PASSWORD=secret"]}),
        ),
        ("guest-exec", json!({"path": "/absent/program"})),
        ("guest-exec-status", json!({"pid": 0})),
        ("guest-shutdown", json!({"mode": "wrong"})),
        (
            "guest-set-user-password",
            json!({"username": "absent", "password": "c2VjcmV0", "crypted": true}),
        ),
    ];
    let (their, our) = theirs.both(|program| accounts(program, &requests));
    assert_eq!(our, their);
    assert_eq!(our[0], "<14>  qemu-ga: info: guest-ping called");
    assert!(
        !our.concat().contains("secret") && our.len() == 13,
        "{our:#?}"
    );
}

#[test]
fn no_request_is_too_long_for_the_system_log() {
    let Some(()) = need::apart() else { return };
    let long = "x".repeat(1 << 20);
    let requests = [("guest-exec", json!({"path": "/absent", "arg": [long]}))];
    let our = accounts(&ours(), &requests);
    assert_eq!(our.len(), 1);
    assert!(our[0].starts_with("<14>  qemu-ga: info: guest-exec called: \"/absent xxx"));
    assert!(our[0].ends_with("x…"));
}

#[test]
fn a_verbose_log_keeps_the_secrets_of_requests() {
    let dir = TempDir::with_prefix("qapi-test-").expect("a temporary directory");
    let log = dir.path().join("log");
    let mut setup = Setup::new(ours());
    setup.arg("-v").arg("-l").arg(log.to_str().expect("text"));
    let agent = setup.start();
    let mut wire = agent.connect();
    wire.call("guest-file-open", json!({"path": "secret", "mode": "w"}));
    wire.call(
        "guest-file-write",
        json!({"handle": 1000, "buf-b64": "c2VjcmV0"}),
    );
    wire.call(
        "guest-set-user-password",
        json!({"username": "secret", "password": "c2VjcmV0", "crypted": true}),
    );
    wire.call(
        "guest-exec",
        json!({"path": "/secret", "env": ["secret"], "input-data": "c2VjcmV0"}),
    );
    let lines = fs::read_to_string(log).expect("the file");
    assert!(lines.contains("guest-set-user-password"), "{lines}");
    assert!(
        !lines.contains("secret") && !lines.contains("c2VjcmV0"),
        "{lines}"
    );
}

/// Whatever a log says between two lines that every log has.
fn between<'a>(log: &'a str, first: &str, last: &str) -> &'a str {
    let start = log.find(first).expect("the first line") + first.len();
    let end = log.find(last).expect("the last line");
    &log[start..end]
}

#[test]
fn a_log_file_on_a_frozen_file_system_holds_up_nobody() {
    let Some(()) = need::island() else { return };
    let mut setup = Setup::new(ours());
    setup.on_island().arg("-v").arg("-l").arg("/ext4/log");
    let agent = setup.start();
    let mut wire = agent.connect();
    wire.call("guest-fsfreeze-freeze", json!({}));
    for _ in 0..3 {
        wire.call("guest-ping", json!({}));
        wire.call("guest-file-open", json!({"path": "/ext4/file"}));
    }
    assert_eq!(
        wire.call("guest-fsfreeze-thaw", json!({})),
        json!({"return": 3})
    );
    let log = fs::read_to_string(agent.island().join("ext4/log")).expect("the file");
    let first = "disabling logging due to filesystem freeze\n";
    let last = "logging re-enabled due to filesystem unfreeze\n";
    // What is left of the line is its moment and its level.
    assert_eq!(between(&log, first, last).lines().count(), 1, "{log}");
}
