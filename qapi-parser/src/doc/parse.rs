//! The grammar of documentation comments, as QEMU 10.2 enforces it.

use super::line::{Line, Lines};
use super::text::Text;
use super::{Doc, DocEntry, DocError, DocSection, SectionKind};
use crate::ast::DocBlock;
use crate::seen::Seen;
use crate::source::{Name, Span};

/// Reads a block, and stops at the first rule that it breaks.
pub(super) fn parse(block: &DocBlock, text: &str) -> Result<Doc, DocError> {
    let mut lines = Lines::new(block, text)?;
    let line = lines.next()?;
    let parser = Parser {
        lines,
        line,
        parts: Vec::new(),
        members: Seen::default(),
        features: Seen::default(),
        members_are_over: false,
    };
    match line.filter(|line| line.text.starts_with('@')) {
        Some(line) => parser.definition(block.span, line),
        None => parser.free_form(block.span),
    }
}

struct Parser<'a> {
    lines: Lines<'a>,
    /// The current line; none behind the last.
    line: Option<Line<'a>>,
    parts: Vec<Part<'a>>,
    members: Seen<'a>,
    features: Seen<'a>,
    members_are_over: bool,
}

/// A part of the comment of a definition.
struct Part<'a> {
    kind: PartKind<'a>,
    /// The first line.
    start: Line<'a>,
    text: Text<'a>,
}

