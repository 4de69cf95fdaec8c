//! One value of a document.

use std::fmt;

use serde::{Serialize, Serializer};
use serde_json::{Value, map};

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

/// A value that lies in a [`Document`](crate::Document): a reference, cheap to copy.
#[derive(Clone, Copy, PartialEq)]
pub struct Json<'de> {
    value: &'de Value,
}

impl<'de> Json<'de> {
    pub(super) fn new(value: &'de Value) -> Self {
        Self { value }
    }

    /// The JSON type of the value.
    pub fn kind(self) -> Kind {
        match self.value {
            Value::Object(_) => Kind::Object,
            Value::Array(_) => Kind::Array,
            Value::String(_) => Kind::String,
            Value::Number(_) => Kind::Number,
            Value::Bool(_) => Kind::Boolean,
            Value::Null => Kind::Null,
        }
    }

    /// The text, if this is a string.
    pub fn as_str(self) -> Option<&'de str> {
        self.value.as_str()
    }

    /// The truth, if this is a boolean.
    pub fn as_bool(self) -> Option<bool> {
        self.value.as_bool()
    }

    /// The number, if it is written without fraction and exponent, and is in range.
    pub fn as_i64(self) -> Option<i64> {
        self.value.as_i64()
    }

    /// The number, if it is written without fraction and exponent, and is in range.
    pub fn as_u64(self) -> Option<u64> {
        self.value.as_u64()
    }

    /// The number, perhaps rounded.
    pub fn as_f64(self) -> Option<f64> {
        self.value.as_f64()
    }

    /// The member `name`, if this is an object that has it.
    pub fn get(self, name: &str) -> Option<Json<'de>> {
        self.value.get(name).map(Json::new)
    }

    /// The members in the order of the document; none unless this is an object.
    pub fn members(self) -> Members<'de> {
        Members {
            members: self.value.as_object().map(|members| members.iter()),
        }
    }

    /// The elements; none unless this is an array.
    pub fn elements(self) -> Elements<'de> {
        let elements = self.value.as_array().map_or(&[][..], Vec::as_slice);
        Elements {
            elements: elements.iter(),
        }
    }

    /// The value as a tree.
    pub fn to_value(self) -> Value {
        self.value.clone()
    }
}

impl fmt::Debug for Json<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.value.fmt(f)
    }
}

impl Serialize for Json<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.value.serialize(serializer)
    }
}

/// The members of an object, each with its name.
#[derive(Debug, Clone)]
pub struct Members<'de> {
    members: Option<map::Iter<'de>>,
}

impl<'de> Iterator for Members<'de> {
    type Item = (&'de str, Json<'de>);

    fn next(&mut self) -> Option<Self::Item> {
        let (name, value) = self.members.as_mut()?.next()?;
        Some((name, Json::new(value)))
    }
}

/// The elements of an array.
#[derive(Debug, Clone)]
pub struct Elements<'de> {
    elements: std::slice::Iter<'de, Value>,
}

impl<'de> Iterator for Elements<'de> {
    type Item = Json<'de>;

    fn next(&mut self) -> Option<Self::Item> {
        self.elements.next().map(Json::new)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.elements.size_hint()
    }
}

impl ExactSizeIterator for Elements<'_> {}
