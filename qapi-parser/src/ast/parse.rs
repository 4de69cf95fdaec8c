//! Tokens to values. The only file that names pest.

use std::borrow::Cow;

use pest::Parser;
use pest::error::{Error as PestError, ErrorVariant, InputLocation};
use pest::iterators::Pair as Match;
use pest_derive::Parser;

use super::error::{Expected, Found, SyntaxError};
use super::string;
use super::tokens::{Tokens, line_length};
use super::{Object, Pair, Value, ValueKind};
use crate::dialect::Tolerances;
use crate::source::{Name, Span};
use crate::text::Text;

#[derive(Parser)]
#[grammar = "ast/qapi.pest"]
struct Grammar;

/// What the tokens of an expression say. They were found in `source`, which is
/// at `base`.
pub(super) fn parse_value(
    tokens: &Tokens<'_>,
    source: &Text,
    base: u32,
    tolerances: &Tolerances,
) -> Result<Value, SyntaxError> {
    let rule = match tolerances.loose_commas {
        true => Rule::loose_expression,
        false => Rule::expression,
    };
    let shape = Shape {
        tokens,
        source,
        base,
        tolerances,
    };
    let mut matches = Grammar::parse(rule, &tokens.text).map_err(|error| shape.explain(&error))?;
    Ok(shape.value(matches.next().expect("both rules hold one value")))
}

/// Makes sense of what the grammar found in the tokens of an expression.
struct Shape<'a> {
    tokens: &'a Tokens<'a>,
    /// The text that the tokens are from.
    source: &'a Text,
    /// Its offset in the sources.
    base: u32,
    tolerances: &'a Tolerances,
}

impl Shape<'_> {
    /// Recurses no deeper than [`tokens::MAX_DEPTH`](super::tokens::MAX_DEPTH).
    fn value(&self, value: Match<'_, Rule>) -> Value {
        let span = self.span(&value);
        let kind = match value.as_rule() {
            Rule::string => ValueKind::String(self.text(&value, span)),
            Rule::boolean => ValueKind::Bool(value.as_str() == "true"),
            Rule::object | Rule::loose_object => ValueKind::Object(self.object(value)),
            Rule::array | Rule::loose_array => ValueKind::Array(self.array(value)),
            rule => unreachable!("no value is a {rule:?}"),
        };
        Value { kind, span }
    }

    fn array(&self, array: Match<'_, Rule>) -> Vec<Value> {
        let matches = array.into_inner();
        // All but the bracket are elements.
        let count = matches.len() - 1;
        matches.take(count).map(|it| self.value(it)).collect()
    }

    fn object(&self, object: Match<'_, Rule>) -> Object {
        let mut matches = object.into_inner();
        // Each pair is a key, a colon and a value.
        let mut pairs = Vec::with_capacity(matches.len() / 3);
        while let Some(found) = matches.next().filter(|it| it.as_rule() == Rule::string) {
            let span = self.span(&found);
            let text = self.text(&found, span);
            let key = Name { text, span };
            let value = matches.nth(1).expect("a colon and a value follow a key");
            let value = self.value(value);
            pairs.push(Pair { key, value });
        }
        Object { pairs }
    }

    /// What a string says: nearly always what stands in the source between its quotes.
    fn text(&self, string: &Match<'_, Rule>, span: Span) -> Text {
        match string::unescape(string.as_str(), self.tolerances) {
            Cow::Borrowed(_) => {
                let local = |offset: u32| (offset - self.base) as usize;
                self.source
                    .slice(local(span.start) + 1..local(span.end) - 1)
            }
            Cow::Owned(text) => text.into(),
        }
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
    fn explain(&self, error: &PestError<Rule>) -> SyntaxError {
        let (InputLocation::Pos(offset) | InputLocation::Span((offset, _))) = error.location;
        if let Some(stop) = &self.tokens.stop
            && offset == self.tokens.text.len()
        {
            return stop.clone();
        }
        let place = self.tokens.place(offset);
        let (found, length) = self.found(place);
        let span = Span::within(self.base, place, place + length);
        SyntaxError::Expected {
            expected: expected(error),
            found,
            span,
        }
    }

    /// The token at a place in the source, and its length.
    fn found(&self, place: usize) -> (Found, usize) {
        let rest = &self.source[place..];
        match rest.chars().next() {
            None => (Found::End, 0),
            Some('#') => (Found::Doc, line_length(rest)),
            Some('\'') => {
                let length = string::length(rest, self.base, self.tolerances);
                (Found::String, length.unwrap_or(1))
            }
            Some('t') => (Found::Boolean, "true".len()),
            Some('f') => (Found::Boolean, "false".len()),
            Some(mark) => (Found::Mark(mark), mark.len_utf8()),
        }
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
