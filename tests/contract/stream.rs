//! Bytes that go in: a stream of values, cut anywhere, from clients that come and go.

use std::io::Write as _;
use std::os::unix::net::UnixStream;

use qapi_tests::RESET_REPLY;
use serde_json::{Value, json};

use crate::{PING, agent, replies_to};

#[test]
fn w03_a_delimited_sync_and_a_command_in_one_write_are_two_adjacent_lines() {
    let agent = agent();
    let mut wire = agent.connect();
    wire.send("{\"execute\":\"guest-sync-delimited\",\"arguments\":{\"id\":12301}}\n{\"execute\":\"guest-ping\"}\n");
    assert_eq!(wire.line(), b"\xFF{\"return\": 12301}\n");
    assert_eq!(wire.line(), b"{\"return\": {}}\n");
}

#[test]
fn w04_sync_gives_large_identifiers_back_exactly() {
    for id in [
        0,
        1_795_237_352_358,
        i64::from(u32::MAX) + 1,
        i64::MAX,
        i64::MIN,
    ] {
        let reply = replies_to(format!(
            r#"{{"execute":"guest-sync","arguments":{{"id":{id}}}}}"#
        ));
        assert_eq!(reply, format!("{{\"return\": {id}}}\n"));
    }
}

#[test]
fn w07_a_reset_byte_drops_a_half_request() {
    let agent = agent();
    let mut wire = agent.connect();
    assert_eq!(wire.replies_to("\n"), b"");
    wire.send(b"{\"execute\": \"guest-exec\", \"arguments\": {\"path\": [\xFF");
    let line = wire.line();
    assert!(
        line.starts_with(
            b"{\"error\": {\"class\": \"GenericError\", \"desc\": \"JSON parse error, "
        )
    );
    wire.send(b"\xFF");
    assert_eq!(wire.line(), RESET_REPLY);
    assert_eq!(wire.replies_to(PING), b"{\"return\": {}}\n");
}

#[test]
fn w07_a_client_that_leaves_a_half_request_does_not_harm_the_next() {
    let agent = agent();
    let mut first = agent.connect();
    first.replies_to(PING);
    first.send(r#"{"execute": "guest-file-open", "arguments": {"path": "#);
    drop(first);
    let replies = agent
        .connect()
        .replies_to([b"\xFF", PING.as_bytes()].concat());
    assert!(
        replies.ends_with(b"\n{\"return\": {}}\n"),
        "{}",
        replies.escape_ascii()
    );
}

#[test]
fn w07_a_client_may_leave_without_taking_its_replies() {
    let mut agent = agent();
    for _ in 0..20 {
        let mut stream = UnixStream::connect(agent.socket()).expect("the agent listens");
        // More replies than any socket holds, so that the agent is in the middle of them; it may end the writing, too.
        let _ = stream.write_all(r#"{"execute":"guest-info"}"#.repeat(500).as_bytes());
        drop(stream);
    }
    assert_eq!(agent.connect().replies_to_then_reset(""), RESET_REPLY);
    assert!(agent.is_running());
}

#[test]
fn w07_a_client_that_has_said_everything_still_gets_its_replies() {
    let agent = agent();
    let mut wire = agent.connect();
    wire.send(PING.repeat(3));
    wire.finish();
    assert_eq!(wire.rest(), "{\"return\": {}}\n".repeat(3).into_bytes());
    assert_eq!(agent.connect().replies_to(PING), b"{\"return\": {}}\n");
}

#[test]
fn w07_a_second_client_is_served_beside_a_first_that_stays() {
    let agent = agent();
    let mut first = agent.connect();
    first.send(r#"{"execute": "guest-"#);
    let mut second = agent.connect();
    assert_eq!(second.replies_to(PING), b"{\"return\": {}}\n");
    assert_eq!(first.replies_to("ping\"}"), b"{\"return\": {}}\n");
}

#[test]
fn w16_a_request_is_run_at_its_last_brace() {
    let agent = agent();
    let mut wire = agent.connect();
    for part in ["{\"exec", "ute\":\n\"guest-", "ping\"\n\n,'id': 'one'"] {
        wire.send(part);
    }
    wire.send("}");
    assert_eq!(wire.line(), b"{\"return\": {}, \"id\": \"one\"}\n");
    wire.send("{'execute':'guest-ping'}{'execute':'guest-ping'}");
    assert_eq!(
        [wire.line(), wire.line()].concat(),
        b"{\"return\": {}}\n{\"return\": {}}\n"
    );
}

#[test]
fn w16_an_unclosed_brace_swallows_everything_up_to_a_reset() {
    let agent = agent();
    let mut wire = agent.connect();
    let replies = wire.replies_to_then_reset(format!("{{\n{PING}\n{PING}\n"));
    let text = String::from_utf8(replies).expect("replies are text");
    assert_eq!(text.lines().count(), 1, "{text}");
    assert!(!text.contains("return"), "{text}");
    assert_eq!(wire.replies_to(PING), b"{\"return\": {}}\n");
}

#[test]
fn w16_nonsense_that_is_balanced_costs_one_error() {
    for (input, desc) in [
        ("bad ", "JSON parse error, invalid keyword 'bad'"),
        ("[1, 2]", "QMP input must be a JSON object"),
        ("{'x': 1}", "QMP input member 'x' is unexpected"),
        ("{'a': {'b': [,]}}", "JSON parse error, expecting value"),
    ] {
        let replies = replies_to(format!("{input}{PING}"));
        let (first, rest) = replies.split_once('\n').expect("lines");
        let first: Value = serde_json::from_str(first).expect("a line is one JSON value");
        let error = json!({"error": {"class": "GenericError", "desc": desc}});
        assert_eq!(first, error, "{input}");
        assert_eq!(rest, "{\"return\": {}}\n", "{input}");
    }
}
