//! What holds for any input.

mod common;

use common::replies;
use proptest::collection::vec;
use proptest::prelude::*;
use qapi_runtime::{Base64, Base64Text, Decoder, Document, Value, to_string};

/// Bytes, most of which look like a conversation.
fn input() -> impl Strategy<Value = Vec<u8>> {
    let fragment = prop_oneof![
        8 => prop::sample::select(FRAGMENTS).prop_map(|text| text.to_vec()),
        1 => vec(any::<u8>(), 0..4),
    ];
    vec(fragment, 0..20).prop_map(|fragments| fragments.concat())
}

const FRAGMENTS: &[&[u8]] = &[
    b"{",
    b"}",
    b"[",
    b"]",
    b":",
    b",",
    b" ",
    b"\n",
    b"\t",
    b"\xFF",
    b"\"",
    b"'",
    b"\\",
    b"\\u",
    b"\\ud83d",
    b"0",
    b"-",
    b"12",
    b".",
    b"e",
    b"+",
    b"true",
    b"null",
    b"tru",
    b"\"a\"",
    b"'b'",
    b"\"execute\":",
    b"\"guest-ping\"",
    b"\"id\":",
    b"\"arguments\":",
    b"\xC3\xA9",
    b"\xC3",
    b"\0",
    b"{\"execute\":\"guest-ping\"}",
    b"{\"execute\":\"guest-sync\",\"arguments\":{\"id\":1}}",
];

/// Values as they come out of a decoder.
fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        prop::num::f64::NORMAL.prop_map(Value::from),
        "[^\u{FDD0}-\u{FDEF}\u{FFFE}\u{FFFF}\u{10000}-\u{10FFFF}]{0,40}".prop_map(Value::from),
        "[😀-🙏\u{0}-\u{80}]{0,40}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 32, 6, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..6).prop_map(Value::from),
            vec(("[a-z\"'\\\\é]{0,4}", inner), 0..6)
                .prop_map(|members| { Value::Object(members.into_iter().collect()) }),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn base64_is_read_wherever_its_lines_end(
        pieces in vec(vec(any::<u8>(), 0..20_000), 0..4),
        width in 1_usize..100,
    ) {
        let encoded = pieces.iter().map(|piece| Base64::from(piece.as_slice()).to_string());
        let joined = encoded.collect::<String>();
        let lines: Vec<_> = joined.as_bytes().chunks(width).collect();
        let wrapped = String::from_utf8(lines.join(&b'\n')).expect("base64 is ASCII");
        let bytes = pieces.concat();
        for text in [joined, wrapped] {
            let text = Base64Text::encoded(text);
            prop_assert_eq!(text.check(), Ok(bytes.len()));
            prop_assert!(text.to_vec().as_ref() == Ok(&bytes));
        }
    }

    #[test]
    fn no_input_panics_a_session_and_every_reply_is_a_line(input in input()) {
        let replies = replies([&input[..]]);
        prop_assert!(replies.is_empty() || replies.ends_with('\n'));
        for line in replies.lines() {
            serde_json::from_str::<Value>(line).expect("a reply is JSON");
        }
    }

    #[test]
    fn the_cut_of_the_input_makes_no_difference(input in input(), size in 1..8_usize) {
        let whole = replies([&input[..]]);
        prop_assert_eq!(&whole, &replies(input.chunks(size)));
        prop_assert_eq!(&whole, &replies(input.chunks(1)));
    }

    #[test]
    fn after_the_reset_byte_a_session_is_as_new(input in input()) {
        let mut input = input;
        input.extend_from_slice(b"\xFF{\"execute\":\"guest-ping\",\"id\":\"end\"}");
        let last = "\n{\"return\": {}, \"id\": \"end\"}\n";
        let as_new = replies([&input[..]]).ends_with(last);
        prop_assert!(as_new);
    }

    #[test]
    fn the_cut_of_a_document_makes_no_difference(value in value(), size in 1..20_usize) {
        let text = format!("[{value}]");
        let mut decoder = Decoder::new();
        for piece in text.as_bytes().chunks(size) {
            let mut piece = piece;
            if let Some(document) = decoder.decode(&mut piece) {
                prop_assert_eq!(document.cloned(), Document::parse(text.as_bytes()));
            }
        }
        prop_assert_eq!(decoder.take().to_value(), Value::Array(vec![value]));
    }

    #[test]
    fn a_document_keeps_a_value_as_it_is(value in value()) {
        let document = Document::from_value(&value);
        prop_assert_eq!(&document.to_value(), &value);
        prop_assert_eq!(serde_json::to_value(&document).expect("no maps with other keys"), value);
    }

    #[test]
    fn what_is_encoded_decodes_to_the_same(value in value()) {
        let text = format!("[{}]", to_string(&value).expect("any value can be written"));
        prop_assert!(text.is_ascii());
        let decoded = Document::parse(text.as_bytes()).map(|document| document.to_value());
        prop_assert_eq!(decoded, Ok(Value::Array(vec![normal(value)])));
    }
}

/// `value` as it comes back: a double without a fraction is spelled as an integer.
fn normal(value: Value) -> Value {
    match value {
        Value::Number(number) if number.is_f64() => {
            let text = to_string(&number).expect("a number can be written");
            let whole = !text.contains(['.', 'e']);
            match (whole, text.parse::<i64>(), text.parse::<u64>()) {
                (true, Ok(integer), _) => Value::from(integer),
                (true, _, Ok(integer)) => Value::from(integer),
                _ => Value::Number(number),
            }
        }
        Value::Array(elements) => elements.into_iter().map(normal).collect(),
        Value::Object(members) => {
            let members = members.into_iter();
            Value::Object(members.map(|(name, value)| (name, normal(value))).collect())
        }
        other => other,
    }
}
