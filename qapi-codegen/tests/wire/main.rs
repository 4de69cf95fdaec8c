//! What generated types read and write.

mod alternate;
mod asynchronous;
mod borrow;
mod command;
mod event;
mod forward;
pub mod golden;
mod historical;
mod name;
mod object;
mod property;
pub mod replace;
mod union;
mod unknown;
mod upload;
mod value;

use std::fmt::Debug;

use qapi_runtime::serde::Serialize;
use qapi_runtime::{DecodeOwned, Document, Unknown};

/// Reads a value as a server does.
fn decode<T: DecodeOwned>(json: &str) -> Result<T, String> {
    let value = serde_json::from_str(json).expect("the test holds JSON");
    let document = Document::from_value(&value);
    let decoded = T::decode(document.input("x", Unknown::Refuse));
    decoded.map_err(|error| error.to_string())
}

fn encode(value: &impl Serialize) -> String {
    qapi_runtime::to_string(value).expect("every generated type has a JSON form")
}

/// Reads `json`, compares, and writes the same text again.
fn round_trip<T: DecodeOwned + Serialize + PartialEq + Debug>(json: &str, expected: &T) {
    assert_eq!(decode::<T>(json).as_ref(), Ok(expected));
    assert_eq!(encode(expected), json);
}

fn refused<T: DecodeOwned + Debug>(json: &str) -> String {
    decode::<T>(json).expect_err("it is wrong")
}
