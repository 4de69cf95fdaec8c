//! Large replies, and data in base64.

use std::fs;

use serde_json::{Value, json};

use crate::{agent, exec, mime_base64, open, request};

/// The size at which libvirt gives up a reply, and the channel with it.
const LIMIT_OF_LIBVIRT: usize = 10 << 20;

#[test]
fn w08_what_libvirt_asks_by_itself_is_short() {
    let agent = agent();
    let mut wire = agent.connect();
    for command in [
        "guest-fsfreeze-status",
        "guest-get-disks",
        "guest-get-fsinfo",
        "guest-get-host-name",
        "guest-get-load",
        "guest-get-osinfo",
        "guest-get-time",
        "guest-get-timezone",
        "guest-get-users",
        "guest-get-vcpus",
        "guest-info",
        "guest-network-get-interfaces",
    ] {
        wire.send(request(command, json!({})));
        let length = wire.line().len();
        assert!(length < LIMIT_OF_LIBVIRT, "{command}: {length} bytes");
    }
}

#[test]
fn w08_a_file_is_read_in_small_pieces_unless_the_client_wants_more() {
    let agent = agent();
    fs::write(agent.home().join("large"), vec![7; LIMIT_OF_LIBVIRT]).expect("a fresh file");
    let mut wire = agent.connect();
    let handle = open(&mut wire, "large", "r");
    let mut length = |count: Value| {
        let mut arguments = json!({"handle": handle});
        if !count.is_null() {
            arguments["count"] = count;
        }
        wire.send(request("guest-file-read", arguments));
        wire.line().len()
    };
    assert!(length(Value::Null) < 8192);
    // Three quarters: the base64 of it, and the rest of the reply, just fit.
    assert!(length(json!(LIMIT_OF_LIBVIRT / 4 * 3 - 1024)) < LIMIT_OF_LIBVIRT);
}

#[test]
fn w08_a_client_that_wants_more_gets_more() {
    const SIZE: usize = 16 << 20;
    let agent = agent();
    fs::write(agent.home().join("large"), vec![0; SIZE]).expect("a fresh file");
    let mut wire = agent.connect();
    let handle = open(&mut wire, "large", "r");
    let reply = wire.ask(&request(
        "guest-file-read",
        json!({"handle": handle, "count": SIZE}),
    ));
    assert_eq!(reply["return"]["count"], SIZE);
}

#[test]
fn w09_base64_may_be_broken_into_lines_and_holds_nothing_else() {
    let agent = agent();
    let mut wire = agent.connect();
    let handle = open(&mut wire, "lines", "w+");
    let bytes: Vec<u8> = (0..=255).collect();
    let text = mime_base64(&bytes);
    assert_eq!(text.lines().count(), 5);
    let mut write = |text: &str| {
        wire.ask(&request(
            "guest-file-write",
            json!({"handle": handle, "buf-b64": text}),
        ))
    };
    assert_eq!(
        write(&text),
        json!({"return": {"count": 256, "eof": false}})
    );
    assert_eq!(
        write("dGhl IHF1")["error"]["desc"],
        "Base64 data contains invalid characters"
    );
    let arguments = json!({"path": "cat", "input-data": text, "capture-output": true});
    let status = exec(&mut wire, arguments);
    assert_eq!(status["out-data"], json!(text.replace('\n', "")));
}
