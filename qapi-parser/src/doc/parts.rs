//! Which lines of a documentation comment belong to which of its parts.

use super::line::{Line, Lines};
use super::part::{PartKind, PartList, name_in};
use super::{DocError, SectionKind};
use crate::source::{Name, Span};
use crate::text::Text;

/// Gathers the parts of a comment, line by line.
#[derive(Debug)]
pub(super) struct Parts<'a> {
    lines: Lines<'a>,
    /// The current line; none behind the last.
    pub(super) line: Option<Line<'a>>,
    parts: PartList<'a>,
}

impl<'a> Parts<'a> {
    /// Starts at the first of the lines.
    pub(super) fn new(mut lines: Lines<'a>) -> Result<Self, DocError> {
        let line = lines.next()?;
        Ok(Self {
            lines,
            line,
            parts: PartList::default(),
        })
    }

    /// Goes on to the next line.
    pub(super) fn advance(&mut self) -> Result<(), DocError> {
        self.line = self.lines.next()?;
        Ok(())
    }

    /// Goes on to the next line that is not empty.
    pub(super) fn skip_empty(&mut self) -> Result<(), DocError> {
        while self.line.is_some_and(|line| line.text.is_empty()) {
            self.advance()?;
        }
        Ok(())
    }

    /// The block that the lines are from.
    pub(super) fn block(&self) -> &'a Text {
        self.lines.whole
    }

    /// The parts so far.
    pub(super) fn parts(&self) -> &PartList<'a> {
        &self.parts
    }

    /// Reads a part that goes on below its first line only where indented.
    pub(super) fn tagged(
        &mut self,
        kind: PartKind<'a>,
        start: Line<'a>,
        text: &'a str,
    ) -> Result<(), DocError> {
        self.parts.start_tagged(kind, start, text);
        self.advance()?;
        while let Some(line) = self.line.filter(|line| line.text.is_empty()) {
            self.parts.push(line);
            self.advance()?;
        }
        match self.line.map(|line| (line, line.indent())) {
            None | Some((_, 0)) => Ok(()),
            Some((line, indent)) => self.indented(line, indent),
        }
    }

    /// Reads the lines that go on with a part. A line that is indented by less
    /// ends it, but right behind the first one it is taken for a mistake.
    fn indented(&mut self, first: Line<'a>, least: usize) -> Result<(), DocError> {
        self.parts.push(first);
        self.advance()?;
        let mut second = true;
        while let Some(line) = self.line.filter(|line| line.entry().is_none()) {
            if !line.text.is_empty() && line.indent() < least {
                let (span, indent) = (self.here(), least);
                return match second {
                    true => Err(DocError::Deindent { span, indent }),
                    false => Ok(()),
                };
            }
            self.parts.push(line);
            self.advance()?;
            second = false;
        }
        Ok(())
    }

    /// Reads lines up to an empty one. Paragraphs that follow each other are one part.
    pub(super) fn paragraph(&mut self, start: Line<'a>) -> Result<(), DocError> {
        const PLAIN: PartKind<'_> = PartKind::Section(SectionKind::Plain);
        match self.parts.last() {
            None => self.parts.start(PartKind::Body, start),
            Some(PartKind::Body | PLAIN) => self.parts.push(Line { text: "", ..start }),
            Some(_) => self.parts.start(PLAIN, start),
        }
        while let Some(line) = self.line.filter(|line| !line.text.is_empty()) {
            self.parts.push(line);
            self.advance()?;
        }
        Ok(())
    }

    /// The current source line, from its `#` on.
    pub(super) fn here(&self) -> Span {
        self.lines.here()
    }

    /// The place of what a line says.
    pub(super) fn place(&self, line: Line<'_>) -> Span {
        self.lines.span(line.offset, line.offset + line.text.len())
    }

    /// The name behind the `@` that a line starts with.
    pub(super) fn name(&self, line: Line<'_>, name: &str) -> Name {
        name_in(line, name, self.lines.whole, self.lines.span(0, 0).start)
    }
}
