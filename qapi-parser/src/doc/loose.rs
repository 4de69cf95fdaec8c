//! Documentation comments of releases that had no grammar for them, or another one.
//!
//! Nothing here fails. What all releases have in common is enough to find the
//! name, the members and the sections; whatever else stands there is text.

use super::line::Line;
use super::part::{PartKind, PartList, name_in};
use super::{Doc, SectionKind, since};
use crate::ast::DocBlock;
use crate::text::Text;

/// Reads a block as well as can be.
pub(super) fn parse(block: &DocBlock, text: &Text) -> Doc {
    let mut reader = Reader {
        text,
        doc: Doc {
            span: block.span,
            ..Doc::default()
        },
        parts: PartList::default(),
        in_features: false,
        after_empty: true,
        started: false,
    };
    let start = Line {
        text: "",
        offset: 0,
    };
    reader.parts.start(PartKind::Body, start);
    for line in lines(text) {
        reader.line(line);
    }
    reader.finish()
}

/// The lines of a block without what makes them comments. The `##` around the
/// block, in all its spellings, gives empty lines.
fn lines(block: &str) -> impl Iterator<Item = Line<'_>> {
    let mut next = 0;
    block.split('\n').map(move |source| {
        let start = next;
        next += source.len() + 1;
        let content = source.trim_start().trim_start_matches('#');
        let content = if content.trim() == "##" { "" } else { content };
        let text = content.strip_prefix(' ').unwrap_or(content);
        let offset = start + source.len() - text.len();
        Line {
            text: text.trim_end(),
            offset,
        }
    })
}

struct Reader<'a> {
    text: &'a Text,
    doc: Doc,
    parts: PartList<'a>,
    in_features: bool,
    after_empty: bool,
    /// Whether a line with text has been seen.
    started: bool,
}

impl<'a> Reader<'a> {
    fn line(&mut self, line: Line<'a>) {
        if line.text.is_empty() {
            self.parts.push(line);
            self.after_empty = true;
            return;
        }
        let first = !std::mem::replace(&mut self.started, true);
        let after_empty = std::mem::take(&mut self.after_empty);
        if first && let Some((name, text)) = symbol(line.text) {
            self.symbol(line, name, text);
        } else if line.text == "Features:" {
            self.in_features = true;
        } else if let Some((name, text)) = entry(line.text) {
            let kind = match self.in_features {
                true => PartKind::Feature(name),
                false => PartKind::Member(name),
            };
            self.parts.start_tagged(kind, line, text);
        } else if let Some((kind, text)) = tag(line.text) {
            self.parts.start_tagged(PartKind::Section(kind), line, text);
        } else if after_empty && self.is_over(line) {
            self.parts
                .start(PartKind::Section(SectionKind::Plain), line);
            self.parts.push(line);
        } else {
            self.parts.push(line);
        }
    }

    fn symbol(&mut self, line: Line<'a>, name: &'a str, text: &'a str) {
        self.doc.symbol = Some(name_in(line, name, self.text, self.doc.span.start));
        self.parts.start_tagged(PartKind::Body, line, text);
    }

    /// Whether a line behind an empty one belongs to no description any more.
    fn is_over(&self, line: Line<'_>) -> bool {
        let plain = matches!(
            self.parts.last(),
            Some(PartKind::Body | PartKind::Section(SectionKind::Plain))
        );
        !plain && !line.text.starts_with(' ')
    }

    fn finish(self) -> Doc {
        let Self {
            text,
            mut doc,
            mut parts,
            ..
        } = self;
        // What stands before the name is empty, and so are titles without text.
        parts.drop_empty(|kind| matches!(kind, PartKind::Body | PartKind::Section(_)));
        parts.finish(text, &mut doc);
        for entry in &mut doc.members {
            // Until 2.8, comments repeated what the `*` of the member says.
            entry.text = std::mem::take(&mut entry.text).without_word("#optional");
        }
        doc
    }
}

/// The name that a block is for, and the text behind it. The colon may be missing.
fn symbol(line: &str) -> Option<(&str, &str)> {
    let rest = line.trim_start().strip_prefix('@')?;
    let end = rest
        .find(|c: char| c == ':' || c.is_whitespace())
        .unwrap_or(rest.len());
    let (name, text) = rest.split_at(end);
    let text = text.trim_start();
    (!name.is_empty()).then(|| (name, text.strip_prefix(':').unwrap_or(text).trim_start()))
}

/// The name and the text of a line `@name: text`. Names of old may hold a space.
fn entry(line: &str) -> Option<(&str, &str)> {
    let (name, text) = line.strip_prefix('@')?.split_once(':')?;
    let name = name.trim_end();
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '*' | ' ');
    let is_name = !name.is_empty() && name.chars().all(fits) && name.matches(' ').count() < 2;
    is_name.then(|| (name, text.trim_start()))
}

