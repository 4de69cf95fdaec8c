//! Text of several lines, put together from the lines of a comment.

use super::line::Line;

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

    /// The lines, without common indentation and without empty lines around them.
    pub(super) fn finish(&self) -> String {
        let indent = |line: &str| line.len() - line.trim_start().len();
        let full = self.rest.iter().filter(|line| !line.is_empty());
        let common = full.map(|line| indent(line)).min().unwrap_or(0);
        let length = self.first.len() + self.rest.iter().map(|line| line.len() + 1).sum::<usize>();
        let mut text = String::with_capacity(length);
        text.push_str(self.first);
        for line in &self.rest {
            text.push('\n');
            text.push_str(line.get(common..).unwrap_or_default());
        }
        text.truncate(text.trim_end_matches('\n').len());
        text.drain(..text.len() - text.trim_start_matches('\n').len());
        text
    }
}
