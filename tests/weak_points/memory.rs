//! How much memory it takes.
//!
//! The bounds are several times what is needed, and a fraction of what the C agent takes.

use qapi_tests::Setup;
use serde_json::json;

use crate::process::{peak, resident};
use crate::{PING, agent, program};

const MIB: usize = 1 << 20;

#[test]
fn defect_11_small_objects_need_little_memory() {
    let agent = agent();
    let mut wire = agent.connect();
    let objects = "{},".repeat(300_000);
    let reply = wire.replies_to(format!("[{objects}{{}}]"));
    assert!(reply.ends_with(b"QMP input must be a JSON object\"}}\n"));
    let peak = peak(&agent);
    assert!(peak < 64 * MIB, "{peak} bytes");
}

#[test]
fn defect_12_what_is_read_is_never_in_memory_as_a_whole() {
    let agent = agent();
    let file = std::fs::File::create(agent.home().join("large")).expect("a fresh file");
    file.set_len(48 << 20).expect("a file may have holes");
    let mut wire = agent.connect();
    wire.call("guest-file-open", json!({"path": "large"}));
    let read =
        json!({"execute": "guest-file-read", "arguments": {"handle": 1000, "count": 48 << 20}});
    wire.send(read.to_string());
    assert!(wire.line().len() > 64 * MIB);
    let peak = peak(&agent);
    assert!(peak < 32 * MIB, "{peak} bytes");
}

#[test]
fn defect_12_what_is_written_is_in_memory_once_and_then_given_back() {
    let agent = agent();
    let mut wire = agent.connect();
    wire.call("guest-file-open", json!({"path": "/dev/null", "mode": "w"}));
    let data = "QUJD".repeat((46 << 20) / 3);
    let reply = wire.call("guest-file-write", json!({"handle": 1000, "buf-b64": data}));
    assert_eq!(reply["return"]["count"], (46 << 20) / 3 * 3);
    let peak = peak(&agent);
    assert!(peak < 2 * data.len(), "{peak} bytes");
    wire.ask(PING);
    let resident = resident(&agent);
    assert!(resident < 32 * MIB, "{resident} bytes");
}

#[test]
fn defect_13_errors_are_sent_as_they_are_made() {
    const BRACKETS: usize = 200_000;
    let agent = Setup::new(program()).start();
    let mut wire = agent.connect();
    let replies = wire.replies_to("]".repeat(BRACKETS));
    assert_eq!(
        replies.iter().filter(|byte| **byte == b'\n').count(),
        BRACKETS
    );
    let peak = peak(&agent);
    assert!(peak < 32 * MIB, "{peak} bytes");
}
