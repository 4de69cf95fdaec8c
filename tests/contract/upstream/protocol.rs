//! Requests and replies as such.

use serde_json::json;

use super::{BAD_CLASS, Fixture, NOT_FOUND};

#[test]
fn sync_delimited() {
    let mut fixture = Fixture::new();
    fixture.wire.send(b"\xFF");
    fixture
        .wire
        .send("{'execute': 'guest-sync-delimited', 'arguments': {'id': 3735928559}}");
    let line = loop {
        let line = fixture.wire.line();
        if let Some(mark) = line.iter().position(|byte| *byte == 0xFF) {
            break line[mark + 1..].to_vec();
        }
    };
    assert_eq!(line, b"{\"return\": 3735928559}\n");
}

#[test]
fn sync() {
    let reply = Fixture::new().ask("{'execute': 'guest-sync', 'arguments': {'id': 195948557}}");
    assert_eq!(reply, json!({"return": 195_948_557}));
}

#[test]
fn ping() {
    assert_eq!(Fixture::new().returned("guest-ping"), json!({}));
}

/// The version is that of the QEMU whose test it is, so this one is for the test of 10.2.2.
#[test]
fn info() {
    assert_eq!(Fixture::new().returned("guest-info")["version"], "10.2.2");
}

#[test]
fn id() {
    let reply = Fixture::new().ask("{'execute': 'guest-ping', 'id': 1}");
    assert_eq!(reply, json!({"return": {}, "id": 1}));
}

#[test]
fn invalid_oob() {
    let (class, desc) = Fixture::new().error("{'exec-oob': 'guest-ping'}");
    assert_eq!(class, BAD_CLASS);
    assert!(!desc.is_empty());
}

#[test]
fn invalid_cmd() {
    let (class, desc) = Fixture::new().error("{'execute': 'guest-invalid-cmd'}");
    assert_eq!(class, NOT_FOUND);
    assert!(!desc.is_empty());
}

#[test]
fn invalid_args() {
    let request = "{'execute': 'guest-ping', 'arguments': {'foo': 42}}";
    let (class, desc) = Fixture::new().error(request);
    assert_eq!(class, BAD_CLASS);
    assert_eq!(desc, "Parameter 'foo' is unexpected");
}
