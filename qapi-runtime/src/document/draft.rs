//! A document that is not complete yet.

use std::sync::Arc;

use super::keys::Keys;
use super::{Document, Node};
use crate::upload::Received;
use crate::wipe::{self, wipe};

/// Room that is kept from one document to the next, in bytes of text and in
/// nodes: enough for the answer to `query-qmp-schema`.
pub(crate) const ROOM: (usize, usize) = (512 * 1024, 64 * 1024);

/// A document while it is written, from its first byte to its last.
///
/// Whoever writes keeps to the order: a container is begun, filled and ended,
/// and a string is made a key before its value is added.
#[derive(Debug, Default)]
pub(crate) struct Draft {
    nodes: Vec<Node>,
    /// All strings, and at its end what may become one. Strings are UTF-8, but
    /// to prove it once for all of them is cheaper than for each.
    pub(crate) text: Vec<u8>,
    keys: Keys,
}

/// A container that has begun and not ended.
#[derive(Debug)]
pub(crate) struct Container {
    place: usize,
    /// How many keys there were before those of this one.
    keys: usize,
}

impl Draft {
    /// Makes room for a message of `length`, so that it need not grow.
    pub(crate) fn reserve(&mut self, length: usize) {
        /// There is a value for so many bytes in what `query-qmp-schema` answers.
        const BYTES_PER_NODE: usize = 7;

        let (_, most) = ROOM;
        self.text.reserve(length);
        self.nodes.reserve((length / BYTES_PER_NODE).min(most));
    }

    /// Adds a value that contains nothing.
    #[inline]
    pub(crate) fn add(&mut self, node: Node) {
        self.nodes.push(node);
    }

    /// Adds a string: all text from `start`, which has to be UTF-8.
    #[inline]
    pub(crate) fn add_string(&mut self, start: usize) {
        let (start, end) = (narrow(start), narrow(self.text.len()));
        self.nodes.push(Node::String { start, end });
    }

    /// Adds the string `text`.
    pub(crate) fn add_str(&mut self, text: &str) {
        let start = self.text.len();
        self.text.extend_from_slice(text.as_bytes());
        self.add_string(start);
    }

    /// Begins an array or an object.
    #[inline]
    pub(crate) fn begin(&mut self) -> Container {
        let place = self.nodes.len();
        self.nodes.push(Node::Null);
        let keys = self.keys.len();
        Container { place, keys }
    }

    /// Makes the string that was added last a key.
    #[inline]
    pub(crate) fn make_key(&mut self) {
        let place = self.nodes.len().saturating_sub(1);
        debug_assert!(matches!(self.nodes[place], Node::String { .. }));
        self.keys.push(narrow(place));
    }

    /// Whether `object`, the innermost container, has its last key only once.
    #[inline]
    pub(crate) fn last_key_is_new(&mut self, object: &Container) -> bool {
        self.keys.last_is_new(object.keys, &self.nodes, &self.text)
    }

    /// Ends an array with `len` elements.
    #[inline]
    pub(crate) fn end_array(&mut self, array: Container, len: u32) {
        let end = narrow(self.nodes.len());
        self.nodes[array.place] = Node::Array { len, end };
    }

    /// Ends an object.
    #[inline]
    pub(crate) fn end_object(&mut self, object: Container) {
        let len = narrow(self.keys.len() - object.keys);
        let end = narrow(self.nodes.len());
        self.nodes[object.place] = Node::Object { len, end };
        self.keys.end(object.keys);
    }

    /// The place of the value that is added next.
    pub(crate) fn next_place(&self) -> u32 {
        narrow(self.nodes.len())
    }

    /// What there is, with an empty string for the next value of `inner`, which is the last in
    /// `outer`; nothing, if it is more than a request begins with. The text is all before `start`.
    pub(crate) fn opening(
        &self,
        outer: &Container,
        inner: &Container,
        start: usize,
    ) -> Option<Document> {
        /// More than there is in any request before a long argument.
        const MOST: (usize, usize) = (16 * 1024, 256);

        if start > MOST.0 || self.nodes.len() > MOST.1 {
            return None;
        }
        let place = self.next_place();
        let mut nodes = self.nodes.clone();
        nodes.push(Node::String { start: 0, end: 0 });
        let (outer_keys, inner_keys) = (inner.keys - outer.keys, self.keys.len() - inner.keys);
        for (container, keys) in [(outer, outer_keys), (inner, inner_keys)] {
            let (len, end) = (narrow(keys), narrow(nodes.len()));
            nodes[container.place] = Node::Object { len, end };
        }
        let text = String::from_utf8(self.text[..start].to_vec()).ok()?;
        let received = Received::new(place, Ok(0), Vec::new());
        Some(Document {
            nodes,
            text,
            received: Some(Arc::new(received)),
        })
    }

    /// Turns the draft into a document, if that has places for all of it.
    pub(crate) fn finish(&mut self) -> Option<Document> {
        u32::try_from(self.nodes.len()).ok()?;
        u32::try_from(self.text.len()).ok()?;
        let text = String::from_utf8(std::mem::take(&mut self.text)).ok()?;
        let nodes = std::mem::take(&mut self.nodes);
        Some(Document {
            nodes,
            text,
            received: None,
        })
    }

    /// Takes the room of a `document` that nobody needs any more.
    ///
    /// One without room was recycled already, or has gone elsewhere.
    pub(crate) fn recycle(&mut self, document: &mut Document) {
        document.received = None;
        if document.nodes.capacity() > 0 {
            self.nodes = std::mem::take(&mut document.nodes);
            self.text = std::mem::take(&mut document.text).into_bytes();
            self.clear();
        }
        if self.text.capacity() == 0 {
            self.text.reserve(wipe::MOST);
        }
    }

    /// Begins anew, and gives back most of the room.
    pub(crate) fn clear(&mut self) {
        let (bytes, nodes) = ROOM;
        wipe(&mut self.text);
        self.text.clear();
        self.text.shrink_to(bytes);
        self.nodes.clear();
        self.nodes.shrink_to(nodes);
        self.keys.clear(nodes);
    }

    /// How much room there is, in bytes and in nodes.
    #[cfg(test)]
    pub(crate) fn capacity(&self) -> (usize, usize) {
        (self.text.capacity(), self.nodes.capacity())
    }
}

/// A place or a count; `finish` refuses a draft where it would be cut off.
fn narrow(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
