//! From bytes to tokens.

use super::{JsonError, text};
use crate::{scan, unicode};

/// How much of a broken token an error message quotes.
///
/// QEMU quotes all of it, up to 64 MiB.
const MAX_QUOTED: usize = 4096;

/// The kinds of tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Token {
    LeftBrace,
    RightBrace,
    LeftBracket,
    RightBracket,
    Colon,
    Comma,
    String,
    Integer,
    Float,
    Keyword,
}

/// What the lexer has found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lexed {
    Token(Token),
    /// A byte that fits nowhere.
    Stray,
    /// A token larger than a message may be.
    TooLong,
}

/// Between tokens, or somewhere in one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum State {
    #[default]
    Start,
    /// After a stray byte: what follows is passed over.
    Recovery,
    String,
    /// In a string, after a backslash.
    Escape,
    /// After `-`.
    Minus,
    /// After a leading `0`.
    Zero,
    Integer,
    /// After the point of a number.
    Point,
    Fraction,
    /// After the `e` of a number.
    Exponent,
    /// After the sign behind the `e`.
    ExponentSign,
    ExponentDigits,
    Keyword,
}

/// What to do with the byte at hand.
enum Step {
    /// It belongs to the token, which goes on in this state.
    Take(State),
    /// It belongs to nothing.
    Pass,
    /// It is the quote at the end of a string.
    Finish,
    /// The token has ended before it.
    FinishBefore(Token),
    /// It is the first one behind a stray one that means something again.
    Resume,
    /// It fits nowhere.
    Stray,
}

/// Cuts tokens, one at a time, out of input that arrives in pieces.
///
/// A token is collected at the end of `text`, where it stays if it turns out
/// to be a string without anything special.
#[derive(Debug)]
pub(super) struct Lexer {
    /// What a token may not exceed.
    max_bytes: usize,
    state: State,
    /// Where the token begins in the text; the quotes of a string are left out.
    start: usize,
    /// The quote that the string began with, if the token is one.
    quote: Option<u8>,
    /// The string has to be looked at again: it has escapes, or more than ASCII.
    special: bool,
    /// How many bytes of the token are not in the text any more.
    passed: usize,
    /// What is wrong with the string, if that is known already.
    mistake: Option<JsonError>,
}

impl Lexer {
    /// A lexer of tokens of at most `max_bytes`.
    pub(super) fn new(max_bytes: usize) -> Self {
        Self {
            max_bytes,
            state: State::default(),
            start: 0,
            quote: None,
            special: false,
            passed: 0,
            mistake: None,
        }
    }

    /// Reads from the front of `input` up to the end of a token.
    #[inline]
    pub(super) fn next(&mut self, input: &mut &[u8], text: &mut Vec<u8>) -> Option<Lexed> {
        match self.cut(input, text) {
            Some(token) => Some(Lexed::Token(token)),
            None => self.next_in_pieces(input, text),
        }
    }

    /// Reads byte by byte, and remembers in between how far it has come.
    fn next_in_pieces(&mut self, input: &mut &[u8], text: &mut Vec<u8>) -> Option<Lexed> {
        loop {
            if self.state == State::String {
                self.take_run(input, text);
            }
            let (&byte, rest) = input.split_first()?;
            match self.step(byte) {
                Step::Pass => {}
                Step::Resume => {
                    self.state = State::Start;
                    if let Some(token) = self.cut(input, text) {
                        return Some(Lexed::Token(token));
                    }
                    continue;
                }
                Step::Take(state) => {
                    self.take(byte, text);
                    self.state = state;
                    if self.taken(text) > self.max_bytes {
                        *input = rest;
                        self.state = State::Start;
                        return Some(Lexed::TooLong);
                    }
                }
                Step::Finish => {
                    *input = rest;
                    self.state = State::Start;
                    return Some(Lexed::Token(Token::String));
                }
                Step::FinishBefore(token) => {
                    self.state = State::Start;
                    return Some(Lexed::Token(token));
                }
                Step::Stray => {
                    self.take(byte, text);
                    *input = rest;
                    self.state = State::Recovery;
                    return Some(Lexed::Stray);
                }
            }
            *input = rest;
        }
    }

