//! The wire: framing, order, identifiers, errors, clients that come and go.

use std::io::Write as _;
use std::os::unix::net::UnixStream;

use qapi_tests::RESET_REPLY;
use serde_json::{Value, json};

use crate::{agent, request};

const PING: &str = r#"{"execute":"guest-ping"}"#;

#[test]
fn nothing_comes_unasked() {
    assert_eq!(replies_to(""), "");
    assert_eq!(replies_to("\n \r\n\t\n"), "");
    assert_eq!(replies_to(PING.repeat(3)), "{\"return\": {}}\n".repeat(3));
}

#[test]
fn a_reply_is_one_line() {
    let lines = replies_to(
        r#"{"execute":"guest-info"}{"execute":"guest-network-get-interfaces","id":"a\nb"}"#,
    );
    assert_eq!(lines.lines().count(), 2);
    assert!(lines.ends_with('\n') && !lines.contains('\r'));
    for line in lines.lines() {
        serde_json::from_str::<Value>(line).expect("a line is one JSON value");
    }
}

#[test]
fn the_empty_reply_is_spelled_exactly() {
    assert_eq!(replies_to(PING), "{\"return\": {}}\n");
}

#[test]
fn a_delimited_sync_and_a_command_in_one_write_are_two_adjacent_lines() {
    let agent = agent();
    let mut wire = agent.connect();
    wire.send("{\"execute\":\"guest-sync-delimited\",\"arguments\":{\"id\":12301}}\n{\"execute\":\"guest-ping\"}\n");
    assert_eq!(wire.line(), b"\xFF{\"return\": 12301}\n");
    assert_eq!(wire.line(), b"{\"return\": {}}\n");
}

#[test]
fn sync_gives_large_identifiers_back_exactly() {
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
fn replies_come_in_the_order_of_the_requests() {
    let requests: String = (0..500)
        .map(|id| match id % 3 {
            0 => format!(r#"{{"execute":"guest-ping","id":{id}}}"#),
            1 => format!(r#"{{"execute":"guest-info","id":{id}}}"#),
            _ => format!(r#"{{"execute":"no-such-command","id":{id}}}"#),
        })
        .collect();
    let replies = replies_to(requests);
    let ids: Vec<Value> = replies
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).expect("a reply is JSON")["id"].clone())
        .collect();
    assert_eq!(ids, (0..500).map(Value::from).collect::<Vec<_>>());
}

#[test]
fn an_identifier_of_any_kind_is_given_back() {
    for id in [
        json!(null),
        json!("x"),
        json!([1, {"a": true}]),
        json!({"b": 1.5}),
        json!(-1),
    ] {
        let reply = ask(&json!({"execute": "guest-ping", "id": id}).to_string());
        assert_eq!(reply["id"], id);
        let reply = ask(&json!({"execute": "no-such-command", "id": id}).to_string());
        assert_eq!(reply["id"], id);
    }
}

#[test]
fn a_reset_byte_drops_a_half_request() {
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
fn a_client_that_leaves_a_half_request_does_not_harm_the_next() {
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
fn a_client_may_leave_without_taking_its_replies() {
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
fn a_client_that_has_said_everything_still_gets_its_replies() {
    let agent = agent();
    let mut wire = agent.connect();
    wire.send(PING.repeat(3));
    wire.finish();
    assert_eq!(wire.rest(), "{\"return\": {}}\n".repeat(3).into_bytes());
    assert_eq!(agent.connect().replies_to(PING), b"{\"return\": {}}\n");
}

#[test]
fn a_second_client_is_served_when_the_first_has_left() {
    let agent = agent();
    let mut first = agent.connect();
    let mut second = agent.connect();
    second.send(PING);
    assert_eq!(first.replies_to(PING), b"{\"return\": {}}\n");
    drop(first);
    assert_eq!(second.line(), b"{\"return\": {}}\n");
}

#[test]
fn errors_have_a_class_and_a_description() {
    let cases = [
        (
            "no-such-command",
            json!({}),
            "CommandNotFound",
            "The command no-such-command has not been found",
        ),
        (
            "guest-ping",
            json!({"foo": 42}),
            "GenericError",
            "Parameter 'foo' is unexpected",
        ),
        (
            "guest-sync",
            json!({}),
            "GenericError",
            "Parameter 'id' is missing",
        ),
        (
            "guest-file-close",
            json!({"handle": 5}),
            "GenericError",
            "handle '5' has not been found",
        ),
    ];
    for (command, arguments, class, desc) in cases {
        let reply = ask(&request(command, arguments));
        assert_eq!(reply, json!({"error": {"class": class, "desc": desc}}));
    }
}

#[test]
fn every_request_gets_exactly_one_reply() {
    let bad = [
        "{}",
        "[]",
        "\"x\"",
        "{\"execute\": 1}",
        "{\"execute\": \"no-such-command\"}",
        "{\"execute\": \"guest-sync\"}",
        "{\"execute\": \"guest-file-read\", \"arguments\": {\"handle\": 1}}",
        "{\"execute\": \"guest-ping\", \"arguments\": 1}",
        "{\"execute\": \"guest-ping\", \"more\": 1}",
        "{\"execute\" \"guest-ping\"}",
        "nonsense ",
    ];
    for request in bad {
        let replies = replies_to(format!("{request}{PING}"));
        let lines: Vec<&str> = replies.lines().collect();
        assert_eq!(lines.len(), 2, "{request}: {replies}");
        assert!(
            lines[0].contains("\"error\": {\"class\": "),
            "{request}: {replies}"
        );
        assert_eq!(lines[1], "{\"return\": {}}", "{request}");
    }
}

#[test]
fn a_request_is_run_at_its_last_brace() {
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
fn an_unclosed_brace_swallows_everything_up_to_a_reset() {
    let agent = agent();
    let mut wire = agent.connect();
    let replies = wire.replies_to_then_reset(format!("{{\n{PING}\n{PING}\n"));
    let text = String::from_utf8(replies).expect("replies are text");
    assert_eq!(text.lines().count(), 1, "{text}");
    assert!(!text.contains("return"), "{text}");
    assert_eq!(wire.replies_to(PING), b"{\"return\": {}}\n");
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
