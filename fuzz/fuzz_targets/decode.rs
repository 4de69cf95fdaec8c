//! Any bytes as messages: however they come in pieces, the same messages come out, and what is read is what others read.

#![no_main]

use libfuzzer_sys::fuzz_target;
use qapi_runtime::{Decoder, Document, JsonError, Value, to_string};

fuzz_target!(|bytes: &[u8]| {
    let messages = decode([bytes]);
    assert_eq!(messages, decode(bytes.chunks(1)), "one byte at a time");
    if let [first, ..] = bytes {
        let middle = usize::from(*first).min(bytes.len());
        let (front, back) = bytes.split_at(middle);
        assert_eq!(messages, decode([front, back]), "in two pieces");
    }
    for value in messages.iter().flatten() {
        let text = to_string(value).expect("a value can be written");
        let again = Document::parse(text.as_bytes()).expect("what is written can be read");
        assert_eq!(same(&again.to_value()), same(value));
    }
    if let Ok(value @ (Value::Array(_) | Value::Object(_))) = serde_json::from_slice(bytes)
        && let [Ok(own)] = messages.as_slice()
    {
        assert_eq!(same(own), same(&value));
    }
});

/// All messages in some pieces.
fn decode<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> Vec<Result<Value, JsonError>> {
    let mut decoder = Decoder::new();
    let mut messages = Vec::new();
    for mut piece in pieces {
        while let Some(message) = decoder.decode(&mut piece) {
            messages.push(message.map(Document::to_value));
        }
        assert!(piece.is_empty(), "nothing is left");
    }
    messages
}

/// The value in one spelling: a number without a fraction is one, whether it was read as an integer or not.
fn same(value: &Value) -> Value {
    match value {
        Value::Number(number) => number.as_f64().map_or(Value::Null, Value::from),
        Value::Array(elements) => elements.iter().map(same).collect(),
        Value::Object(members) => members
            .iter()
            .map(|(name, value)| (name.clone(), same(value)))
            .collect(),
        other => other.clone(),
    }
}
