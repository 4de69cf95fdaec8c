//! A JSON value with everything in it, as it came over the wire.
//!
//! [`Draft`] is a document that is still being written, by the decoder or by
//! serde; [`Json`] is a place in one that is complete.

mod draft;
mod json;
mod keys;
mod node;
mod serde;

use std::fmt;
use std::sync::Arc;

use ::serde::Deserialize;
use serde_json::{Map, Value};

#[cfg(test)]
pub(crate) use self::draft::ROOM;
pub(crate) use self::draft::{Container, Draft};
pub use self::json::{Elements, Json, Kind, Members};
pub(crate) use self::node::Node;
use crate::decode::{Input, Unknown};
use crate::decoder::{Decoder, JsonError};
use crate::upload::{Received, Upload};
use crate::wipe::wipe;

/// An owned JSON value.
///
/// [`Decoder`] makes one of each message. What is decoded may borrow from it:
/// see [`Decode`](crate::Decode).
///
/// It is no tree: all values stand in one list in the order of the text, and
/// all strings, without their escapes, in one text. So to make one and to drop
/// one costs two allocations, and none at all where both can be used again.
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
#[derive(Clone, Default)]
pub struct Document {
    /// Each container is followed by what it contains, each key by its value.
    nodes: Vec<Node>,
    text: String,
    /// An argument that is not in the text, because it was uploaded.
    pub(crate) received: Option<Arc<Received>>,
}

impl Document {
    /// Reads a text that is one JSON value, in the dialect of [`Decoder`].
    ///
    /// # Errors
    /// It is not JSON, not all of a value, or more than one; or it has more than
    /// [`MAX_TOKENS`](crate::MAX_TOKENS) or [`MAX_NESTING`](crate::MAX_NESTING).
    pub fn parse(text: &[u8]) -> Result<Self, JsonError> {
        let mut decoder = Decoder::with_max_bytes(usize::MAX);
        decoder.expect(text.len());
        let mut rest = text;
        let complete = match decoder.decode(&mut rest) {
            Some(message) => message.map(|_| true)?,
            // White space ends a number or keyword, which nothing else does here.
            None => match decoder.decode(&mut &b" "[..]) {
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
    ///
    /// # Panics
    /// The value has more than 4 GiB of text.
    pub fn from_value(value: &Value) -> Self {
        Self::deserialize(value).expect("a value has each key once, and less than 4 GiB of text")
    }

    /// The content as a tree.
    pub fn to_value(&self) -> Value {
        self.root().to_value()
    }

    /// How many bytes of memory it takes.
    pub(crate) fn size(&self) -> usize {
        let received = self.received.as_ref().map_or(0, |it| it.rest.capacity());
        self.nodes.capacity() * size_of::<Node>() + self.text.capacity() + received
    }

    /// The upload of an argument, if nobody has taken it.
    pub(crate) fn take_upload(&self) -> Option<Box<dyn Upload>> {
        self.received.as_ref()?.take()
    }

    /// Writes over all strings, if they are not long together. It has the same values afterwards,
    /// but for these.
    pub(crate) fn forget(&mut self) {
        let mut text = std::mem::take(&mut self.text).into_bytes();
        wipe(&mut text);
        // A byte that was written over is a character of its own.
        self.text = String::from_utf8(text).unwrap_or_default();
    }

    /// The outermost value.
    pub fn root(&self) -> Json<'_> {
        Json::new(self, 0)
    }

    /// The outermost value, to be decoded; error messages call it `name`.
    pub fn input<'p>(&self, name: &'p str, unknown: Unknown) -> Input<'p, '_> {
        Input::named(name, self.root(), unknown)
    }

    /// The node at `place`; a document without nodes is `null`.
    #[inline]
    fn node(&self, place: u32) -> Node {
        let node = self.nodes.get(place as usize);
        node.copied().unwrap_or(Node::Null)
    }

    /// Whether the string `text` is at `place`. Its length decides nearly always.
    #[inline]
    fn is_text(&self, place: u32, text: &str) -> bool {
        match self.node(place) {
            Node::String { start, end } if (end - start) as usize == text.len() => {
                &self.text.as_bytes()[start as usize..end as usize] == text.as_bytes()
            }
            _ => false,
        }
    }

    #[inline]
    fn text(&self, start: u32, end: u32) -> &str {
        &self.text[start as usize..end as usize]
    }
}

impl fmt::Debug for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.root().fmt(f)
    }
}

impl PartialEq for Document {
    fn eq(&self, other: &Self) -> bool {
        self.root() == other.root()
    }
}

impl From<Value> for Document {
    fn from(value: Value) -> Self {
        Self::from_value(&value)
    }
}

impl From<Map<String, Value>> for Document {
    fn from(members: Map<String, Value>) -> Self {
        Value::Object(members).into()
    }
}

#[cfg(test)]
mod tests;