    /// Takes `punctuation` off the front of `input`, if that comes next.
    #[inline]
    pub(super) fn take_if_next(&self, punctuation: u8, input: &mut &[u8]) -> bool {
        match input.split_first() {
            Some((&byte, rest)) if byte == punctuation && self.state == State::Start => {
                *input = rest;
                true
            }
            _ => false,
        }
    }

    /// Cuts a token that is all there and nothing special, which is the quick
    /// way for nearly all of them. Otherwise passes over white space only.
    #[inline]
    fn cut(&mut self, input: &mut &[u8], text: &mut Vec<u8>) -> Option<Token> {
        if self.state != State::Start {
            return None;
        }
        let is_space = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\r' | b'\n');
        while let Some((_, rest)) = input.split_first().filter(|(byte, _)| is_space(byte)) {
            *input = rest;
        }
        let (&byte, rest) = input.split_first()?;
        let token = match byte {
            b'{' => Token::LeftBrace,
            b'}' => Token::RightBrace,
            b'[' => Token::LeftBracket,
            b']' => Token::RightBracket,
            b':' => Token::Colon,
            b',' => Token::Comma,
            b'"' | b'\'' => return self.cut_string(byte, input, text),
            _ => return None,
        };
        self.start = text.len();
        self.quote = None;
        self.passed = 0;
        *input = rest;
        Some(token)
    }

    /// Cuts a string at the front of `input` that ends there and has no escapes.
    #[inline]
    fn cut_string(&mut self, quote: u8, input: &mut &[u8], text: &mut Vec<u8>) -> Option<Token> {
        let start = text.len();
        let inside = &input[1..];
        let run = scan::copy_plain(inside, quote, text);
        if inside.get(run.length) != Some(&quote) || run.length >= self.max_bytes {
            text.truncate(start);
            return None;
        }
        self.start = start;
        self.quote = Some(quote);
        self.special = !run.is_ascii;
        self.passed = 0;
        *input = &inside[run.length + 1..];
        Some(Token::String)
    }

    /// Adds `byte` to the token, or begins one with it.
    fn take(&mut self, byte: u8, text: &mut Vec<u8>) {
        if self.state == State::Start {
            self.start = text.len();
            self.quote = matches!(byte, b'"' | b'\'').then_some(byte);
            self.special = false;
            self.passed = 0;
            if self.quote.is_some() {
                return;
            }
        }
        self.special |= byte == b'\\' || !byte.is_ascii();
        text.push(byte);
    }

    /// Takes the ordinary bytes of a string, all at once.
    fn take_run(&mut self, input: &mut &[u8], text: &mut Vec<u8>) {
        let Some(quote) = self.quote else { return };
        let room = self.max_bytes.saturating_sub(self.taken(text));
        let window = &input[..input.len().min(room)];
        let run = scan::copy_plain(window, quote, text);
        self.special |= !run.is_ascii;
        *input = &input[run.length..];
    }

    /// How many bytes of an incomplete token have been taken.
    fn taken(&self, text: &[u8]) -> usize {
        text.len() - self.start + self.passed + usize::from(self.quote.is_some())
    }

    fn step(&self, byte: u8) -> Step {
        use State as S;
        match (self.state, byte) {
            (S::Start, _) => start(byte),

            (S::Recovery, b'[' | b']' | b'{' | b'}' | b':' | b',' | 0xFE..) => Step::Resume,
            (S::Recovery, b'\t' | 0x20..) => Step::Pass,
            (S::Recovery, _) => Step::Resume,

            (S::String, _) if Some(byte) == self.quote => Step::Finish,
            (S::String, b'\\') => Step::Take(S::Escape),
            (S::String | S::Escape, _) if is_string_byte(byte) => Step::Take(S::String),
            (S::String | S::Escape, _) => Step::Stray,

            (S::Minus, b'0') => Step::Take(S::Zero),
            (S::Minus, b'1'..=b'9') => Step::Take(S::Integer),
            (S::Zero, b'0'..=b'9') => Step::Stray,
            (S::Zero | S::Integer, b'.') => Step::Take(S::Point),
            (S::Integer, b'0'..=b'9') => Step::Take(S::Integer),
            (S::Integer | S::Fraction, b'e' | b'E') => Step::Take(S::Exponent),
            (S::Zero | S::Integer, _) => Step::FinishBefore(Token::Integer),
            (S::Point | S::Fraction, b'0'..=b'9') => Step::Take(S::Fraction),
            (S::Exponent, b'+' | b'-') => Step::Take(S::ExponentSign),
            (S::Exponent | S::ExponentSign | S::ExponentDigits, b'0'..=b'9') => {
                Step::Take(S::ExponentDigits)
            }
            (S::Fraction | S::ExponentDigits, _) => Step::FinishBefore(Token::Float),
            (S::Minus | S::Point | S::Exponent | S::ExponentSign, _) => Step::Stray,

            (S::Keyword, b'a'..=b'z') => Step::Take(S::Keyword),
            (S::Keyword, _) => Step::FinishBefore(Token::Keyword),
        }
    }

