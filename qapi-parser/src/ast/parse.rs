//! Text to syntax. The only file that names pest.

use pest::Parser;
use pest::error::{Error as PestError, ErrorVariant, InputLocation};
use pest::iterators::Pair as Match;
use pest_derive::Parser;

use super::error::{Expected, Found, SyntaxError};
use super::tokens::{self, Tokens};
use super::{DocBlock, Item, Object, Pair, Value, ValueKind};
use crate::dialect::Tolerances;
use crate::seen::Seen;
use crate::source::{Name, Span};

/// Starts to read a file. `start` is the offset of its first byte in the
/// [`SourceMap`](crate::source::SourceMap).
pub(crate) fn parse<'a>(text: &'a str, start: u32, tolerances: &'a Tolerances) -> Items<'a> {
    // The newline at the end is left out, so that what is missing at the end of
    // a file is missing on its last line.
    let text = text.strip_suffix('\n').unwrap_or(text);
    Items {
        text,
        start,
        pos: 0,
        tolerances,
        tokens: Tokens::default(),
    }
}

/// The top level of a file, one item at a time.
///
/// After an error it goes on at the next line that looks like the start of an
/// item: an error tells nothing about the items behind it.
#[derive(Debug)]
pub(crate) struct Items<'a> {
    text: &'a str,
    start: u32,
    pos: usize,
    tolerances: &'a Tolerances,
    /// Those of the current expression; kept for its memory.
    tokens: Tokens,
}

#[derive(Parser)]
#[grammar = "ast/qapi.pest"]
struct Grammar;

impl Iterator for Items<'_> {
    type Item = Result<Item, SyntaxError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.pos += gap_length(&self.text[self.pos..], self.tolerances.loose_docs);
        let rest = &self.text[self.pos..];
        if rest.is_empty() {
            return None;
        }
        if rest.starts_with('#') {
            return Some(Ok(Item::Doc(self.doc_block())));
        }
        let result = self.expression();
        if let Err(error) = &result {
            self.recover(error);
        }
        Some(result.map(Item::Value))
    }
}

impl Items<'_> {
    fn doc_block(&mut self) -> DocBlock {
        let start = self.pos;
        let rest = &self.text[start..];
        self.pos += tokens::scan_doc(rest, self.tolerances.loose_docs);
        let next = self.pos + space_length(&self.text[self.pos..]);
        DocBlock {
            span: Span::within(self.start, start, self.pos),
            next: Span::within(self.start, next, next),
        }
    }

    fn expression(&mut self) -> Result<Value, SyntaxError> {
        let rest = &self.text[self.pos..];
        let base = Span::within(self.start, self.pos, self.pos).start;
        self.tokens.read(rest, base, self.tolerances.loose_docs);
        let rule = match self.tolerances.loose_commas {
            true => Rule::loose_expression,
            false => Rule::expression,
        };
        let shape = Shape {
            tokens: &self.tokens,
            base,
        };
        let mut matches =
            Grammar::parse(rule, &self.tokens.text).map_err(|error| shape.explain(&error, rest))?;
        let value = shape.value(matches.next().expect("both rules hold one value"))?;
        self.pos += self.tokens.end;
        Ok(value)
    }

    /// Moves behind an error, to the next line that starts an expression. What
    /// looks like the start of a comment may as well be the end of one.
    fn recover(&mut self, error: &SyntaxError) {
        let place = (error.span().start - self.start) as usize;
        let from = place.saturating_sub(1).max(self.pos);
        let next = self.text[from..].find("\n{");
        self.pos = next.map_or(self.text.len(), |newline| from + newline + 1);
    }
}

/// Makes sense of what the grammar found in the tokens of an expression.
struct Shape<'a> {
    tokens: &'a Tokens,
    /// The offset of the expression.
    base: u32,
}

