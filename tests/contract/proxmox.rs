//! Proxmox VE: a connection for each command, which is written together with a sync in front of it.

use std::fs;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use qapi_tests::{Agent, Wire};
use serde_json::{Value, json};

use crate::{PING, agent, mime_base64, request, setup};

/// How much it reads at a time, and how much of a file it wants at most.
const PIECE: usize = 1 << 20;
const MOST: usize = 16 << 20;

/// How much it writes at most.
const MOST_TO_WRITE: usize = 60 << 10;

/// The client: it asks for a sign of life before anything else.
struct Proxmox<'a> {
    agent: &'a Agent,
    asked: usize,
}

impl<'a> Proxmox<'a> {
    fn of(agent: &'a Agent) -> Self {
        Self { agent, asked: 0 }
    }

    fn command(&mut self, name: &str, arguments: Value) -> Value {
        let alive = self.exchange("guest-ping", json!({}));
        assert_eq!(alive, json!({"return": {}}));
        self.exchange(name, arguments)
    }

    fn returned(&mut self, name: &str, arguments: Value) -> Value {
        let mut reply = self.command(name, arguments);
        assert!(reply["error"].is_null(), "{name}: {reply}");
        reply["return"].take()
    }

    fn exchange(&mut self, name: &str, arguments: Value) -> Value {
        self.asked += 1;
        let number = format!("{}0{}", std::process::id(), self.asked);
        let number = number.parse().expect("digits");
        exchange(&mut self.agent.connect(), number, name, arguments)
    }
}

/// Writes both requests at once. The reply is the second of the two lines behind the last 0xFF.
fn exchange(wire: &mut Wire, number: u64, name: &str, arguments: Value) -> Value {
    let sync = request("guest-sync-delimited", json!({"id": number}));
    wire.send(format!("{sync}\n{}\n", request(name, arguments)));
    let mut read = Vec::new();
    loop {
        read.extend(wire.line());
        let Some(mark) = read.iter().rposition(|byte| *byte == 0xFF) else {
            continue;
        };
        let text = str::from_utf8(&read[mark + 1..]).expect("replies are text");
        let Some((synced, reply)) = text.split_once('\n').filter(|(_, reply)| !reply.is_empty())
        else {
            continue;
        };
        let json = |line| serde_json::from_str::<Value>(line).expect("a line is one JSON value");
        assert_eq!(json(synced), json!({"return": number}));
        return json(reply);
    }
}

#[test]
fn w05_a_reply_is_found_behind_those_that_nobody_took() {
    let agent = agent();
    let mut wire = agent.connect();
    wire.send(PING.repeat(3));
    wire.send("{'execute': 'guest-sync-delimited', 'arguments': {'id': 1}}");
    let reply = exchange(&mut wire, 123_405, "guest-get-host-name", json!({}));
    assert!(reply["return"]["host-name"].is_string(), "{reply}");
}

#[test]
fn w03_every_command_has_a_sync_of_its_own() {
    let agent = agent();
    let mut proxmox = Proxmox::of(&agent);
    for name in [
        "guest-info",
        "guest-get-time",
        "guest-network-get-interfaces",
        "guest-get-vcpus",
        "guest-get-fsinfo",
        "guest-get-host-name",
        "guest-get-osinfo",
        "guest-get-users",
        "guest-get-timezone",
        "guest-fsfreeze-status",
    ] {
        proxmox.returned(name, json!({}));
    }
    let error = proxmox.command("guest-file-close", json!({"handle": 1}))["error"].take();
    assert_eq!(error["desc"], "handle '1' has not been found");
}

#[test]
fn a_file_is_read_in_pieces() {
    let agent = agent();
    let bytes: Vec<u8> = (0..MOST + 1).map(|index| index.to_le_bytes()[1]).collect();
    fs::write(agent.home().join("large"), &bytes).expect("a fresh file");
    let mut proxmox = Proxmox::of(&agent);
    let handle = proxmox.returned("guest-file-open", json!({"path": "large"}));
    let seek = json!({"handle": handle, "offset": 0, "whence": "set"});
    let sought = proxmox.returned("guest-file-seek", seek);
    assert_eq!(sought, json!({"position": 0, "eof": false}));
    let mut read = Vec::new();
    while read.len() < MOST {
        let arguments = json!({"handle": handle, "count": PIECE});
        let piece = proxmox.returned("guest-file-read", arguments);
        let text = piece["buf-b64"].as_str().expect("text");
        read.extend(STANDARD.decode(text).expect("base64"));
        assert_eq!(piece["count"], PIECE);
        assert_eq!(piece["eof"], false);
    }
    assert!(read == bytes[..MOST]);
    proxmox.returned("guest-file-close", json!({"handle": handle}));
}

#[test]
fn w09_a_file_is_written_from_broken_lines() {
    let agent = agent();
    let bytes: Vec<u8> = (0..MOST_TO_WRITE)
        .map(|index| index.to_le_bytes()[0])
        .collect();
    let mut proxmox = Proxmox::of(&agent);
    let handle = proxmox.returned("guest-file-open", json!({"path": "new", "mode": "wb"}));
    let arguments = json!({"handle": handle, "buf-b64": mime_base64(&bytes)});
    let written = proxmox.returned("guest-file-write", arguments);
    assert_eq!(written["count"], MOST_TO_WRITE);
    proxmox.returned("guest-file-close", json!({"handle": handle}));
    assert_eq!(fs::read(agent.home().join("new")).expect("a file"), bytes);
}

#[test]
fn a_program_gets_its_input_and_is_asked_for_its_output() {
    let agent = agent();
    let mut proxmox = Proxmox::of(&agent);
    let input = "x".repeat(64 << 10);
    let arguments = json!({
        "path": "wc",
        "arg": ["-c"],
        "input-data": mime_base64(input.as_bytes()),
        "capture-output": true,
    });
    let pid = proxmox.returned("guest-exec", arguments)["pid"].take();
    let status = loop {
        let status = proxmox.returned("guest-exec-status", json!({"pid": pid}));
        if status["exited"] == json!(true) {
            break status;
        }
    };
    assert_eq!(status["exitcode"], 0);
    assert_eq!(status["out-data"], STANDARD.encode("65536\n"));
}

#[test]
fn a_refusal_has_words_to_show() {
    let agent = setup().arg("--block-rpcs=guest-exec").start();
    let reply = Proxmox::of(&agent).command("guest-exec", json!({"path": "true"}));
    let desc = "Command guest-exec has been disabled: the command is not allowed";
    assert_eq!(reply["error"]["desc"], desc);
}
