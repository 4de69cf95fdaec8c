//! One value of a document.

use std::fmt;

use serde_json::{Number, Value};

use super::{Document, Node};
use crate::upload::Received;

/// The JSON types, the way alternates tell their alternatives apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `{…}`
    Object,
    /// `[…]`
    Array,
    /// `"…"`
    String,
    /// Any number, whole or not.
    Number,
    /// `true` or `false`
    Boolean,
    /// `null`
    Null,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Object => "object",
            Self::Array => "array",
            Self::String => "string",
            Self::Number => "number",
            Self::Boolean => "boolean",
            Self::Null => "null",
        })
    }
}

/// A value that lies in a [`Document`]: a reference, cheap to copy.
#[derive(Clone, Copy)]
pub struct Json<'de> {
    document: &'de Document,
    place: u32,
}

impl<'de> Json<'de> {
    #[inline]
    pub(super) fn new(document: &'de Document, place: u32) -> Self {
        Self { document, place }
    }

    #[inline]
    pub(super) fn node(self) -> Node {
        self.document.node(self.place)
    }

    /// The JSON type of the value.
    #[inline]
    pub fn kind(self) -> Kind {
        match self.node() {
            Node::Null => Kind::Null,
            Node::Boolean(_) => Kind::Boolean,
            Node::Signed(_) | Node::Unsigned(_) | Node::Double(_) => Kind::Number,
            Node::String { .. } => Kind::String,
            Node::Array { .. } => Kind::Array,
            Node::Object { .. } => Kind::Object,
        }
    }

    /// The text, if this is a string.
    #[inline]
    pub fn as_str(self) -> Option<&'de str> {
        match self.node() {
            Node::String { start, end } => Some(self.document.text(start, end)),
            _ => None,
        }
    }

    /// What is known of the text, if this is a string that was uploaded.
    pub(crate) fn received(self) -> Option<&'de Received> {
        let received = self.document.received.as_deref();
        received.filter(|received| received.place == self.place)
    }

    /// The truth, if this is a boolean.
    pub fn as_bool(self) -> Option<bool> {
        match self.node() {
            Node::Boolean(truth) => Some(truth),
            _ => None,
        }
    }

    /// The number, if it is written without fraction and exponent, and is in range.
    pub fn as_i64(self) -> Option<i64> {
        match self.node() {
            Node::Signed(number) => Some(number),
            _ => None,
        }
    }

    /// The number, if it is written without fraction and exponent, and is in range.
    pub fn as_u64(self) -> Option<u64> {
        match self.node() {
            Node::Signed(number) => u64::try_from(number).ok(),
            Node::Unsigned(number) => Some(number),
            _ => None,
        }
    }

    /// The number, perhaps rounded.
    #[expect(
        clippy::cast_precision_loss,
        reason = "a double is the nearest there is"
    )]
    pub fn as_f64(self) -> Option<f64> {
        match self.node() {
            Node::Signed(number) => Some(number as f64),
            Node::Unsigned(number) => Some(number as f64),
            Node::Double(number) => Some(number),
            _ => None,
        }
    }

    /// The member `name`, if this is an object that has it.
    pub fn get(self, name: &str) -> Option<Json<'de>> {
        let mut members = self.members();
        while let Some(value) = members.next_if_named(name) {
            if value.is_some() {
                return value;
            }
        }
        None
    }

    /// The members in the order of the document; none unless this is an object.
    #[inline]
    pub fn members(self) -> Members<'de> {
        let (next, end) = match self.node() {
            Node::Object { end, .. } => (self.place + 1, end),
            _ => (0, 0),
        };
        Members {
            document: self.document,
            next,
            end,
        }
    }

    /// How many members or elements there are; none in other values.
    #[inline]
    pub fn len(self) -> usize {
        match self.node() {
            Node::Array { len, .. } | Node::Object { len, .. } => len as usize,
            _ => 0,
        }
    }

    /// Whether there are no members or elements.
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// The elements; none unless this is an array.
    #[inline]
    pub fn elements(self) -> Elements<'de> {
        let len = match self.node() {
            Node::Array { len, .. } => len,
            _ => 0,
        };
        Elements {
            document: self.document,
            next: self.place + 1,
            len,
        }
    }

    /// The value as a tree.
    pub fn to_value(self) -> Value {
        match self.node() {
            Node::Null => Value::Null,
            Node::Boolean(truth) => Value::Bool(truth),
            Node::Signed(number) => number.into(),
            Node::Unsigned(number) => number.into(),
            Node::Double(number) => Number::from_f64(number).map_or(Value::Null, Value::Number),
            Node::String { start, end } => self.document.text(start, end).into(),
            Node::Array { .. } => self.elements().map(Json::to_value).collect(),
            Node::Object { .. } => {
                let members = self.members();
                Value::Object(
                    members
                        .map(|(name, json)| (name.to_owned(), json.to_value()))
                        .collect(),
                )
            }
        }
    }
}

