//! The same requests, in one piece or in many, up to the limits.

use qapi_tests::{Agent, Conversation, Step, Wire, need};
use serde_json::Value;

use crate::agents::{Theirs, furnished, ours};
use crate::differences::ANSWERS;
use crate::matrix;

fn conversations() -> Vec<Conversation> {
    Conversation::all(&need::workspace().join("tests/differential/conversations"))
}

#[test]
fn every_request_gets_the_reply_of_the_c_agent() {
    let Some(theirs) = Theirs::find() else { return };
    let mut comparison = theirs.comparison();
    for conversation in conversations() {
        let (their, our) = theirs.both(|program| {
            let agent = furnished(program);
            let replies = conversation.run(&mut agent.connect());
            (replies, agent.files())
        });
        comparison.compare_replies(&conversation, &their.0, &our.0);
        comparison.compare_files(&conversation.name, &their.1, &our.1);
    }
    comparison.finish();
}

#[test]
fn every_command_that_we_have_is_compared() {
    let said: String = conversations()
        .iter()
        .flat_map(|each| &each.steps)
        .map(|step| step.text.as_str())
        .collect();
    let info = Agent::start(ours())
        .connect()
        .ask(r#"{"execute":"guest-info"}"#);
    let commands = info["return"]["supported_commands"]
        .as_array()
        .expect("a list of commands");
    for command in commands
        .iter()
        .filter(|command| command["enabled"] == Value::Bool(true))
    {
        let name = command["name"].as_str().expect("a command has a name");
        assert!(
            said.contains(&format!("\"execute\":\"{name}\"")),
            "{name} is in no conversation"
        );
    }
}

/// The requests of some conversations, without those that get a known other answer.
fn pieces() -> Vec<(String, Vec<Vec<u8>>)> {
    let mut pieces = vec![(
        "matrix".to_owned(),
        matrix::requests()
            .into_iter()
            .map(String::into_bytes)
            .collect(),
    )];
    for Conversation { name, steps } in conversations() {
        if ["requests", "lexical", "sync"].contains(&name.as_str()) {
            let known = |step: &&Step| {
                ANSWERS
                    .iter()
                    .any(|answer| (answer.place, answer.request) == (&name, &step.text))
            };
            let steps = steps.iter().filter(|step| !known(step));
            pieces.push((name.clone(), steps.map(Step::bytes).collect()));
        }
    }
    pieces
}

/// Compares whole conversations, as `cut` sends them.
fn compare_cut(cut: impl Fn(&mut Wire, &[u8]) -> Vec<u8> + Sync) {
    let Some(theirs) = Theirs::find() else { return };
    let mut comparison = theirs.comparison();
    for (name, bytes) in pieces() {
        let bytes = bytes.join(&b'\n');
        let (their, our) = theirs.both(|program| cut(&mut Agent::start(program).connect(), &bytes));
        comparison.compare(&format!("{name}, all in one"), "", &their, &our);
    }
    comparison.finish();
}

#[test]
fn many_requests_in_one_write_get_the_same_replies() {
    compare_cut(|wire, bytes| wire.replies_to_then_reset(bytes));
}

#[test]
fn requests_split_at_every_byte_get_the_same_replies() {
    compare_cut(|wire, bytes| {
        let mut replies = Vec::new();
        // One request at a time, or the replies would not be taken while the bytes are written.
        for part in bytes.split_inclusive(|byte| *byte == b'\n') {
            part.iter().for_each(|byte| wire.send([*byte]));
            replies.extend(wire.replies_to_then_reset(b""));
        }
        replies
    });
}

#[test]
fn limits_are_the_same() {
    let Some(theirs) = Theirs::find() else { return };
    let mut comparison = theirs.comparison();
    let nested = |depth| [b"[".repeat(depth), b"]".repeat(depth)].concat();
    let list = |count| [b"[", b"1,".repeat(count).as_slice(), b"1]"].concat();
    let text = |length| [b"\"", b"a".repeat(length).as_slice(), b"\""].concat();
    let cases: [(&str, Vec<u8>); 8] = [
        ("1024 levels", nested(1024)),
        ("1025 levels", nested(1025)),
        (
            "1025 levels of objects",
            [b"{\"a\":".repeat(1025), b"}".repeat(1025)].concat(),
        ),
        ("2097151 tokens", list((1 << 20) - 2)),
        ("2097153 tokens", list((1 << 20) - 1)),
        ("a long text", text(1 << 20)),
        ("the longest text", text((64 << 20) - 3)),
        ("a text that is too long", text(64 << 20)),
    ];
    for (name, bytes) in cases {
        let (their, our) = theirs.both(|program| {
            let agent = Agent::start(program);
            let mut wire = agent.connect();
            let mut replies = wire.replies_to_then_reset(&bytes);
            replies.extend(wire.replies_to(r#"{"execute":"guest-ping"}"#));
            replies
        });
        comparison.compare("limits", name, &their, &our);
    }
    comparison.finish();
}

#[test]
fn the_largest_read_is_the_same() {
    let Some(theirs) = Theirs::find() else { return };
    let mut comparison = theirs.comparison();
    let requests = [
        r#"{"execute":"guest-file-open","arguments":{"path":"/dev/zero"}}"#,
        r#"{"execute":"guest-file-read","arguments":{"handle":1000,"count":50331648}}"#,
    ];
    let (their, our) = theirs.both(|program| {
        let agent = Agent::start(program);
        agent.connect().replies_to(requests.concat())
    });
    comparison.compare("limits", "48 MiB", &their, &our);
    comparison.finish();
}

#[test]
fn half_a_request_ends_with_its_client() {
    let Some(theirs) = Theirs::find() else { return };
    let mut comparison = theirs.comparison();
    let (first, second) = (r#"{"execute":"#, r#""guest-ping"}"#);
    let (their, our) = theirs.both(|program| {
        let agent = Agent::start(program);
        let mut wire = agent.connect();
        wire.send(first);
        drop(wire);
        agent.connect().replies_to_then_reset(second)
    });
    comparison.compare("two clients", &[first, second].join(" | "), &their, &our);
    comparison.finish();
}
