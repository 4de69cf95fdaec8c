//! Text of several lines, put together from the lines of a comment.

use std::fmt;
use std::ops::{Deref, Range};

use crate::text::Text;

/// The text of one part of a documentation comment, its lines joined by `\n`.
///
/// As a `str` it is without the indentation that its lines have in common;
/// [`indented`](Self::indented) gives it as it was written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DocText {
    text: Text,
    /// How many spaces each line has lost.
    indent: u32,
    /// The first line stands behind the tag or name of its part, and lost none.
    hanging: bool,
}

/// The text of one part, in the text of all parts of a comment.
#[derive(Clone, Debug)]
pub(super) struct Piece {
    range: Range<usize>,
    indent: u32,
    hanging: bool,
}

impl Piece {
    /// Cuts the piece out.
    pub(super) fn cut(self, joined: &Text) -> DocText {
        DocText {
            text: joined.slice(self.range),
            indent: self.indent,
            hanging: self.hanging,
        }
    }
}

impl DocText {
    /// The text without common indentation.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The text with all the indentation that its lines have in the comment.
    pub fn indented(&self) -> String {
        let mut indented = String::with_capacity(self.text.len());
        for (index, line) in self.text.split('\n').enumerate() {
            if index > 0 {
                indented.push('\n');
            }
            if !line.is_empty() && (index > 0 || !self.hanging) {
                indented.extend(std::iter::repeat_n(' ', self.indent as usize));
            }
            indented.push_str(line);
        }
        indented
    }

    /// The text without a word that it starts with, and the spaces behind it.
    #[must_use]
    pub(super) fn without_word(mut self, word: &str) -> Self {
        if let Some(rest) = self.text.strip_prefix(word) {
            let stripped = self.text.len() - rest.trim_start().len();
            self.text = self.text.slice(stripped..self.text.len());
        }
        self
    }
}

impl Deref for DocText {
    type Target = str;

    fn deref(&self) -> &str {
        &self.text
    }
}

impl fmt::Display for DocText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// How long a text of these lines becomes at most.
pub(super) fn length(first: &str, rest: &[&str]) -> usize {
    first.len() + rest.iter().map(|line| line.len() + 1).sum::<usize>()
}

/// Appends lines to a text, without empty ones around them. `first` is what stands behind a tag or name.
pub(super) fn join(first: &str, rest: &[&str], joined: &mut String) -> Piece {
    let full = rest.iter().filter(|line| !line.is_empty());
    let indent = full
        .map(|line| line.len() - line.trim_start_matches(' ').len())
        .min()
        .unwrap_or(0);
    let start = joined.len();
    joined.push_str(first);
    for line in rest {
        if joined.len() > start {
            joined.push('\n');
        }
        joined.push_str(line.get(indent..).unwrap_or_default());
    }
    joined.truncate(start + joined[start..].trim_end_matches('\n').len());
    Piece {
        range: start..joined.len(),
        indent: u32::try_from(indent).expect("a line is part of a file"),
        hanging: !first.is_empty(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(first: &'static str, rest: &[&'static str]) -> DocText {
        // Other parts stand before it.
        let mut joined = "other\n".to_owned();
        let piece = join(first, rest, &mut joined);
        assert!(joined.len() <= "other\n".len() + length(first, rest));
        piece.cut(&joined.into())
    }

    #[test]
    fn indentation_is_set_aside() {
        let hanging = text("one", &["    two", "", "      three", ""]);
        assert_eq!(hanging.as_str(), "one\ntwo\n\n  three");
        assert_eq!(hanging.indented(), "one\n    two\n\n      three");
        let below = text("", &["", "  one", " two"]);
        assert_eq!(below.as_str(), " one\ntwo");
        assert_eq!(below.indented(), "  one\n two");
        assert_eq!(text("", &[]).indented(), "");
    }

    #[test]
    fn spaces_of_other_kinds_are_text() {
        let text = text("", &[" \u{a0}one", " two"]);
        assert_eq!(text.as_str(), "\u{a0}one\ntwo");
    }
}
