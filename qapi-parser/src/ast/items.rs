//! The top level of a file: comments and expressions, one behind the other.

use std::collections::VecDeque;

use super::error::SyntaxError;
use super::parse::parse_value;
use super::tokens::{self, Tokens};
use super::{DocBlock, Item, Value};
use crate::dialect::Tolerances;
use crate::source::Span;
use crate::text::Text;

/// Starts to read a file. `start` is the offset of its first byte in the
/// [`SourceMap`](crate::source::SourceMap).
pub(crate) fn parse<'a>(file: &'a Text, start: u32, tolerances: &'a Tolerances) -> Items<'a> {
    // The newline at the end is left out, so that what is missing at the end of
    // a file is missing on its last line.
    let text = file.strip_suffix('\n').unwrap_or(file);
    Items {
        file,
        text,
        start,
        pos: 0,
        tolerances,
        tokens: Tokens::default(),
        errors: VecDeque::new(),
    }
}

/// The top level of a file, one item at a time.
///
/// After an error it goes on at the next line that looks like the start of an
/// item: an error tells nothing about the items behind it.
#[derive(Debug)]
pub(crate) struct Items<'a> {
    file: &'a Text,
    /// The same, but for the newline at its end.
    text: &'a str,
    start: u32,
    pos: usize,
    tolerances: &'a Tolerances,
    /// Those of the current expression; kept for its memory.
    tokens: Tokens<'a>,
    /// What else is wrong with the item before.
    errors: VecDeque<SyntaxError>,
}

impl Iterator for Items<'_> {
    type Item = Result<Item, SyntaxError>;

    fn next(&mut self) -> Option<Self::Item> {
        if let Some(error) = self.errors.pop_front() {
            return Some(Err(error));
        }
        self.pos += gap_length(&self.text[self.pos..], self.tolerances.loose_docs);
        let rest = &self.text[self.pos..];
        if rest.is_empty() {
            return None;
        }
        if rest.starts_with('#') {
            return Some(Ok(Item::Doc(self.doc_block())));
        }
        match self.expression() {
            Some(value) => Some(Ok(Item::Value(value))),
            None => self.errors.pop_front().map(Err),
        }
    }
}

impl<'a> Items<'a> {
    fn doc_block(&mut self) -> DocBlock {
        let start = self.pos;
        let rest = &self.text[start..];
        self.pos += scan_doc(rest, self.tolerances.loose_docs);
        let next = self.pos + space_length(&self.text[self.pos..]);
        DocBlock {
            span: Span::within(self.start, start, self.pos),
            next: Span::within(self.start, next, next),
        }
    }

    /// The expression that starts here; none where something is wrong with it.
    fn expression(&mut self) -> Option<Value> {
        let rest: &'a str = &self.text[self.pos..];
        let base = Span::within(self.start, self.pos, self.pos).start;
        self.tokens.read(rest, base, self.tolerances);
        self.errors.extend(self.tokens.take_duplicates());
        let source = self.file.slice(self.pos..self.text.len());
        match parse_value(&self.tokens, &source, base, self.tolerances) {
            Ok(value) => {
                self.pos += self.tokens.end;
                self.errors.is_empty().then_some(value)
            }
            Err(error) => {
                let place = error.span().start;
                self.errors.retain(|earlier| earlier.span().start <= place);
                self.recover(place);
                self.errors.push_back(error);
                None
            }
        }
    }

    /// Moves behind an error, to the next line that starts an expression. What
    /// looks like the start of a comment may as well be the end of one.
    fn recover(&mut self, place: u32) {
        let place = (place - self.start) as usize;
        let from = place.saturating_sub(1).max(self.pos);
        // In bytes, for the one before the error may be within a character.
        let mut lines = self.text.as_bytes()[from..].windows(2);
        let next = lines.position(|start| start == b"\n{");
        self.pos = next.map_or(self.text.len(), |newline| from + newline + 1);
    }
}

/// The length of the spaces that `text` starts with.
fn space_length(text: &str) -> usize {
    text.len() - text.trim_start_matches(tokens::is_space).len()
}

/// The length of the spaces and plain comments that `text` starts with.
fn gap_length(text: &str, loose_docs: bool) -> usize {
    let mut length = 0;
    loop {
        length += space_length(&text[length..]);
        let rest = &text[length..];
        if !rest.starts_with('#') || starts_doc(rest, loose_docs) {
            return length;
        }
        length += tokens::line_length(rest);
    }
}

