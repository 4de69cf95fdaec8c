//! Text of several lines, put together from the lines of a comment.

use std::fmt;
use std::ops::Deref;

use super::line::Line;

/// The text of one part of a documentation comment, its lines joined by `\n`.
///
/// As a `str` it is without the indentation that its lines have in common;
/// [`indented`](Self::indented) gives it as it was written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DocText {
    text: String,
    /// How many spaces each line has lost.
    indent: usize,
    /// The first line stands behind the tag or name of its part, and lost none.
    hanging: bool,
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
                indented.extend(std::iter::repeat_n(' ', self.indent));
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
            self.text.drain(..stripped);
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

/// Gathers the lines of one part of a comment.
#[derive(Clone, Debug, Default)]
pub(super) struct Text<'a> {
    /// What stands behind the tag or name, on its line.
    first: &'a str,
    /// The lines below it, indented as they are.
    rest: Vec<&'a str>,
    /// Where the last line that is not empty ends in the block.
    end: usize,
}

impl<'a> Text<'a> {
    /// Text that starts on the line of its tag, at `offset` in the block.
    pub(super) fn starting(first: &'a str, offset: usize) -> Self {
        Self {
            first,
            rest: Vec::new(),
            end: offset + first.len(),
        }
    }

    /// Adds a line.
    pub(super) fn push(&mut self, line: Line<'a>) {
        self.rest.push(line.text);
        if !line.text.is_empty() {
            self.end = line.offset + line.text.len();
        }
    }

    /// Whether it has no lines so far.
    pub(super) fn is_empty(&self) -> bool {
        self.first.is_empty() && self.rest.iter().all(|line| line.is_empty())
    }

    /// Where it ends in the block.
    pub(super) fn end(&self) -> usize {
        self.end
    }

    /// The lines, without empty ones around them.
    pub(super) fn finish(&self) -> DocText {
        let full = self.rest.iter().filter(|line| !line.is_empty());
        let indent = full
            .map(|line| line.len() - line.trim_start_matches(' ').len())
            .min()
            .unwrap_or(0);
        let length = self.first.len() + self.rest.iter().map(|line| line.len() + 1).sum::<usize>();
        let mut text = String::with_capacity(length);
        text.push_str(self.first);
        for line in &self.rest {
            text.push('\n');
            text.push_str(line.get(indent..).unwrap_or_default());
        }
        text.truncate(text.trim_end_matches('\n').len());
        text.drain(..text.len() - text.trim_start_matches('\n').len());
        DocText {
            text,
            indent,
            hanging: !self.first.is_empty(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(first: &'static str, rest: &[&'static str]) -> DocText {
        let mut text = Text::starting(first, 0);
        rest.iter().for_each(|line| {
            text.push(Line {
                text: line,
                offset: 0,
            })
        });
        text.finish()
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