#[derive(Clone, Copy)]
enum PartKind<'a> {
    Member(&'a str),
    Feature(&'a str),
    Section(SectionKind),
}

impl<'a> Parser<'a> {
    fn free_form(mut self, span: Span) -> Result<Doc, DocError> {
        let mut text = Text::default();
        while let Some(line) = self.line {
            if let Some((name, _)) = entry(line) {
                let (name, line) = (self.entry_name(line, name), self.lines.here());
                return Err(DocError::FreeFormMember { name, line });
            }
            text.push(line);
            self.advance()?;
        }
        Ok(Doc {
            span,
            body: text.finish(),
            ..Doc::default()
        })
    }

    fn definition(mut self, span: Span, first: Line<'a>) -> Result<Doc, DocError> {
        let Some(symbol) = first.text[1..].strip_suffix(':') else {
            return Err(DocError::SymbolColon {
                span: self.lines.here(),
            });
        };
        if symbol.is_empty() {
            return Err(DocError::SymbolEmpty {
                span: self.lines.here(),
            });
        }
        let symbol = self.entry_name(first, symbol);
        self.advance()?;
        while let Some(line) = self.line {
            if line.text.is_empty() {
                self.advance()?
            } else {
                self.part(line)?
            }
        }
        self.check_texts()?;
        Ok(self.finish(span, symbol))
    }

    fn advance(&mut self) -> Result<(), DocError> {
        self.line = self.lines.next()?;
        Ok(())
    }

    /// Reads what starts at a line that is not empty.
    fn part(&mut self, line: Line<'a>) -> Result<(), DocError> {
        if line.text == "Features:" {
            return self.features(line);
        }
        if let Some((name, _)) = entry(line) {
            if self.members_are_over {
                let (name, line) = (self.entry_name(line, name), self.lines.here());
                return Err(DocError::LateMember { name, line });
            }
            self.members_are_over = true;
            return self.entries(PartKind::Member);
        }
        if let Some((title, text)) = tag(line.text) {
            self.members_are_over = true;
            return self.section(line, title, text);
        }
        self.paragraph(line)
    }

    fn features(&mut self, line: Line<'a>) -> Result<(), DocError> {
        let earlier = |part: &&Part<'_>| matches!(part.kind, PartKind::Feature(_));
        if let Some(first) = self.parts.iter().find(earlier) {
            let (span, first) = (self.lines.here(), self.span(first.start));
            return Err(DocError::FeaturesTwice { span, first });
        }
        self.members_are_over = true;
        self.advance()?;
        while self.line.is_some_and(|line| line.text.is_empty()) {
            self.advance()?;
        }
        if self.line.and_then(entry).is_none() {
            return Err(DocError::FeaturesEmpty {
                span: self.lines.here(),
                title: self.span(line),
            });
        }
        self.entries(PartKind::Feature)
    }

    /// Reads descriptions, for as long as one follows another.
    fn entries(&mut self, kind: fn(&'a str) -> PartKind<'a>) -> Result<(), DocError> {
        while let Some((line, (name, text))) = self.line.and_then(|line| Some((line, entry(line)?)))
        {
            self.check_name(line, kind(name), name)?;
            self.tagged(kind(name), line, text)?;
        }
        Ok(())
    }

    fn check_name(
        &mut self,
        line: Line<'a>,
        kind: PartKind<'_>,
        name: &'a str,
    ) -> Result<(), DocError> {
        if name.is_empty() {
            return Err(DocError::NameEmpty {
                span: self.lines.here(),
            });
        }
        let found = self.entry_name(line, name);
        let seen = match kind {
            PartKind::Feature(_) => &mut self.features,
            _ => &mut self.members,
        };
        match seen.insert(name, found.span) {
            Some(first) => Err(DocError::NameTwice { name: found, first }),
            None => Ok(()),
        }
    }

    fn section(&mut self, line: Line<'a>, title: &'a str, text: &'a str) -> Result<(), DocError> {
        let kind = match title {
            "Returns" => SectionKind::Returns,
            "Errors" => SectionKind::Errors,
            "Since" => SectionKind::Since,
            "TODO" => SectionKind::Todo,
            _ => {
                let span = self.lines.here();
                return Err(DocError::OldSection {
                    title: title.to_owned(),
                    span,
                });
            }
        };
        let same =
            |part: &&Part<'_>| matches!(part.kind, PartKind::Section(other) if other == kind);
        // Any number of things may be left to do.
        let first = self
            .parts
            .iter()
            .find(same)
            .filter(|_| kind != SectionKind::Todo);
        if let Some(first) = first {
            let (span, first) = (self.lines.here(), self.span(first.start));
            return Err(DocError::SectionTwice { kind, span, first });
        }
        self.tagged(PartKind::Section(kind), line, text)
    }

    /// Reads a part that goes on below its first line only where indented.
    fn tagged(
        &mut self,
        kind: PartKind<'a>,
        start: Line<'a>,
        text: &'a str,
    ) -> Result<(), DocError> {
        let text = Text::starting(text, start.offset + start.text.len() - text.len());
        self.parts.push(Part { kind, start, text });
        self.advance()?;
        while let Some(line) = self.line.filter(|line| line.text.is_empty()) {
            self.push(line);
            self.advance()?;
        }
        match self.line.map(|line| (line, indent(line))) {
            None | Some((_, 0)) => Ok(()),
            Some((line, indent)) => self.indented(line, indent),
        }
    }

    /// Reads the lines that go on with a part. A line that is indented by less
    /// ends it, but right behind the first one it is taken for a mistake.
    fn indented(&mut self, first: Line<'a>, least: usize) -> Result<(), DocError> {
        self.push(first);
        self.advance()?;
        let mut second = true;
        while let Some(line) = self.line.filter(|line| entry(*line).is_none()) {
            if !line.text.is_empty() && indent(line) < least {
                let span = self.lines.here();
                return if second {
                    Err(DocError::Deindent {
                        span,
                        indent: least,
                    })
                } else {
                    Ok(())
                };
            }
            self.push(line);
            self.advance()?;
            second = false;
        }
        Ok(())
    }

    /// Reads lines up to an empty one. Paragraphs that follow each other are one part.
    fn paragraph(&mut self, start: Line<'a>) -> Result<(), DocError> {
        let kind = PartKind::Section(SectionKind::Plain);
        match self.parts.last_mut() {
            Some(Part {
                kind: PartKind::Section(SectionKind::Plain),
                text,
                ..
            }) => {
                text.push(Line { text: "", ..start });
            }
            _ => self.parts.push(Part {
                kind,
                start,
                text: Text::default(),
            }),
        }
        while let Some(line) = self.line.filter(|line| !line.text.is_empty()) {
            self.push(line);
            self.advance()?;
        }
        Ok(())
    }

    /// Adds a line to the part that is being read.
    fn push(&mut self, line: Line<'a>) {
        self.parts
            .last_mut()
            .expect("a part has been started")
            .text
            .push(line);
    }

    fn check_texts(&self) -> Result<(), DocError> {
        match self.parts.iter().find(|part| part.text.is_empty()) {
            Some(part) => {
                let title = match part.kind {
                    PartKind::Member(name) | PartKind::Feature(name) => format!("@{name}"),
                    PartKind::Section(kind) => kind.to_string(),
                };
                Err(DocError::NoText {
                    title,
                    span: self.span(part.start),
                })
            }
            None => Ok(()),
        }
    }

    fn finish(self, span: Span, symbol: Name) -> Doc {
        let mut doc = Doc {
            span,
            symbol: Some(symbol),
            ..Doc::default()
        };
        for (index, part) in self.parts.iter().enumerate() {
            let span = self.lines.span(part.start.offset, part.text.end());
            let text = part.text.finish();
            match part.kind {
                PartKind::Member(name) => {
                    let name = self.entry_name(part.start, name);
                    doc.members.push(DocEntry { name, text, span });
                }
                PartKind::Feature(name) => {
                    let name = self.entry_name(part.start, name);
                    doc.features.push(DocEntry { name, text, span });
                }
                PartKind::Section(SectionKind::Plain) if index == 0 => doc.body = text,
                PartKind::Section(kind) => doc.sections.push(DocSection { kind, text, span }),
            }
        }
        doc
    }

    fn span(&self, line: Line<'_>) -> Span {
        self.lines.span(line.offset, line.offset + line.text.len())
    }

    /// The name behind the `@` that a line starts with.
    fn entry_name(&self, line: Line<'_>, name: &str) -> Name {
        let start = line.offset + '@'.len_utf8();
        Name {
            text: name.to_owned(),
            span: self.lines.span(start, start + name.len()),
        }
    }
}

/// The name and the text of a line `@name: text`.
fn entry<'a>(line: Line<'a>) -> Option<(&'a str, &'a str)> {
    let (name, text) = line.text.strip_prefix('@')?.split_once(':')?;
    Some((name, text.trim_start_matches(' ')))
}

/// The title and the text of a line `Title: text`, for the titles that mean something.
fn tag(line: &str) -> Option<(&str, &str)> {
    const TITLES: [&str; 8] = [
        "Returns", "Errors", "Since", "TODO", "Note", "Notes", "Example", "Examples",
    ];
    let (title, text) = line.split_once(':')?;
    // Two colons are markup.
    let is_tag = TITLES.contains(&title) && !text.starts_with(':');
    is_tag.then(|| (title, text.trim_start_matches(' ')))
}

fn indent(line: Line<'_>) -> usize {
    line.text.len() - line.text.trim_start().len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ast::{self, Item};
    use crate::dialect::Dialect;

    /// Reads the block with these lines between its `##`.
    fn parse(lines: &str) -> Result<Doc, String> {
        let text = format!("##\n{lines}\n##\n");
        let item = ast::parse(&text, 0, Dialect::Current.tolerances()).next();
        let Some(Ok(Item::Doc(block))) = item else {
            panic!("{text} is no block")
        };
        let place = |error: &DocError| {
            let before = &text[..error.span().start as usize];
            let column = before.len() - before.rfind('\n').map_or(0, |newline| newline + 1) + 1;
            format!("{}:{column}: {error}", before.matches('\n').count() + 1)
        };
        super::parse(&block, &text[..block.span.end as usize]).map_err(|error| place(&error))
    }

    fn doc(lines: &str) -> Doc {
        parse(lines).unwrap_or_else(|error| panic!("{lines}\n{error}"))
    }

    #[track_caller]
    fn assert_error(lines: &str, error: &str) {
        assert_eq!(parse(lines), Err(error.to_owned()), "{lines}");
    }

    #[test]
    fn parts_are_told_apart() {
        let doc = doc(
            "# @sym:\n#\n# Intro\n# text.\n#\n# More.\n#\n# @a: one\n#     two\n#\n#       three\n#\n# @b:\n#     four\n#\n# Features:\n#\n# @f: five\n#\n# Plain.\n#\n# Returns: six\n#\n# Since: 2.5\n# TODO: seven",
        );
        assert_eq!(
            doc.symbol.as_ref().map(|name| name.text.as_str()),
            Some("sym")
        );
        assert_eq!(doc.body.as_str(), "Intro\ntext.\n\nMore.");
        assert_eq!(
            doc.member("a").map(|entry| entry.text.as_str()),
            Some("one\ntwo\n\n  three")
        );
        assert_eq!(
            doc.member("b").map(|entry| entry.text.as_str()),
            Some("four")
        );
        assert_eq!(
            doc.feature("f").map(|entry| entry.text.as_str()),
            Some("five")
        );
        let sections: Vec<_> = doc
            .sections
            .iter()
            .map(|s| (s.kind, s.text.as_str()))
            .collect();
        let kinds = [
            (SectionKind::Plain, "Plain."),
            (SectionKind::Returns, "six"),
            (SectionKind::Since, "2.5"),
            (SectionKind::Todo, "seven"),
        ];
        assert_eq!(sections, kinds);
        assert_eq!(doc.since(), "2.5".parse().ok());
    }

    #[test]
    fn spans_cover_names_and_entries() {
        let doc = doc("# @sym:\n#\n# @ab: c\n#   d\n#");
        let member = &doc.members[0];
        assert_eq!(
            (member.name.span, member.span),
            (Span::new(16, 18), Span::new(15, 27))
        );
    }

    #[test]
    fn free_form_is_one_text() {
        let doc = doc("# Heading\n#   indented\n#\n# Returns: no tag");
        assert_eq!(doc.symbol, None);
        assert_eq!(doc.body.as_str(), "Heading\n  indented\n\nReturns: no tag");
        assert_error(
            "# Text\n# @a: x",
            "3:1: `@a:` in a comment that names no definition",
        );
    }

    #[test]
    fn tags_count_only_at_the_start_of_a_paragraph() {
        let doc = doc("# @s:\n#\n# Text\n# Since: 1.0\n#\n# since: 1.1\n#\n# Returns:: x");
        assert_eq!(doc.sections, []);
        assert_eq!(doc.since(), "1.0".parse().ok());
    }

    #[test]
    fn lines_have_rules() {
        assert_error("#x", "2:1: no space after `#`");
        assert_error(
            "# @s",
            "2:1: line that names the definition does not end with `:`",
        );
        assert_error("# @:", "2:1: no name after `@`");
        assert_error(
            "# @s:\n#\n# One. Two",
            "4:7: only one space between two sentences",
        );
        let long = format!("# {}", "x".repeat(69));
        assert_error(
            &long,
            "2:1: documentation line has 71 characters, more than 70",
        );
        doc(&format!("# ::\n#\n#   {long}. X"));
        doc(&format!("# https://{long}")
            .replace("// # ", "//")
            .replace("//# ", "//"));
    }

    #[test]
    fn blocks_open_and_close_with_nothing_else() {
        assert_error(
            "# @s:\n#\n## x",
            "4:1: text after the `##` that closes a documentation comment",
        );
        let text = "## x\n##\n";
        let block = DocBlock {
            span: Span::new(0, 7),
            next: Span::at(7),
        };
        assert!(matches!(
            super::parse(&block, &text[..7]),
            Err(DocError::OpeningJunk { .. })
        ));
        let block = DocBlock {
            span: Span::new(0, 6),
            next: Span::at(7),
        };
        let error = super::parse(&block, "##\n# x");
        assert!(matches!(
            error,
            Err(DocError::Unterminated {
                next: Span { start: 7, .. },
                ..
            })
        ));
    }

    #[test]
    fn order_of_parts_is_fixed() {
        assert_error(
            "# @s:\n#\n# @a: x\n#\n# TODO: y\n#\n# @b: z",
            "8:1: `@b:` comes after the descriptions of members have ended",
        );
        assert_error(
            "# @s:\n#\n# Features:\n#\n# @f: x\n#\n# Features:\n#\n# @g: y",
            "8:1: `Features:` comes twice",
        );
        assert_error(
            "# @s:\n#\n# Features:\n#\n# text",
            "6:1: `Features:` lists no feature",
        );
        assert_error("# @s:\n#\n# Features:", "5:1: `Features:` lists no feature");
    }

    #[test]
    fn names_and_sections_come_once() {
        assert_error(
            "# @s:\n#\n# @a: x\n#\n# @a: y",
            "6:4: `a` is described twice",
        );
        assert_error("# @s:\n#\n# @: x", "4:1: description without a name");
        assert_error(
            "# @s:\n#\n# Since: 1.0\n#\n# Since: 1.1",
            "6:1: section `Since:` comes twice",
        );
        assert_error(
            "# @s:\n#\n# Note: x",
            "4:1: section `Note:` is gone from the language",
        );
        doc("# @s:\n#\n# TODO: x\n#\n# TODO: y");
    }

    #[test]
    fn parts_have_text() {
        assert_error("# @s:\n#\n# @a:\n#\n# Text", "4:3: no text after `@a:`");
        assert_error("# @s:\n#\n# Errors:", "4:3: no text after `Errors:`");
    }

    #[test]
    fn deindent_is_a_mistake_in_the_second_line_only() {
        let error = "6:1: line is indented less than the 4 spaces of the one above";
        assert_error("# @s:\n#\n# @a: x\n#     y\n#   z", error);
        let doc = doc("# @s:\n#\n# @a: x\n#     y\n#     z\n# Since: 1.0");
        assert_eq!(doc.since(), "1.0".parse().ok());
    }
}
