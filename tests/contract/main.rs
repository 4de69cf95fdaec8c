//! What the clients of a guest agent rely on, shown on the running program.
//!
//! `README.md` says which test shows which rule. The clients have a file each, with the steps that they take and the
//! members that they read; [`texts`] has the words that clients look for, and [`upstream`] the cases of QEMU's own test
//! of its agent.

mod ansible;
mod answers;
mod kubevirt;
mod lines;
mod patience;
mod port;
mod proxmox;
mod sizes;
mod stream;
mod texts;
mod upstream;
mod vfkit;

use std::path::PathBuf;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use qapi_tests::{Agent, Setup, Wire, need};
use serde_json::{Value, json};

const PING: &str = r#"{"execute":"guest-ping"}"#;

fn program() -> PathBuf {
    need::our_agent(env!("CARGO_BIN_EXE_agent-under-test"))
}

fn setup() -> Setup {
    Setup::new(program())
}

fn agent() -> Agent {
    setup().start()
}

/// A request with arguments.
fn request(command: &str, arguments: Value) -> String {
    json!({"execute": command, "arguments": arguments}).to_string()
}

/// Sends complete requests to a fresh agent.
fn replies_to(requests: impl AsRef<[u8]>) -> String {
    let replies = agent().connect().replies_to(requests);
    String::from_utf8(replies).expect("replies are text")
}

/// The reply to one request, as JSON.
fn ask(request: &str) -> Value {
    agent().connect().ask(request)
}

/// Opens a file, which must work, and gives its handle.
fn open(wire: &mut Wire, path: &str, mode: &str) -> Value {
    let reply = wire.ask(&request(
        "guest-file-open",
        json!({"path": path, "mode": mode}),
    ));
    assert!(reply["return"].is_i64(), "{reply}");
    reply["return"].clone()
}

/// Starts a program, and asks for it until it has ended.
fn exec(wire: &mut Wire, arguments: Value) -> Value {
    let pid = wire.ask(&request("guest-exec", arguments))["return"]["pid"].clone();
    loop {
        let mut reply = wire.ask(&request("guest-exec-status", json!({"pid": pid})));
        if reply["return"]["exited"] == json!(true) {
            return reply["return"].take();
        }
    }
}

/// Base64 in lines of 76 characters, each with its end, as Perl and Python write it.
fn mime_base64(bytes: &[u8]) -> String {
    let lines = bytes.chunks(57).map(|piece| STANDARD.encode(piece) + "\n");
    lines.collect()
}
