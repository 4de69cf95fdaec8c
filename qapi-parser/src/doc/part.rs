//! The parts of a documentation comment, as both ways of reading find them.

use std::ops::Range;

use super::line::Line;
use super::{Doc, DocEntry, DocSection, DocText, SectionKind, text};
use crate::source::{Name, Span};
use crate::text::Text;

/// A stretch of a comment that is about one thing.
#[derive(Clone, Debug)]
pub(super) struct Part<'a> {
    pub(super) kind: PartKind<'a>,
    /// The first line.
    pub(super) start: Line<'a>,
    /// What stands behind the tag or name, on its line.
    first: &'a str,
    /// Which of the lines are its own.
    lines: Range<usize>,
    /// Where the last line that is not empty ends in the block.
    end: usize,
}

/// The parts of a comment, as far as they have been read.
#[derive(Debug, Default)]
pub(super) struct PartList<'a> {
    parts: Vec<Part<'a>>,
    /// The lines below the first ones, of one part behind the other, indented as they are.
    lines: Vec<&'a str>,
}

/// What a part is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PartKind<'a> {
    /// The definition; before everything else.
    Body,
    /// The member with a name.
    Member(&'a str),
    /// The feature with a name.
    Feature(&'a str),
    /// The definition, behind the descriptions of members.
    Section(SectionKind),
}

impl<'a> PartList<'a> {
    /// Starts a part with no text so far.
    pub(super) fn start(&mut self, kind: PartKind<'a>, start: Line<'a>) {
        self.parts.push(Part {
            kind,
            start,
            first: "",
            lines: self.lines.len()..self.lines.len(),
            end: 0,
        });
    }

    /// Starts a part whose text starts on the line of its tag, which it ends.
    pub(super) fn start_tagged(&mut self, kind: PartKind<'a>, start: Line<'a>, text: &'a str) {
        self.parts.push(Part {
            kind,
            start,
            first: text,
            lines: self.lines.len()..self.lines.len(),
            end: start.offset + start.text.len(),
        });
    }

    /// Adds a line to the last part.
    pub(super) fn push(&mut self, line: Line<'a>) {
        let part = self.parts.last_mut().expect("a part has been started");
        self.lines.push(line.text);
        part.lines.end = self.lines.len();
        if !line.text.is_empty() {
            part.end = line.offset + line.text.len();
        }
    }

    /// What the last part is about.
    pub(super) fn last(&self) -> Option<PartKind<'a>> {
        self.parts.last().map(|part| part.kind)
    }

    /// The parts so far.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Part<'a>> {
        self.parts.iter()
    }

    /// Whether a part has no text.
    pub(super) fn is_empty(&self, part: &Part<'_>) -> bool {
        part.first.is_empty() && self.lines_of(part).iter().all(|line| line.is_empty())
    }

    /// Drops the parts of some kinds that have no text.
    pub(super) fn drop_empty(&mut self, kinds: impl Fn(PartKind<'_>) -> bool) {
        let mut parts = std::mem::take(&mut self.parts);
        parts.retain(|part| !kinds(part.kind) || !self.is_empty(part));
        self.parts = parts;
    }

    fn lines_of(&self, part: &Part<'_>) -> &[&'a str] {
        &self.lines[part.lines.clone()]
    }

    /// Adds the parts to the comment that they are in. Their texts share memory.
    pub(super) fn finish(&self, block: &Text, doc: &mut Doc) {
        let parts = self.parts.iter();
        let lengths = parts.map(|part| text::length(part.first, self.lines_of(part)));
        let mut joined = String::with_capacity(lengths.sum());
        let join = |part: &Part<'_>| text::join(part.first, self.lines_of(part), &mut joined);
        let pieces: Vec<_> = self.parts.iter().map(join).collect();
        let joined = Text::from(joined);
        self.reserve(doc);
        for (part, piece) in self.parts.iter().zip(pieces) {
            part.finish(piece.cut(&joined), block, doc);
        }
    }

    /// Makes just as much room as the parts will take.
    fn reserve(&self, doc: &mut Doc) {
        let count = |is_it: fn(PartKind<'_>) -> bool| {
            let parts = self.parts.iter();
            parts.filter(|part| is_it(part.kind)).count()
        };
        let members = count(|kind| matches!(kind, PartKind::Member(_)));
        let features = count(|kind| matches!(kind, PartKind::Feature(_)));
        let sections = count(|kind| matches!(kind, PartKind::Section(_)));
        doc.members.reserve_exact(members);
        doc.features.reserve_exact(features);
        doc.sections.reserve_exact(sections);
    }
}

impl Part<'_> {
    /// Adds the part, whose text is made by now, to the comment that it is in.
    fn finish(&self, text: DocText, block: &Text, doc: &mut Doc) {
        let base = doc.span.start;
        let span = Span::within(base, self.start.offset, self.end.max(self.start.offset));
        let entry = |name: &str, text| {
            let name = name_in(self.start, name, block, base);
            DocEntry { name, text, span }
        };
        match self.kind {
            PartKind::Body => doc.body = text,
            PartKind::Member(name) => doc.members.push(entry(name, text)),
            PartKind::Feature(name) => doc.features.push(entry(name, text)),
            PartKind::Section(kind) => doc.sections.push(DocSection { kind, text, span }),
        }
    }
}

/// The name behind the `@` that a line of a block starts with; the block is at `base`.
pub(super) fn name_in(line: Line<'_>, name: &str, block: &Text, base: u32) -> Name {
    let start = line.offset + line.text.find('@').map_or(0, |at| at + '@'.len_utf8());
    let end = start + name.len();
    Name {
        text: block.slice(start..end),
        span: Span::within(base, start, end),
    }
}
