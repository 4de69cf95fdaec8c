//! The text of all files of a schema, and places in it.

/// A range of bytes in the text of all files of a [`SourceMap`] laid end to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Span {
    /// The first byte.
    pub start: u32,
    /// The byte after the last.
    pub end: u32,
}