/// Two values are the same if they would be written the same.
impl PartialEq for Json<'_> {
    fn eq(&self, other: &Self) -> bool {
        match (self.node(), other.node()) {
            (Node::Null, Node::Null) => true,
            (Node::Boolean(one), Node::Boolean(two)) => one == two,
            (Node::Signed(one), Node::Signed(two)) => one == two,
            (Node::Unsigned(one), Node::Unsigned(two)) => one == two,
            (Node::Double(one), Node::Double(two)) => one == two,
            (Node::String { .. }, Node::String { .. }) => self.as_str() == other.as_str(),
            (Node::Array { .. }, Node::Array { .. }) => self.elements().eq(other.elements()),
            (Node::Object { .. }, Node::Object { .. }) => self.members().eq(other.members()),
            _ => false,
        }
    }
}

impl fmt::Debug for Json<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.node() {
            Node::Null => f.write_str("null"),
            Node::Boolean(truth) => truth.fmt(f),
            Node::Signed(number) => number.fmt(f),
            Node::Unsigned(number) => number.fmt(f),
            Node::Double(number) => number.fmt(f),
            Node::String { start, end } => self.document.text(start, end).fmt(f),
            Node::Array { .. } => f.debug_list().entries(self.elements()).finish(),
            Node::Object { .. } => f.debug_map().entries(self.members()).finish(),
        }
    }
}

/// The members of an object, each with its name.
#[derive(Debug, Clone)]
pub struct Members<'de> {
    document: &'de Document,
    next: u32,
    end: u32,
}

impl<'de> Members<'de> {
    /// Whether there are no more.
    #[inline]
    pub(crate) fn is_empty(&self) -> bool {
        self.next == self.end
    }

    /// Goes on by one member: `None` if there is no more, and its value if it
    /// is called `name`.
    #[inline]
    pub(crate) fn next_if_named(&mut self, name: &str) -> Option<Option<Json<'de>>> {
        if self.is_empty() {
            return None;
        }
        let is_named = self.document.is_text(self.next, name);
        let value = Json::new(self.document, self.next + 1);
        self.next = value.node().end(value.place);
        Some(is_named.then_some(value))
    }
}

impl<'de> Iterator for Members<'de> {
    type Item = (&'de str, Json<'de>);

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        if self.is_empty() {
            return None;
        }
        let name = Json::new(self.document, self.next).as_str()?;
        let value = Json::new(self.document, self.next + 1);
        self.next = value.node().end(value.place);
        Some((name, value))
    }
}

/// The elements of an array.
#[derive(Debug, Clone)]
pub struct Elements<'de> {
    document: &'de Document,
    next: u32,
    len: u32,
}

impl<'de> Iterator for Elements<'de> {
    type Item = Json<'de>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        self.len = self.len.checked_sub(1)?;
        let value = Json::new(self.document, self.next);
        self.next = value.node().end(value.place);
        Some(value)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.len as usize, Some(self.len as usize))
    }
}

impl ExactSizeIterator for Elements<'_> {}
