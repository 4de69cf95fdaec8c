//! The stage from text to syntax: JSON shapes and documentation blocks with
//! their places.
//!
//! The AST resolves nothing and knows no key: an object is an ordered list of
//! pairs, and what a `struct` may hold is for [`crate::expr`] to say.

mod error;
mod items;
mod keys;
mod parse;
#[cfg(test)]
mod print;
mod string;
mod tokens;

use crate::source::{Name, Span};
use crate::text::Text;

pub(crate) use items::parse;

/// Something at the top level of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Item {
    /// A documentation comment.
    Doc(DocBlock),
    /// An expression; only objects mean something, but any value may stand here.
    Value(Value),
}

/// A documentation comment from its opening `##` on, not yet looked into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct DocBlock {
    /// The block with both its `##`, without the newline at its end. The second
    /// is missing where the block has no end.
    pub(crate) span: Span,
    /// The place of what comes next.
    pub(crate) next: Span,
}

/// A JSON value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Value {
    /// What it is.
    pub(crate) kind: ValueKind,
    /// Where it stands, brackets and quotes included.
    pub(crate) span: Span,
}

/// The kinds of JSON values that a schema has: there are no numbers and no null.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ValueKind {
    /// `'text'`, escapes resolved.
    String(Text),
    /// `true` or `false`.
    Bool(bool),
    /// `[ ... ]`.
    Array(Vec<Value>),
    /// `{ ... }`.
    Object(Object),
}

/// The pairs of a JSON object, in source order; no key comes twice.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Object {
    /// The pairs.
    pub(crate) pairs: Vec<Pair>,
}

/// One `'key': value`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Pair {
    /// The key; its span has the quotes.
    pub(crate) key: Name,
    /// The value.
    pub(crate) value: Value,
}

impl Object {
    /// The value of a key.
    pub(crate) fn get(&self, key: &str) -> Option<&Value> {
        self.pairs
            .iter()
            .find(|pair| pair.key.text == key)
            .map(|pair| &pair.value)
    }
}
