//! What holds for any message, whoever sent it.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use qapi_runtime::serde::Serialize;
use qapi_runtime::{Decode, DecodeOwned, Document, Map, Unknown, Value};

use crate::encode;
use crate::golden::open::{Channel, Report};

/// Texts that are values of the schema's enums, and others.
fn name() -> impl Strategy<Value = String> {
    let known = ["running", "other", "socket", "file", "none", "inet", "unix"];
    prop_oneof![
        4 => prop::sample::select(known.to_vec()).prop_map(str::to_owned),
        1 => "[a-zA-Z_-]{0,8}",
    ]
}

/// What a newer schema may give a member to hold.
fn anything() -> impl Strategy<Value = Value> {
    let scalar = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        ".{0,4}".prop_map(Value::from),
    ];
    scalar.prop_recursive(2, 8, 3, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..3).prop_map(Value::from),
            prop::collection::hash_map("[a-z]{1,3}", inner, 0..3)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

/// A channel of this schema or of a newer one, perhaps with something wrong.
fn channel() -> impl Strategy<Value = Value> {
    let members = (
        name(),
        option::of(name()),
        option::of(any::<u64>()),
        option::of(any::<u16>()),
        prop::collection::hash_map("[a-z]{1,3}", anything(), 0..3),
    );
    members.prop_map(|(transport, family, size, port, more)| {
        let mut members: Map<String, Value> = more.into_iter().collect();
        members.insert("id".to_owned(), Value::from("c"));
        members.insert("transport".to_owned(), Value::from(transport));
        members.insert("path".to_owned(), Value::from("p"));
        let mut add = |name: &str, value: Option<Value>| {
            members.extend(value.map(|value| (name.to_owned(), value)));
        };
        add("type", family.map(Value::from));
        add("size", size.map(Value::from));
        add("port", port.map(Value::from));
        Value::Object(members)
    })
}

fn report() -> impl Strategy<Value = Value> {
    let now = prop_oneof![
        name().prop_map(Value::from),
        any::<bool>().prop_map(Value::from)
    ];
    (vec(name(), 0..4), option::of(now)).prop_map(|(states, now)| {
        let mut members = Map::new();
        members.insert("states".to_owned(), Value::from(states));
        members.extend(now.map(|now| ("now".to_owned(), now)));
        Value::Object(members)
    })
}

fn decode<T: DecodeOwned>(value: &Value, unknown: Unknown) -> Result<T, String> {
    let document = Document::from_value(value);
    let decoded = <T as Decode>::decode(document.input("x", unknown));
    decoded.map_err(|error| error.to_string())
}

fn written<T: Serialize>(value: &T) -> Value {
    serde_json::from_str(&encode(value)).expect("it is JSON")
}

proptest! {
    #[test]
    fn clients_keep_values_that_they_do_not_know(value in report()) {
        let report = decode::<Report>(&value, Unknown::Ignore).expect("any text is a state");
        prop_assert_eq!(written(&report), value);
    }

    #[test]
    fn what_a_client_read_reads_back(value in channel()) {
        if let Ok(channel) = decode::<Channel>(&value, Unknown::Ignore) {
            let again = written(&channel);
            prop_assert_eq!(decode::<Channel>(&again, Unknown::Ignore), Ok(channel));
            let (Value::Object(old), Value::Object(new)) = (&value, &again) else {
                panic!("a channel is an object")
            };
            for (name, member) in new {
                prop_assert_eq!(old.get(name), Some(member));
            }
        }
    }

    #[test]
    fn a_server_takes_what_it_writes_and_nothing_else(value in channel()) {
        match decode::<Channel>(&value, Unknown::Refuse) {
            Ok(channel) => prop_assert_eq!(written(&channel), value),
            Err(refusal) => {
                let lenient = decode::<Channel>(&value, Unknown::Ignore);
                let is_unknown = refusal.ends_with("is unexpected") || refusal.contains("does not accept");
                prop_assert!(lenient.is_ok() || !is_unknown, "{}", refusal);
            }
        }
    }
}
