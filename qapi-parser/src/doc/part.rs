//! The parts of a documentation comment, as both ways of reading find them.

use super::line::Line;
use super::text::Gathered;
use super::{Doc, DocEntry, DocSection, DocText, SectionKind};
use crate::source::{Name, Span};
use crate::text::Text;

/// A stretch of a comment that is about one thing.
#[derive(Clone, Debug)]
pub(super) struct Part<'a> {
    pub(super) kind: PartKind<'a>,
    /// The first line.
    pub(super) start: Line<'a>,
    pub(super) text: Gathered<'a>,
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
            text: Gathered::default(),
        }
    }

    /// A part whose text starts on the line of its tag, which it ends.
    pub(super) fn tagged(kind: PartKind<'a>, start: Line<'a>, text: &'a str) -> Self {
        let offset = start.offset + start.text.len() - text.len();
        Self {
            kind,
            start,
            text: Gathered::starting(text, offset),
        }
    }

    /// Adds the part, whose text is made by now, to the comment that it is in.
    fn add(&self, text: DocText, block: &Text, doc: &mut Doc) {
        let base = doc.span.start;
        let (start, end) = (self.start.offset, self.text.end());
        let span = Span::within(base, start, end.max(start));
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

/// Adds the parts to the comment that they are in. Their texts share memory.
pub(super) fn add(parts: &[Part<'_>], block: &Text, doc: &mut Doc) {
    let mut joined = String::with_capacity(parts.iter().map(|part| part.text.length()).sum());
    let join = |part: &Part<'_>| part.text.join(&mut joined);
    let pieces: Vec<_> = parts.iter().map(join).collect();
    let joined = Text::from(joined);
    let count =
        |is_it: fn(&PartKind<'_>) -> bool| parts.iter().filter(|it| is_it(&it.kind)).count();
    doc.members
        .reserve_exact(count(|kind| matches!(kind, PartKind::Member(_))));
    doc.features
        .reserve_exact(count(|kind| matches!(kind, PartKind::Feature(_))));
    doc.sections
        .reserve_exact(count(|kind| matches!(kind, PartKind::Section(_))));
    for (part, piece) in parts.iter().zip(pieces) {
        part.add(piece.cut(&joined), block, doc);
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