impl Shape<'_> {
    /// Recurses no deeper than [`tokens::MAX_DEPTH`].
    fn value(&self, value: Match<'_, Rule>) -> Result<Value, SyntaxError> {
        let span = self.span(&value);
        let kind = match value.as_rule() {
            Rule::string => ValueKind::String(unescape(value.as_str())),
            Rule::boolean => ValueKind::Bool(value.as_str() == "true"),
            Rule::object | Rule::loose_object => ValueKind::Object(self.object(value)?),
            Rule::array | Rule::loose_array => ValueKind::Array(self.array(value)?),
            rule => unreachable!("no value is a {rule:?}"),
        };
        Ok(Value { kind, span })
    }

    fn array(&self, array: Match<'_, Rule>) -> Result<Vec<Value>, SyntaxError> {
        let elements = array
            .into_inner()
            .filter(|it| it.as_rule() != Rule::array_end);
        elements.map(|element| self.value(element)).collect()
    }

    fn object(&self, object: Match<'_, Rule>) -> Result<Object, SyntaxError> {
        let mut pairs = Vec::new();
        let mut keys = Seen::default();
        let mut matches = object.into_inner();
        while let Some(found) = matches.next().filter(|it| it.as_rule() == Rule::string) {
            let key = Name {
                text: unescape(found.as_str()),
                span: self.span(&found),
            };
            let value = matches.nth(1).expect("a colon and a value follow a key");
            if let Some(first) = keys.insert(found.as_str(), key.span) {
                return Err(SyntaxError::DuplicateKey {
                    key,
                    first,
                    value: self.span(&value),
                });
            }
            pairs.push(Pair {
                key,
                value: self.value(value)?,
            });
        }
        Ok(Object { pairs })
    }

    fn span(&self, found: &Match<'_, Rule>) -> Span {
        let span = found.as_span();
        let (start, end) = (
            self.tokens.place(span.start()),
            self.tokens.end_place(span.end()),
        );
        Span::within(self.base, start, end)
    }

    /// What is wrong where the grammar got stuck. What ended the tokens comes
    /// first, if the grammar got that far.
    fn explain(&self, error: &PestError<Rule>, source: &str) -> SyntaxError {
        let (InputLocation::Pos(offset) | InputLocation::Span((offset, _))) = error.location;
        if let Some(stop) = &self.tokens.stop
            && offset == self.tokens.text.len()
        {
            return stop.clone();
        }
        let place = self.tokens.place(offset);
        let (found, length) = found(&source[place..]);
        let span = Span::within(self.base, place, place + length);
        SyntaxError::Expected {
            expected: expected(error),
            found,
            span,
        }
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
        if !rest.starts_with('#') || tokens::starts_doc(rest, loose_docs) {
            return length;
        }
        length += tokens::line_length(rest);
    }
}

/// The rules that could have gone on, in words.
fn expected(error: &PestError<Rule>) -> Expected {
    let ErrorVariant::ParsingError { positives, .. } = &error.variant else {
        unreachable!("the grammar raises no errors of its own");
    };
    let has = |rule| positives.contains(&rule);
    let value = has(Rule::boolean);
    match () {
        () if has(Rule::colon) => Expected::Colon,
        () if value && has(Rule::array_end) => Expected::ValueOrEnd,
        () if value => Expected::Value,
        () if has(Rule::array_end) => Expected::CommaOrArrayEnd,
        () if has(Rule::string) && has(Rule::object_end) => Expected::KeyOrEnd,
        () if has(Rule::string) => Expected::Key,
        () => Expected::CommaOrObjectEnd,
    }
}

/// The token that `text` starts with, and its length.
fn found(text: &str) -> (Found, usize) {
    match text.chars().next() {
        None => (Found::End, 0),
        Some('#') => (Found::Doc, tokens::line_length(text)),
        Some('\'') => (
            Found::String,
            text[1..].find('\'').map_or(1, |length| length + 2),
        ),
        Some('t') => (Found::Boolean, "true".len()),
        Some('f') => (Found::Boolean, "false".len()),
        Some(mark) => (Found::Mark(mark), mark.len_utf8()),
    }
}

/// The content of a string with its quotes; [`Tokens::read`] has seen to the escapes.
fn unescape(literal: &str) -> String {
    let content = &literal[1..literal.len() - 1];
    if content.contains('\\') {
        content.replace(r"\\", r"\")
    } else {
        content.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialect::Dialect;

    fn items(text: &str, dialect: Dialect) -> Vec<Result<Item, SyntaxError>> {
        parse(text, 0, dialect.tolerances()).collect()
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
