//! Ansible, connection plugin `community.libvirt.libvirt_qemu`: runs programs and copies files.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use crate::{agent, ask, exec, mime_base64, open, request};

/// How much it reads at a time.
const PIECE: usize = 64 << 10;

#[test]
fn w11_entries_are_equal_as_a_whole() {
    let info = ask(r#"{"execute":"guest-info"}"#);
    let commands = info["return"]["supported_commands"].as_array();
    let commands = commands.expect("a list");
    for name in [
        "guest-exec",
        "guest-exec-status",
        "guest-file-close",
        "guest-file-open",
        "guest-file-read",
        "guest-file-write",
    ] {
        let entry = json!({"enabled": true, "name": name, "success-response": true});
        assert!(commands.contains(&entry), "{name}");
    }
}

#[test]
fn a_program_ends_with_a_code_and_two_outputs() {
    let agent = agent();
    let arguments = json!({
        "path": "/bin/sh",
        "arg": ["-c", "echo out; echo err >&2; exit 5"],
        "capture-output": true,
    });
    let status = exec(&mut agent.connect(), arguments);
    assert_eq!(status["exitcode"], 5);
    assert_eq!(status["out-data"], STANDARD.encode("out\n"));
    assert_eq!(status["err-data"], STANDARD.encode("err\n"));
}

#[test]
fn a_file_goes_there_and_back() {
    let agent = agent();
    let mut wire = agent.connect();
    let bytes: Vec<u8> = (0..3 * PIECE / 2)
        .map(|index| index.to_le_bytes()[0])
        .collect();
    let handle = open(&mut wire, "copy", "wb+");
    for piece in bytes.chunks(PIECE) {
        let arguments = json!({"handle": handle, "buf-b64": mime_base64(piece)});
        let reply = wire.ask(&request("guest-file-write", arguments));
        assert_eq!(reply["return"]["count"], piece.len());
    }
    let close = request("guest-file-close", json!({"handle": handle}));
    assert_eq!(wire.ask(&close), json!({"return": {}}));

    let handle = open(&mut wire, "copy", "r");
    let mut read = Vec::new();
    loop {
        let arguments = json!({"handle": handle, "count": PIECE});
        let piece = wire.ask(&request("guest-file-read", arguments));
        let text = piece["return"]["buf-b64"].as_str().expect("text");
        read.extend(STANDARD.decode(text).expect("base64"));
        if piece["return"]["eof"] == json!(true) {
            break;
        }
    }
    assert!(read == bytes);
}
