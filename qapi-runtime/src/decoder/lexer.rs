//! From bytes to tokens.

use super::{JsonError, text};
use crate::{scan, unicode};

/// How much of a broken token an error message quotes.
///
/// QEMU quotes all of it, up to 64 MiB.
const MAX_QUOTED: usize = 4096;

/// Room that is kept from one token to the next.
const ROOM: usize = 64 * 1024;

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
    /// It belongs to no token.
    Pass(State),
    /// It is the last one of a token.
    Finish(Token),
    /// The token has ended before it.
    FinishBefore(Token),
    /// It is the first one behind a stray one that means something again.
    Resume,
    /// It fits nowhere.
    Stray,
}

/// Cuts tokens, one at a time, out of input that arrives in pieces.
#[derive(Debug)]
pub(super) struct Lexer {
    /// What a token may not exceed.
    max_bytes: usize,
    state: State,
    /// The token so far; the quotes of a string are left out.
    token: Vec<u8>,
    /// The quote that the string began with, if the token is one.
    quote: Option<u8>,
}

impl Lexer {
    /// A lexer of tokens of at most `max_bytes`.
    pub(super) fn new(max_bytes: usize) -> Self {
        Self {
            max_bytes,
            state: State::default(),
            token: Vec::new(),
            quote: None,
        }
    }

    /// Reads from the front of `input` up to the end of a token.
    pub(super) fn next(&mut self, input: &mut &[u8]) -> Option<Lexed> {
        loop {
            if self.state == State::String {
                self.take_run(input);
            }
            let (&byte, rest) = input.split_first()?;
            match self.step(byte) {
                Step::Pass(state) => self.state = state,
                Step::Resume => {
                    self.state = State::Start;
                    continue;
                }
                Step::Take(state) => {
                    if self.state == State::Start {
                        self.begin(byte);
                    } else {
                        self.token.push(byte);
                    }
                    self.state = state;
                    if self.written() > self.max_bytes {
                        *input = rest;
                        self.state = State::Start;
                        return Some(Lexed::TooLong);
                    }
                }
                Step::Finish(token) => {
                    if token != Token::String {
                        self.begin(byte);
                    }
                    *input = rest;
                    self.state = State::Start;
                    return Some(Lexed::Token(token));
                }
                Step::FinishBefore(token) => {
                    self.state = State::Start;
                    return Some(Lexed::Token(token));
                }
                Step::Stray => {
                    if self.state == State::Start {
                        self.begin(byte);
                    } else {
                        self.token.push(byte);
                    }
                    *input = rest;
                    self.state = State::Recovery;
                    return Some(Lexed::Stray);
                }
            }
            *input = rest;
        }
    }

    /// Starts a token with `byte`.
    fn begin(&mut self, byte: u8) {
        self.forget();
        self.quote = matches!(byte, b'"' | b'\'').then_some(byte);
        if self.quote.is_none() {
            self.token.push(byte);
        }
    }

    /// Takes the ordinary bytes of a string, all at once.
    fn take_run(&mut self, input: &mut &[u8]) {
        let Some(quote) = self.quote else { return };
        let room = self.max_bytes.saturating_sub(self.written());
        let window = &input[..input.len().min(room)];
        let end = scan::find(window, |byte| {
            (byte == quote) | (byte == b'\\') | !is_string_byte(byte)
        });
        let (run, _) = window.split_at(end.unwrap_or(window.len()));
        self.token.extend_from_slice(run);
        *input = &input[run.len()..];
    }

    fn step(&self, byte: u8) -> Step {
        use State as S;
        match (self.state, byte) {
            (S::Start, _) => start(byte),

            (S::Recovery, b'[' | b']' | b'{' | b'}' | b':' | b',' | 0xFE..) => Step::Resume,
            (S::Recovery, b'\t' | 0x20..) => Step::Pass(S::Recovery),
            (S::Recovery, _) => Step::Resume,

            (S::String, _) if Some(byte) == self.quote => Step::Finish(Token::String),
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

    /// How many bytes the token has in the input.
    pub(super) fn written(&self) -> usize {
        let quotes = match (self.quote, self.state) {
            (None, _) => 0,
            (Some(_), State::Start) => 2,
            (Some(_), _) => 1,
        };
        self.token.len() + quotes
    }

    /// The number or keyword that was cut last.
    pub(super) fn word(&self) -> &str {
        std::str::from_utf8(&self.token).expect("numbers and keywords are ASCII")
    }

    /// The string that was cut last.
    pub(super) fn string(&mut self) -> Result<String, JsonError> {
        text::parse(&mut self.token, self.quote.unwrap_or(b'"'))
    }

    /// The stray bytes, for an error message.
    pub(super) fn stray(&self) -> String {
        let quote = self.quote.as_slice();
        let token = &self.token[..self.token.len().min(MAX_QUOTED)];
        unicode::quote(&[quote, token].concat())
    }

    /// Gives back the room of a token that nobody needs any more.
    pub(super) fn forget(&mut self) {
        self.token.clear();
        self.token.shrink_to(ROOM);
        self.quote = None;
    }
}

/// A byte between tokens.
fn start(byte: u8) -> Step {
    match byte {
        b' ' | b'\t' | b'\r' | b'\n' => Step::Pass(State::Start),
        b'{' => Step::Finish(Token::LeftBrace),
        b'}' => Step::Finish(Token::RightBrace),
        b'[' => Step::Finish(Token::LeftBracket),
        b']' => Step::Finish(Token::RightBracket),
        b':' => Step::Finish(Token::Colon),
        b',' => Step::Finish(Token::Comma),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_room_of_a_large_token_is_given_back() {
        let large = "x".repeat(1 << 20);
        for end in ["\\n\"]", "\u{1}"] {
            let mut lexer = Lexer::new(usize::MAX);
            let input = format!("\"{large}{end}");
            let mut input = input.as_bytes();
            assert!(lexer.next(&mut input).is_some());
            assert!(lexer.token.capacity() > ROOM);
            lexer.forget();
            assert!(lexer.token.capacity() <= ROOM);
        }
    }

    #[test]
    fn the_room_of_a_small_token_is_kept() {
        let mut lexer = Lexer::new(usize::MAX);
        assert!(lexer.next(&mut &b"'some text'"[..]).is_some());
        let capacity = lexer.token.capacity();
        lexer.forget();
        assert_eq!(lexer.token.capacity(), capacity);
    }
}
