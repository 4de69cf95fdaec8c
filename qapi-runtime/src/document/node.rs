//! What a document consists of.

/// A value or a key. Places and counts have 32 bits, for that makes a node 16 bytes.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Node {
    Null,
    Boolean(bool),
    /// An integer.
    Signed(i64),
    /// An integer beyond the signed ones.
    Unsigned(u64),
    /// Any other number; finite.
    Double(f64),
    /// A string, which may be a key: where it stands in the text.
    String {
        start: u32,
        end: u32,
    },
    /// An array: how many elements it has, and the place behind the last.
    Array {
        len: u32,
        end: u32,
    },
    /// An object: how many members it has, and the place behind the last.
    Object {
        len: u32,
        end: u32,
    },
}

impl Node {
    /// The place behind the value that begins with this node at `place`.
    #[inline]
    pub(crate) fn end(self, place: u32) -> u32 {
        match self {
            Self::Array { end, .. } | Self::Object { end, .. } => end,
            _ => place + 1,
        }
    }
}