/// Whether a comment is one of documentation. Loose ones may lack their opening
/// `##`; they start with a name then.
fn starts_doc(comment: &str, loose: bool) -> bool {
    comment.starts_with("##") || (loose && comment[1..].trim_start_matches(' ').starts_with('@'))
}

/// The length of the documentation comment that `text` starts with.
///
/// It goes on to the next line that starts with `##`, across empty lines, or
/// else to its last comment line. Loose ones, which may lack their end, go on to
/// the next line that is no comment.
fn scan_doc(text: &str, loose: bool) -> usize {
    let mut end = tokens::line_length(text);
    loop {
        let rest = &text[end..];
        let comment = rest.trim_start_matches(tokens::is_space);
        let gap = rest.len() - comment.len();
        if !comment.starts_with('#') || (loose && rest[..gap].matches('\n').count() > 1) {
            return end;
        }
        end += gap + tokens::line_length(comment);
        if comment.starts_with("##") {
            return end;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialect::Dialect;

    fn items(text: &str, dialect: Dialect) -> Vec<Result<Item, SyntaxError>> {
        parse(&text.into(), 0, dialect.tolerances()).collect()
    }

    fn errors(text: &str) -> Vec<(u32, String)> {
        items(text, Dialect::Current)
            .into_iter()
            .filter_map(Result::err)
            .map(|error| (error.span().start, error.to_string()))
            .collect()
    }

    fn error(text: &str) -> (u32, String) {
        errors(text)
            .into_iter()
            .next()
            .unwrap_or_else(|| panic!("{text:?} has no error"))
    }

    #[track_caller]
    fn assert_error(text: &str, offset: u32, message: &str) {
        assert_eq!(error(text), (offset, message.to_owned()), "{text:?}");
    }

    #[test]
    fn text_that_starts_no_token_is_stray() {
        assert_error("{ 'a': 1 }", 7, "unexpected text `1`");
        assert_error("{ 'a': truefoo }", 11, "unexpected text `foo`");
        assert_error("\u{feff}{}", 0, "unexpected text `\\u{feff}`");
        assert_error("{ 'a': \"x\" }", 7, "unexpected text `\"x\"`");
        assert_error("{};", 2, "unexpected text `;`");
    }

    #[test]
    fn string_errors_stand_at_the_opening_quote() {
        assert_error("{ 'ab\n' }", 2, "string does not end on its line");
        assert_error("{ 'a': 'b", 7, "string does not end on its line");
        assert_error(r"{ 'a\'b': 'c' }", 2, r"unknown escape `\'`");
        assert_error(
            "{ 'a\tb': 'c' }",
            2,
            "U+0009 in a string, which takes printable ASCII only",
        );
        assert_error(
            "{ 'é': 'c' }",
            2,
            "U+00E9 in a string, which takes printable ASCII only",
        );
    }

    #[test]
    fn each_place_expects_its_own_tokens() {
        assert_error("{ , }", 2, "expected a string or `}`, found `,`");
        assert_error("{ 'a' 'b' }", 6, "expected `:`, found a string");
        assert_error(
            "{ 'a': 'b' 'c': 'd' }",
            11,
            "expected `,` or `}`, found a string",
        );
        assert_error("{ 'a': 'b', }", 12, "expected a string, found `}`");
        assert_error(
            "{ 'a': [ , ] }",
            9,
            "expected `{`, `[`, `]`, a string or a boolean, found `,`",
        );
        assert_error(
            "{ 'a': [ 'b' 'c' ] }",
            13,
            "expected `,` or `]`, found a string",
        );
        assert_error(
            "{ 'a': [ 'b', ] }",
            14,
            "expected `{`, `[`, a string or a boolean, found `]`",
        );
        assert_error(
            "{ 'a': }",
            7,
            "expected `{`, `[`, a string or a boolean, found `}`",
        );
        assert_error(
            " : ",
            1,
            "expected `{`, `[`, a string or a boolean, found `:`",
        );
        assert_error("{ 'a': 'b' ]", 11, "expected `,` or `}`, found `]`");
    }

    #[test]
    fn what_is_missing_at_the_end_is_missing_at_the_last_newline() {
        assert_error(
            "{ 'a': 'b'\n",
            10,
            "expected `,` or `}`, found the end of the file",
        );
        assert_error(
            "{ 'a': [ 'b'\n\n\n",
            14,
            "expected `,` or `]`, found the end of the file",
        );
        assert_error("{ 'a'", 5, "expected `:`, found the end of the file");
    }

    #[test]
    fn documentation_comment_ends_an_expression() {
        assert_error(
            "{ 'a': 'b'\n## c\n}",
            11,
            "expected `,` or `}`, found a documentation comment",
        );
        assert!(
            items("{ 'a': 'b'\n## c\n}", Dialect::Historical)
                .iter()
                .all(Result::is_ok)
        );
    }

    #[test]
    fn duplicate_key_stands_at_the_second_value() {
        assert_error("{ 'a': 'b', 'a': 'c' }", 17, "duplicate key `a`");
        let many: String = (0..40).map(|n| format!("'k{n}': [], ")).collect();
        let (_, message) = error(&format!("{{ {many}'k30': [] }}"));
        assert_eq!(message, "duplicate key `k30`");
    }

    #[test]
    fn keys_are_compared_within_their_object() {
        assert_eq!(
            errors("{ 'a': { 'a': [ { 'a': 'a' }, { 'a': [] } ] } }"),
            []
        );
        let text = "{ 'a': { 'b': [], 'b': [] }, 'b': { 'c': [] }, 'a': [ { 'c': [], 'c': {} } ] }";
        let messages: Vec<_> = errors(text)
            .into_iter()
            .map(|(_, message)| message)
            .collect();
        let expected = ["`b`", "`a`", "`c`"].map(|key| format!("duplicate key {key}"));
        assert_eq!(messages, expected);
    }

    #[test]
    fn duplicate_key_comes_before_a_later_error() {
        let both = |text: &str| {
            let errors = errors(text);
            assert_eq!(errors[0].1, "duplicate key `a`", "{text}");
            assert_eq!(errors.len(), 2, "{text}: {errors:?}");
            errors[0].0
        };
        assert_eq!(both("{ 'a': [], 'a': {} 'b': [] }"), 16);
        assert_eq!(both("{ 'a': [], 'a': } }"), 16);
        assert_eq!(both("{ 'a': [], 'a': 'b', 1 }"), 16);
        assert_eq!(both("{ 'a': [], 'a':\n"), 15);
        assert_eq!(both("{ 'a': [], 'a':\n## b"), 16);
        // Here it is the other error that comes first.
        for text in [
            "{ 'a': [] 'a': [] }",
            "{ 'a': [], 'a' [] }",
            "{ 'a': [], 'a': 1 }",
            "{ 'a': [], 'a': 'b",
            "{ 'a': [ 'a': [], 'a': [] ] }",
        ] {
            assert_eq!(errors(text).len(), 1, "{text}");
            assert_ne!(error(text).1, "duplicate key `a`", "{text}");
        }
    }

    #[test]
    fn keys_are_the_same_however_they_are_spelled() {
        let text = r"{ 'a': [], '\u0061': [] }";
        let errors = items(text, Dialect::Historical);
        assert!(matches!(
            &errors[..],
            [Err(SyntaxError::DuplicateKey { .. })]
        ));
    }

    #[test]
    fn items_behind_an_error_are_read() {
        let text = "{ 'a' }\n{ 'b': [] }\n{ 'c'\n\n{ 'd': [] }\n##\n# e\n##\n";
        assert_eq!(errors(text).len(), 2);
        assert_eq!(items(text, Dialect::Current).len(), 5);
        assert_eq!(errors("{ 'a':\n## b\n'c' }\n{ 'd': [] }").len(), 1);
    }

    #[test]
    fn commas_are_optional_in_old_schemas_only() {
        for text in ["{ 'a': [] 'b': [] }", "{ 'a': [], }", "[ 'a' 'b', ]"] {
            assert_eq!(errors(text).len(), 1, "{text}");
            assert!(
                items(text, Dialect::Historical).iter().all(Result::is_ok),
                "{text}"
            );
        }
    }

    #[test]
    fn rare_spaces_and_comments_separate() {
        let text = "# c\n{\u{c}'a'\u{a0}:\u{1f}\t# }\n true\u{3000}}{'b':false}";
        assert_eq!(errors(text), []);
        assert_eq!(items(text, Dialect::Current).len(), 2);
    }

    #[test]
    fn nesting_is_limited_not_the_stack() {
        let limit = tokens::MAX_DEPTH;
        for brackets in [["[", "]"], ["{'a':", "}"]] {
            let nest = |depth: usize| {
                let inner = if brackets[0] == "[" { "" } else { "[]" };
                format!(
                    "{}{inner}{}",
                    brackets[0].repeat(depth),
                    brackets[1].repeat(depth)
                )
            };
            assert_eq!(errors(&nest(limit - 1)), []);
            let (_, message) = error(&nest(100_000));
            assert_eq!(message, "brackets are nested more than 100 deep");
        }
    }
}
