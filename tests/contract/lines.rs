//! Lines that come back: one for each request, in its order, and nothing else.

use qapi_runtime::{Call, CommandInfo, Empty, Error, Outcome, Service, Session};
use serde_json::{Value, json};

use crate::{PING, ask, replies_to, setup};

#[test]
fn w01_nothing_comes_unasked() {
    assert_eq!(replies_to(""), "");
    assert_eq!(replies_to("\n \r\n\t\n"), "");
    assert_eq!(replies_to(PING.repeat(3)), "{\"return\": {}}\n".repeat(3));
}

#[test]
fn w01_a_reply_is_one_line() {
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
fn w02_the_empty_reply_is_spelled_exactly() {
    assert_eq!(replies_to(PING), "{\"return\": {}}\n");
}

#[test]
fn w05_replies_come_in_the_order_of_the_requests() {
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
fn w05_an_identifier_of_any_kind_is_given_back() {
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
fn w15_every_request_gets_exactly_one_reply() {
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
fn w01_what_is_logged_does_not_reach_the_client() {
    let agent = setup().arg("-v").start();
    let mut wire = agent.connect();
    let replies = wire.replies_to_then_reset(format!("{PING}{{'execute':'no-such-command'}}@"));
    let text = String::from_utf8(replies).expect("replies are text");
    assert_eq!(text.lines().count(), 4, "{text}");
    for line in text.lines() {
        serde_json::from_str::<Value>(line).expect("a line is one JSON value");
    }
    assert!(agent.said().contains("guest-ping"), "{}", agent.said());
}

#[test]
fn w15_a_handler_that_panics_still_has_a_reply() {
    let requests = format!("{PING}{{'execute':'break'}}{PING}").replace("guest-ping", "ping");
    let replies = Session::new().feed(requests.as_bytes(), &mut Brittle);
    let text = String::from_utf8(replies).expect("replies are text");
    let error = r#"{"error": {"class": "GenericError", "desc": "internal error: broken"}}"#;
    let expected = ["{\"return\": {}}", error, "{\"return\": {}}"];
    assert_eq!(text.lines().collect::<Vec<_>>(), expected);
}

/// Stands in for an agent with a fault; ours has none that could be asked for.
struct Brittle;

impl Service for Brittle {
    fn commands(&self) -> &'static [CommandInfo] {
        &[]
    }

    fn call(&mut self, call: Call<'_>) -> Result<Outcome, Error> {
        if call.command() == "break" {
            panic!("broken");
        }
        call.answer(|Empty {}| Ok(Empty {}))
    }
}