/// The kind and the text of a section. What had a title of its own once is
/// plain text and keeps the title.
fn tag(line: &str) -> Option<(SectionKind, &str)> {
    const TITLES: [(&str, SectionKind); 4] = [
        ("Returns", SectionKind::Returns),
        ("Errors", SectionKind::Errors),
        ("Since", SectionKind::Since),
        ("TODO", SectionKind::Todo),
    ];
    const PLAIN: [&str; 4] = ["Note:", "Notes:", "Example:", "Examples:"];
    let of_title = |(title, kind): &(&str, SectionKind)| {
        let text = line.strip_prefix(title)?.trim_start().strip_prefix(':')?;
        // Two colons are markup.
        (!text.starts_with(':')).then(|| (*kind, text.trim_start()))
    };
    if let Some(section) = TITLES.iter().find_map(of_title) {
        return Some(section);
    }
    if since::in_line(line).is_some() {
        return Some((SectionKind::Since, line["Since".len()..].trim_start()));
    }
    PLAIN
        .iter()
        .any(|title| line.starts_with(title))
        .then_some((SectionKind::Plain, line))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Span;

    fn doc(text: &str) -> Doc {
        parse(
            &DocBlock {
                span: Span::new(0, 0),
                next: Span::at(0),
            },
            &text.into(),
        )
    }

    fn symbol(text: &str) -> Option<String> {
        doc(text).symbol.map(|name| name.text.into())
    }

    #[test]
    fn old_comments_have_the_same_parts() {
        let doc = doc(
            "##\n# @file-open:\n#\n# Open a file\n# and so on.\n#\n# @path: where\n#\n# @mode: #optional how\n#        to open\n#\n# Returns: a handle\n#\n# More.\n#\n# Since: 0.15.0\n##",
        );
        assert_eq!(doc.body.as_str(), "Open a file\nand so on.");
        assert_eq!(
            doc.member("path").map(|entry| entry.text.as_str()),
            Some("where")
        );
        assert_eq!(
            doc.member("mode").map(|entry| entry.text.as_str()),
            Some("how\nto open")
        );
        assert_eq!(doc.since(), "0.15".parse().ok());
        let kinds: Vec<_> = doc.sections.iter().map(|section| section.kind).collect();
        assert_eq!(
            kinds,
            [SectionKind::Returns, SectionKind::Plain, SectionKind::Since]
        );
    }

    #[test]
    fn text_behind_members_keeps_its_indentation() {
        let doc = doc(
            "##\n# @N:\n#\n# @a: b\n#\n# .. note:: One\n#    two.\n#\n# Note: one\n#       two\n##",
        );
        let sections: Vec<_> = doc.sections.iter().map(|it| it.text.as_str()).collect();
        // Behind a title, the indentation is that of the first line.
        assert_eq!(sections, [".. note:: One\n   two.", "Note: one\ntwo"]);
        assert_eq!(doc.sections[0].span, Span::new(23, 46));
    }

    #[test]
    fn name_is_found_in_all_spellings() {
        for text in [
            "##\n# @Name:\n##",
            "##\n# @Name\n##",
            "## @Name\n#\n# text",
            "##\n# @Name: text\n# ##",
            "##\n#\n# @Name:\n###",
            "##\n# @Name :\n## ",
        ] {
            assert_eq!(symbol(text).as_deref(), Some("Name"), "{text}");
        }
        assert_eq!(symbol("##\n# Text about @Name:\n##"), None);
    }

    #[test]
    fn nothing_of_the_frame_is_text() {
        for text in [
            "##\n# @N\n# x\n##",
            "##\n# @N\n# x\n# ##",
            "##\n# @N\n# x\n###",
            "## @N\n#x",
        ] {
            assert_eq!(doc(text).body.as_str(), "x", "{text}");
        }
    }

    #[test]
    fn since_is_found_in_all_spellings() {
        for line in [
            "#Since: 2.5",
            "# Since 2.5",
            "# Since : 2.5",
            "# Since: 2.5; text",
        ] {
            assert_eq!(
                doc(&format!("##\n# @N:\n{line}\n##")).since(),
                "2.5".parse().ok(),
                "{line}"
            );
        }
        assert_eq!(doc("##\n# @N:\n# Since QEMU started\n##").since(), None);
    }

    #[test]
    fn names_with_a_space_are_names_and_sentences_are_not() {
        let doc = doc("##\n# @N:\n# @file-backed virtual: a disk\n# @x and @y are: text\n##");
        let names: Vec<_> = doc
            .members
            .iter()
            .map(|entry| entry.name.text.as_str())
            .collect();
        assert_eq!(names, ["file-backed virtual"]);
    }
}
