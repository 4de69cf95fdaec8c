//! Texts: of the log, and of files that say what system this is.

use std::fs;

use qapi_tests::Setup;
use serde_json::json;

use crate::{desc, program};

#[test]
fn defect_24_the_log_holds_nothing_that_a_request_carried() {
    let agent = Setup::new(program()).arg("-v").start();
    let mut wire = agent.connect();
    wire.call("guest-file-open", json!({"path": "file", "mode": "w"}));
    let write = json!({"handle": 1000, "buf-b64": "c2VjcmV0"});
    assert_eq!(wire.call("guest-file-write", write)["return"]["count"], 6);
    // None of these can do anything: the password is no base64, the user is not there.
    let password = json!({"username": "nobody", "password": "c2VjcmV0!", "crypted": false});
    desc(&wire.call("guest-set-user-password", password));
    let keys = json!({"username": "no such user", "keys": ["ssh-ed25519 c2VjcmV0"]});
    desc(&wire.call("guest-ssh-add-authorized-keys", keys));
    wire.run(json!({"path": "true", "env": ["NAME=c2VjcmV0"], "input-data": "c2VjcmV0"}));
    let log = agent.said();
    assert!(log.contains("guest-file-write"), "{log}");
    assert!(
        !log.contains("c2VjcmV0") && !log.contains("secret"),
        "{log}"
    );
}

#[test]
fn defect_25_quotes_are_quotes_and_odd_lines_are_passed_over() {
    let file = b"ID='single'\nNAME=\"double\" rest\nVERSION=\"open\nexport X=y\n\xE4\nVARIANT=''\n";
    let agent = Setup::new(program())
        .env("QGA_OS_RELEASE", "%/os-release")
        .start();
    fs::write(agent.home().join("os-release"), file).expect("a fresh file");
    let told = agent.connect().call("guest-get-osinfo", json!({}));
    for (name, value) in [
        ("id", "single"),
        ("name", "double"),
        ("version", "open"),
        ("variant", ""),
    ] {
        assert_eq!(told["return"][name], value, "{name}");
    }
}

#[test]
fn defect_32_a_failed_read_is_not_logged_as_a_write() {
    let agent = Setup::new(program()).arg("-v").start();
    let mut wire = agent.connect();
    wire.call("guest-file-open", json!({"path": "/"}));
    let reply = wire.call("guest-file-read", json!({"handle": 1000}));
    assert_eq!(desc(&reply), "failed to read file: Is a directory");
    let log = agent.said();
    assert!(!log.contains("write failed"), "{log}");
}
