//! The keys of an expression's objects, to find those that come twice.

use std::borrow::Cow;

use super::error::SyntaxError;
use crate::seen::Seen;
use crate::source::{Name, Span};

/// Watches the tokens of an expression go by.
///
/// It does so before the grammar has seen them, because the first mistake in
/// the text is to be reported first, and the grammar gives nothing for an
/// expression that breaks off. What it finds behind the place where the grammar
/// gets stuck means nothing.
#[derive(Debug, Default)]
pub(super) struct Keys<'a> {
    /// The keys so far, for each open bracket. What follows is kept for its memory.
    brackets: Vec<Seen<Cow<'a, str>, Span>>,
    open: usize,
    /// The token before, if that is a string.
    string: Option<(Cow<'a, str>, Span)>,
    /// A key seen before whose value is still to come.
    again: Option<(Name, Span)>,
    duplicates: Vec<SyntaxError>,
}

impl<'a> Keys<'a> {
    /// Forgets everything.
    pub(super) fn clear(&mut self) {
        self.open = 0;
        self.string = None;
        self.again = None;
        self.duplicates.clear();
    }

    /// What was found, in source order.
    pub(super) fn take_duplicates(&mut self) -> Vec<SyntaxError> {
        std::mem::take(&mut self.duplicates)
    }

    /// Takes note of a string, which may be a key.
    pub(super) fn string(&mut self, text: Cow<'a, str>, span: Span) {
        self.token(span);
        self.string = Some((text, span));
    }

    /// Takes note of a bracket, a colon, a comma or a boolean; `mark` is its first byte.
    pub(super) fn mark(&mut self, mark: u8, span: Span) {
        let string = self.string.take();
        self.token(span);
        match mark {
            b'{' | b'[' => self.open(),
            b'}' | b']' => self.open = self.open.saturating_sub(1),
            b':' => {
                if let Some((text, span)) = string {
                    self.key(text, span);
                }
            }
            _ => {}
        }
    }

    /// Takes note of where the next token stands, or the end of the text.
    pub(super) fn token(&mut self, value: Span) {
        self.string = None;
        if let Some((key, first)) = self.again.take() {
            let duplicate = SyntaxError::DuplicateKey { key, first, value };
            self.duplicates.push(duplicate);
        }
    }

    fn open(&mut self) {
        match self.brackets.get_mut(self.open) {
            Some(keys) => keys.clear(),
            None => self.brackets.push(Seen::default()),
        }
        self.open += 1;
    }

    fn key(&mut self, text: Cow<'a, str>, span: Span) {
        let Some(bracket) = self.open.checked_sub(1) else {
            return;
        };
        if let Some(first) = self.brackets[bracket].insert(text.clone(), span) {
            let text = text.into_owned().into();
            self.again = Some((Name { text, span }, first));
        }
    }
}