    /// How many bytes `token`, which was cut last, has in the input.
    pub(super) fn written(&self, token: Token, text: &[u8]) -> usize {
        let length = text.len() - self.start + self.passed;
        match token {
            Token::String => length + 2,
            Token::Integer | Token::Float | Token::Keyword => length,
            _ => 1,
        }
    }

    /// Where the token that was cut last begins in the text.
    pub(super) fn start(&self) -> usize {
        self.start
    }

    /// Makes the token that was cut last, a string, what it means.
    pub(super) fn finish_string(&self, text: &mut Vec<u8>) -> Result<(), JsonError> {
        if self.special {
            if let Some(mistake) = &self.mistake {
                return Err(mistake.clone());
            }
            text::finish(text, self.start, self.quote.unwrap_or(b'"'))?;
        }
        Ok(())
    }

    /// The quote of the string at hand, if it is longer than `length` and not complete.
    pub(super) fn long_string(&self, text: &[u8], length: usize) -> Option<u8> {
        let is_inside = matches!(self.state, State::String | State::Escape);
        self.quote
            .filter(|_| is_inside && text.len() - self.start > length)
    }

    /// How many more bytes the string at hand may have, if none of them depends on the one before.
    pub(super) fn room(&self, text: &[u8]) -> usize {
        match self.state {
            State::String => self.max_bytes.saturating_sub(self.taken(text)),
            _ => 0,
        }
    }

    /// Takes bytes of the string at hand that are not in the text.
    pub(super) fn pass(&mut self, count: usize) {
        self.passed += count;
    }

    /// Forgets the text of the string at hand, but for what an error message may quote.
    pub(super) fn forget(&mut self, text: &mut Vec<u8>) {
        let kept = (self.start + MAX_QUOTED).min(text.len());
        self.passed += text.len() - kept;
        text.truncate(kept);
    }

    /// What stands in the text of the string at hand and was not quoted ahead.
    pub(super) fn unforgotten<'t>(&self, text: &'t [u8]) -> &'t [u8] {
        text.get(self.start + MAX_QUOTED..).unwrap_or_default()
    }

    /// Makes the string that was cut last an empty one, or none at all.
    pub(super) fn replace(&mut self, result: Result<(), JsonError>, text: &mut Vec<u8>) {
        self.passed += text.len() - self.start;
        text.truncate(self.start);
        self.special = result.is_err();
        self.mistake = result.err();
    }

    /// Forgets what was wrong with a string that was replaced.
    pub(super) fn end_upload(&mut self) {
        self.mistake = None;
    }

    /// The stray bytes, for an error message.
    pub(super) fn stray(&self, text: &[u8]) -> String {
        let quote = self.quote.as_slice();
        let token = &text[self.start..];
        let token = &token[..token.len().min(MAX_QUOTED)];
        unicode::quote(&[quote, token].concat())
    }
}

/// A byte between tokens that begins one, but for punctuation.
fn start(byte: u8) -> Step {
    match byte {
        b'"' | b'\'' => Step::Take(State::String),
        b'-' => Step::Take(State::Minus),
        b'0' => Step::Take(State::Zero),
        b'1'..=b'9' => Step::Take(State::Integer),
        b'a'..=b'z' => Step::Take(State::Keyword),
        _ => Step::Stray,
    }
}

/// Whether a byte may stand in a string as it is, or after a backslash.
fn is_string_byte(byte: u8) -> bool {
    (0x20..0xFE).contains(&byte)
}
