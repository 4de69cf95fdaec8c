//! The grammar of documentation comments, as QEMU 10.2 enforces it.

use super::line::{Line, Lines};
use super::part::PartKind;
use super::parts::Parts;
use super::{Doc, DocError, SectionKind, text};
use crate::ast::DocBlock;
use crate::seen::Seen;
use crate::source::{Name, Span};
use crate::text::Text;

/// Reads a block, and stops at the first rule that it breaks.
pub(super) fn parse(block: &DocBlock, text: &Text) -> Result<Doc, DocError> {
    let parts = Parts::new(Lines::new(block, text)?)?;
    match parts.line.filter(|line| line.text.starts_with('@')) {
        Some(line) => definition(parts, block.span, line),
        None => free_form(parts, block.span),
    }
}

fn free_form(mut parts: Parts<'_>, span: Span) -> Result<Doc, DocError> {
    let mut lines = Vec::new();
    while let Some(line) = parts.line {
        if let Some((name, _)) = line.entry() {
            let (name, line) = (parts.name(line, name), parts.here());
            return Err(DocError::FreeFormMember { name, line });
        }
        lines.push(line.text);
        parts.advance()?;
    }
    let mut joined = String::with_capacity(text::length("", &lines));
    let body = text::join("", &lines, &mut joined);
    Ok(Doc {
        span,
        body: body.cut(&joined.into()),
        ..Doc::default()
    })
}

fn definition<'a>(mut parts: Parts<'a>, span: Span, first: Line<'a>) -> Result<Doc, DocError> {
    let symbol = symbol(&parts, first)?;
    parts.advance()?;
    let mut parser = Parser {
        parts,
        members: Seen::default(),
        features: Seen::default(),
        members_are_over: false,
    };
    parser.parts.skip_empty()?;
    while let Some(line) = parser.parts.line {
        parser.part(line)?;
        parser.parts.skip_empty()?;
    }
    parser.check_texts()?;
    Ok(parser.finish(span, symbol))
}

/// The definition that the first line names.
fn symbol(parts: &Parts<'_>, line: Line<'_>) -> Result<Name, DocError> {
    let span = parts.here();
    match line.text[1..].strip_suffix(':') {
        None => Err(DocError::SymbolColon { span }),
        Some("") => Err(DocError::SymbolEmpty { span }),
        Some(symbol) => Ok(parts.name(line, symbol)),
    }
}

/// Reads the comment of a definition behind its first line.
struct Parser<'a> {
    parts: Parts<'a>,
    members: Seen<&'a str, Span>,
    features: Seen<&'a str, Span>,
    members_are_over: bool,
}

impl<'a> Parser<'a> {
    /// Reads what starts at a line that is not empty.
    fn part(&mut self, line: Line<'a>) -> Result<(), DocError> {
        if line.text == "Features:" {
            return self.features(line);
        }
        if let Some((name, _)) = line.entry() {
            if self.members_are_over {
                let (name, line) = (self.parts.name(line, name), self.parts.here());
                return Err(DocError::LateMember { name, line });
            }
            self.members_are_over = true;
            return self.entries(PartKind::Member);
        }
        if let Some((title, text)) = tag(line.text) {
            self.members_are_over = true;
            return self.section(line, title, text);
        }
        self.parts.paragraph(line)
    }

    fn features(&mut self, line: Line<'a>) -> Result<(), DocError> {
        if let Some(first) = self.earlier(|kind| matches!(kind, PartKind::Feature(_))) {
            let span = self.parts.here();
            return Err(DocError::FeaturesTwice { span, first });
        }
        self.members_are_over = true;
        self.parts.advance()?;
        self.parts.skip_empty()?;
        if self.parts.line.and_then(Line::entry).is_none() {
            let (span, title) = (self.parts.here(), self.parts.place(line));
            return Err(DocError::FeaturesEmpty { span, title });
        }
        self.entries(PartKind::Feature)
    }

    /// Reads descriptions, for as long as one follows another.
    fn entries(&mut self, kind: fn(&'a str) -> PartKind<'a>) -> Result<(), DocError> {
        while let Some(line) = self.parts.line
            && let Some((name, text)) = line.entry()
        {
            self.check_name(line, kind(name), name)?;
            self.parts.tagged(kind(name), line, text)?;
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
            let span = self.parts.here();
            return Err(DocError::NameEmpty { span });
        }
        let found = self.parts.name(line, name);
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
                let (title, span) = (title.to_owned(), self.parts.here());
                return Err(DocError::OldSection { title, span });
            }
        };
        // Any number of things may be left to do.
        let first = self
            .earlier(|other| other == PartKind::Section(kind))
            .filter(|_| kind != SectionKind::Todo);
        if let Some(first) = first {
            let span = self.parts.here();
            return Err(DocError::SectionTwice { kind, span, first });
        }
        self.parts.tagged(PartKind::Section(kind), line, text)
    }

    /// Where a part of some kind starts.
    fn earlier(&self, is_it: impl Fn(PartKind<'_>) -> bool) -> Option<Span> {
        let mut parts = self.parts.parts().iter();
        let part = parts.find(|part| is_it(part.kind))?;
        Some(self.parts.place(part.start))
    }

    fn check_texts(&self) -> Result<(), DocError> {
        let parts = self.parts.parts();
        let Some(part) = parts.iter().find(|part| parts.is_empty(part)) else {
            return Ok(());
        };
        let title = match part.kind {
            PartKind::Member(name) | PartKind::Feature(name) => format!("@{name}"),
            PartKind::Section(kind) => kind.to_string(),
            PartKind::Body => unreachable!("it starts with a line that is not empty"),
        };
        let span = self.parts.place(part.start);
        Err(DocError::NoText { title, span })
    }

    fn finish(self, span: Span, symbol: Name) -> Doc {
        let mut doc = Doc {
            span,
            symbol: Some(symbol),
            ..Doc::default()
        };
        self.parts.parts().finish(self.parts.block(), &mut doc);
        doc
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ast::{self, Item};
    use crate::dialect::Dialect;

    /// Reads the block with these lines between its `##`.
    fn parse(lines: &str) -> Result<Doc, String> {
        let text = Text::from(format!("##\n{lines}\n##\n"));
        let item = ast::parse(&text, 0, Dialect::Current.tolerances()).next();
        let Some(Ok(Item::Doc(block))) = item else {
            panic!("{text} is no block")
        };
        let place = |error: &DocError| {
            let before = &text[..error.span().start as usize];
            let column = before.len() - before.rfind('\n').map_or(0, |newline| newline + 1) + 1;
            format!("{}:{column}: {error}", before.matches('\n').count() + 1)
        };
        super::parse(&block, &text.slice(0..block.span.end as usize)).map_err(|error| place(&error))
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
            super::parse(&block, &text[..7].into()),
            Err(DocError::OpeningJunk { .. })
        ));
        let block = DocBlock {
            span: Span::new(0, 6),
            next: Span::at(7),
        };
        let error = super::parse(&block, &"##\n# x".into());
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
