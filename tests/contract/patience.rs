//! Replies while something takes long: a freeze whose hook waits at a gate.

use std::fs::File;
use std::io::Write as _;
use std::path::PathBuf;

use qapi_tests::{Agent, Wire, need};
use rustix::fs::{CWD, FileType, Mode, mknodat};
use serde_json::{Value, json};

use crate::{PING, request, setup};

const FREEZE: &str = "{'execute':'guest-fsfreeze-freeze'}";
const STATUS: &str = "{'execute':'guest-fsfreeze-status'}";
const THAW: &str = "{'execute':'guest-fsfreeze-thaw'}";

/// How many file systems an island has.
const ALL: &str = "{\"return\": 3}\n";

/// An agent whose freezes last as long as the test wants.
struct Gated {
    agent: Agent,
    gate: PathBuf,
}

impl Gated {
    fn start() -> Option<Self> {
        need::island()?;
        let agent = setup().on_island().arg("--fsfreeze-hook=/hook").start();
        let gate = agent.island().join("run/gate");
        let mode = Mode::from_raw_mode(0o600);
        mknodat(CWD, &gate, FileType::Fifo, mode, 0).expect("a fresh pipe");
        Some(Self { agent, gate })
    }

    /// Begins to freeze, and gives the gate when the hook waits there.
    fn freeze(&self, wire: &mut Wire) -> File {
        wire.send(FREEZE);
        let gate = File::options().write(true).open(&self.gate);
        gate.expect("the hook opens the other end")
    }

    /// A client that has asked this and knows that its turn has come.
    fn asks(&self, what: &str) -> Wire {
        let mut wire = self.agent.connect();
        synchronize(&mut wire, 1, what);
        wire
    }
}

/// Sends a sync and more in one write, and takes the reply to the sync.
fn synchronize(wire: &mut Wire, number: u64, more: &str) {
    let sync = request("guest-sync-delimited", json!({"id": number}));
    wire.send(format!("{sync}{more}"));
    let expected = format!("{{\"return\": {number}}}\n");
    assert_eq!(wire.line(), [b"\xFF", expected.as_bytes()].concat());
}

fn release(mut gate: File) {
    gate.write_all(b"\n").expect("the hook reads");
}

#[test]
fn w06_status_and_thaw_wait_for_a_freeze_of_another_client() {
    let Some(gated) = Gated::start() else { return };
    let mut first = gated.agent.connect();
    let gate = gated.freeze(&mut first);
    let mut second = gated.asks(STATUS);
    // Others see that the agent is alive meanwhile.
    assert_eq!(gated.asks(PING).line(), b"{\"return\": {}}\n");
    release(gate);
    assert_eq!(first.line(), ALL.as_bytes());
    assert_eq!(second.line(), b"{\"return\": \"frozen\"}\n");
    assert_eq!(second.replies_to(THAW), ALL.as_bytes());

    let gate = gated.freeze(&mut first);
    let mut second = gated.asks(THAW);
    release(gate);
    assert_eq!(first.line(), ALL.as_bytes());
    assert_eq!(second.line(), ALL.as_bytes());
    assert_eq!(first.replies_to(STATUS), b"{\"return\": \"thawed\"}\n");
}

/// Proxmox VE asks for the state on new connections when it has waited long enough for a freeze.
#[test]
fn w06_a_freeze_goes_on_without_the_client_that_wanted_it() {
    let Some(gated) = Gated::start() else { return };
    let mut first = gated.agent.connect();
    let gate = gated.freeze(&mut first);
    drop(first);
    let mut second = gated.asks(STATUS);
    release(gate);
    assert_eq!(second.line(), b"{\"return\": \"frozen\"}\n");
    assert_eq!(second.replies_to(THAW), ALL.as_bytes());
}

/// libvirt, which has one connection for all, sends a sync when a command has taken too long.
#[test]
fn w10_a_sync_behind_a_command_that_takes_long_is_answered_at_once() {
    let Some(gated) = Gated::start() else { return };
    let mut wire = gated.agent.connect();
    let gate = gated.freeze(&mut wire);
    synchronize(&mut wire, 2, PING);
    assert_eq!(wire.line(), b"{\"return\": {}}\n");
    let reply = wire.ask(&request("guest-sync", json!({"id": 3})));
    assert_eq!(reply, json!({"return": 3}));
    // W6 holds here, too; and the reply to the freeze is one that nobody waits for any more.
    wire.send(STATUS);
    release(gate);
    assert_eq!(wire.line(), b"{\"return\": \"frozen\"}\n");
    assert_eq!(wire.replies_to(THAW), ALL.as_bytes());
}

/// W5: who sends no sync has not given up, and gets every reply in its turn.
#[test]
fn w05_requests_behind_a_command_that_takes_long_wait_for_their_turn() {
    let Some(gated) = Gated::start() else { return };
    let mut wire = gated.agent.connect();
    let gate = gated.freeze(&mut wire);
    wire.send(STATUS.to_owned() + PING);
    release(gate);
    let replies = [wire.line(), wire.line(), wire.line()].concat();
    let expected = format!("{ALL}{{\"return\": \"frozen\"}}\n{{\"return\": {{}}}}\n");
    assert_eq!(replies, expected.as_bytes());
    assert_eq!(wire.replies_to(THAW), ALL.as_bytes());
}

#[test]
fn w10_a_client_that_takes_no_replies_does_not_hold_up_another() {
    let agent = setup().start();
    let mut deaf = agent.connect();
    // More than any socket holds, so the agent is in the middle of its replies to this one.
    deaf.send(r#"{"execute":"guest-info"}"#.repeat(500));
    let mut wire = agent.connect();
    for _ in 0..10 {
        let reply: Value = wire.ask(PING);
        assert_eq!(reply, json!({"return": {}}));
    }
}
