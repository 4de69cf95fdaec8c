use serde_json::{Value, json};

use super::*;
use crate::document::ROOM;

/// What a decoder makes of `bytes`, the errors as text.
fn decoded(bytes: impl AsRef<[u8]>) -> Vec<Result<Value, String>> {
    let mut decoder = Decoder::new();
    let mut input = bytes.as_ref();
    let mut messages = Vec::new();
    while let Some(message) = decoder.decode(&mut input) {
        messages.push(
            message
                .map(Document::to_value)
                .map_err(|error| error.to_string()),
        );
    }
    assert!(input.is_empty());
    messages
}

fn value(bytes: &str) -> Value {
    match &decoded(bytes)[..] {
        [Ok(value)] => value.clone(),
        other => panic!("{bytes}: {other:?}"),
    }
}

/// The errors of a text that has nothing but errors, without their common prefix.
fn errors(bytes: impl AsRef<[u8]>) -> Vec<String> {
    let messages = decoded(bytes).into_iter().map(Result::unwrap_err);
    messages
        .map(|error| error.trim_start_matches("JSON parse error, ").to_owned())
        .collect()
}

#[test]
fn a_message_ends_at_its_last_bracket() {
    assert_eq!(
        decoded("{}[]{'a':[1]}"),
        [Ok(json!({})), Ok(json!([])), Ok(json!({"a": [1]}))]
    );
    assert_eq!(decoded("{\"a\":\n[1,\r\t2"), []);
}

#[test]
fn scalars_need_an_end() {
    assert_eq!(decoded("true"), []);
    assert_eq!(decoded("true "), [Ok(json!(true))]);
    assert_eq!(decoded("1\"x\"2"), [Ok(json!(1)), Ok(json!("x"))]);
}

#[test]
fn integers_stay_exact_as_long_as_64_bits_hold_them() {
    assert_eq!(value("[-9223372036854775808]"), json!([i64::MIN]));
    assert_eq!(value("[18446744073709551615]"), json!([u64::MAX]));
    assert_eq!(value("[-0]"), json!([0]));
    assert_eq!(
        value("[18446744073709551616]"),
        json!([18446744073709551616.0])
    );
    assert_eq!(value("[1.0]"), json!([1.0]));
    assert_ne!(value("[1.0]"), json!([1]));
    assert_eq!(value("[1E+2]"), json!([100.0]));
}

#[test]
fn doubles_beyond_the_largest_become_the_largest() {
    assert_eq!(value("[1e400, -1e400]"), json!([f64::MAX, f64::MIN]));
    let digits = format!("[{}]", "9".repeat(1000));
    assert_eq!(value(&digits), json!([f64::MAX]));
}

#[test]
fn either_quote_delimits_a_string() {
    assert_eq!(value(r#"{'a"b': "c'd"}"#), json!({"a\"b": "c'd"}));
    assert_eq!(value("[\"\u{7f}\"]"), json!(["\u{7f}"]));
}

#[test]
fn the_order_of_members_is_kept() {
    let object = value(r#"{"z": 1, "a": 2, "m": 3}"#);
    let keys: Vec<_> = object.as_object().unwrap().keys().collect();
    assert_eq!(keys, ["z", "a", "m"]);
}

#[test]
fn a_mistake_is_reported_once_at_the_end_of_its_message() {
    assert_eq!(errors("[1 2, @"), ["stray '@'"]);
    assert_eq!(
        errors("[[1 2], \"\\x\", {}]"),
        ["expected separator in list"]
    );
    assert_eq!(errors("{\"a\":[}"), [""; 0]);
    assert_eq!(errors("{\"a\":[}]"), ["expecting value"]);
}

#[test]
fn a_key_is_judged_when_it_is_complete() {
    assert_eq!(errors("{[1]:2}"), ["key is not a string in object"]);
    assert_eq!(errors("{['a']:2}"), ["key is not a string in object"]);
    assert_eq!(errors("{[1,]:2}"), ["expecting value"]);
    assert_eq!(errors("{{}:2}"), ["key is not a string in object"]);
    assert_eq!(errors("{null:2}"), ["key is not a string in object"]);
}

#[test]
fn a_duplicate_is_noticed_behind_its_value() {
    assert_eq!(errors(r#"{"a":1,"a":}"#), ["expecting value"]);
    assert_eq!(errors(r#"{"a":1,"a":2}"#), ["duplicate key"]);
    assert_eq!(errors(r#"{"a":1,'\u0061':2}"#), ["duplicate key"]);
}

#[test]
fn recovery_passes_over_everything_up_to_structure_or_control() {
    assert_eq!(
        decoded("@ garbage 12 \"x\t{}"),
        [Err("JSON parse error, stray '@'".to_owned()), Ok(json!({}))]
    );
    assert_eq!(errors("@\u{1}"), ["stray '@'", "stray '\u{1}'"]);
    assert_eq!(errors(b"@\xFF"), ["stray '@'", "stray '\u{FFFD}'"]);
    assert_eq!(
        decoded("@\n1 "),
        [Err("JSON parse error, stray '@'".to_owned()), Ok(json!(1))]
    );
}

#[test]
fn the_reset_byte_ends_whatever_is_pending() {
    for pending in [
        "",
        "{\"a\": ",
        "[[[",
        "[1 2 ",
        "{\"a\": tr",
        "[-",
        "[1",
        "[\"x\\",
    ] {
        let mut bytes = pending.as_bytes().to_vec();
        bytes.extend_from_slice(b"\xFF{}");
        let messages = decoded(bytes);
        assert_eq!(messages.len(), 2, "{pending}: {messages:?}");
        assert_eq!(messages[1], Ok(json!({})), "{pending}");
    }
}

#[test]
fn a_long_stray_token_is_quoted_in_part() {
    let error = errors(format!("\"{}\u{1}", "x".repeat(100_000)));
    assert_eq!(error.len(), 1);
    assert!(error[0].len() < 5000, "{}", error[0].len());
}

#[test]
fn the_room_of_a_large_message_is_given_back() {
    let large = "x".repeat(1 << 20);
    let values = "0,".repeat(1 << 16);
    let messages = [
        format!("'{large}\\n'"),
        format!("'{large}\u{1}"),
        format!("[{values}0]"),
        format!("[{values}]"),
    ];
    for message in messages {
        let mut decoder = Decoder::new();
        let (mut small, mut large) = (&b"{}"[..], message.as_bytes());
        assert!(matches!(decoder.decode(&mut small), Some(Ok(_))));
        assert!(decoder.decode(&mut large).is_some());
        assert!(decoder.decode(&mut small).is_none());
        let (bytes, nodes) = decoder.draft.capacity();
        assert!(bytes <= ROOM.0 && nodes <= ROOM.1, "{bytes} {nodes}");
    }
}

#[test]
fn the_room_of_a_small_message_is_used_again() {
    let mut decoder = Decoder::new();
    let mut room = None;
    for _ in 0..3 {
        let mut input = &b"{'execute': 'guest-ping'}"[..];
        let document = decoder.decode(&mut input).expect("a message");
        let text = document.expect("JSON").root().members().next();
        let text = text.expect("a member").0.as_ptr();
        assert_eq!(*room.get_or_insert(text), text);
    }
}
