//! The parts of a documentation comment, as both ways of reading find them.

use super::line::Line;
use super::text::Text;
use super::{Doc, DocEntry, DocSection, SectionKind};
use crate::source::{Name, Span};

/// A stretch of a comment that is about one thing.
#[derive(Clone, Debug)]
pub(super) struct Part<'a> {
    pub(super) kind: PartKind<'a>,
    /// The first line.
    pub(super) start: Line<'a>,
    pub(super) text: Text<'a>,
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

impl<'a> Part<'a> {
    /// A part with no text so far.
    pub(super) fn new(kind: PartKind<'a>, start: Line<'a>) -> Self {
        Self {
            kind,
            start,
            text: Text::default(),
        }
    }

    /// A part whose text starts on the line of its tag, which it ends.
    pub(super) fn tagged(kind: PartKind<'a>, start: Line<'a>, text: &'a str) -> Self {
        let offset = start.offset + start.text.len() - text.len();
        Self {
            kind,
            start,
            text: Text::starting(text, offset),
        }
    }

    /// Adds the part to the comment that it is in.
    pub(super) fn finish(&self, doc: &mut Doc) {
        let base = doc.span.start;
        let (start, end) = (self.start.offset, self.text.end());
        let span = Span::within(base, start, end.max(start));
        let text = self.text.finish();
        let entry = |name: &str, text| {
            let name = name_in(self.start, name, base);
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

/// The name behind the `@` that a line starts with, in a block at `base`.
pub(super) fn name_in(line: Line<'_>, name: &str, base: u32) -> Name {
    let start = line.offset + line.text.find('@').map_or(0, |at| at + '@'.len_utf8());
    Name {
        text: name.to_owned(),
        span: Span::within(base, start, start + name.len()),
    }
}
