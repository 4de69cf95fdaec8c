//! A JSON value with everything in it, as it came over the wire.

mod json;

use serde_json::{Map, Value};

pub use self::json::{Elements, Json, Kind, Members};
use crate::decode::{Input, Unknown};
use crate::decoder::{Decoder, JsonError};

/// An owned JSON value.
///
/// [`Decoder`] makes one of each message. What is decoded may borrow from it:
/// see [`Decode`](crate::Decode).
///
/// ```
/// use qapi_runtime::{Document, Unknown};
///
/// let document = Document::parse(b"{'name': 'disk0', 'size': 512}")?;
/// assert_eq!(document.root().get("size").and_then(|size| size.as_i64()), Some(512));
///
/// let name: &str = document.root().get("name").and_then(|name| name.as_str()).unwrap();
/// assert_eq!(name, "disk0");
/// # Ok::<(), qapi_runtime::JsonError>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Document {
    value: Value,
}

impl Document {
    /// Reads a text that is one JSON value, in the dialect of [`Decoder`].
    ///
    /// # Errors
    /// It is not JSON, not all of a value, or more than one.
    pub fn parse(text: &[u8]) -> Result<Self, JsonError> {
        let mut decoder = Decoder::with_max_bytes(usize::MAX);
        let mut rest = text;
        let complete = match decoder.decode(&mut rest) {
            Some(message) => message.map(|_| true)?,
            // White space ends a number or keyword, which nothing else does here.
            None => match decoder.decode(&mut &b"\n"[..]) {
                Some(message) => message.map(|_| true)?,
                None => false,
            },
        };
        if !complete {
            return Err(JsonError::Incomplete);
        }
        if rest.iter().any(|byte| !b" \t\r\n".contains(byte)) {
            return Err(JsonError::Trailing);
        }
        Ok(decoder.take())
    }

    /// The document with this content.
    pub fn from_value(value: &Value) -> Self {
        value.clone().into()
    }

    /// The content as a tree.
    pub fn to_value(&self) -> Value {
        self.root().to_value()
    }

    /// The outermost value.
    pub fn root(&self) -> Json<'_> {
        Json::new(&self.value)
    }

    /// The outermost value, to be decoded; error messages call it `name`.
    pub fn input<'p>(&self, name: &'p str, unknown: Unknown) -> Input<'p, '_> {
        Input::named(name, self.root(), unknown)
    }
}

impl From<Value> for Document {
    fn from(value: Value) -> Self {
        Self { value }
    }
}

impl From<Map<String, Value>> for Document {
    fn from(members: Map<String, Value>) -> Self {
        Value::Object(members).into()
    }
}
