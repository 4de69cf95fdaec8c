//! From tokens to values.

use super::lexer::{Lexer, Token};
use super::{JsonError, MAX_NESTING, MAX_TOKENS};
use crate::document::{Container, Document, Draft, Node};

/// Puts the tokens of one message together.
///
/// The end of a message is a matter of counting brackets alone: after the
/// first mistake the rest of the message is still counted, then the mistake is
/// reported. Depth is a vector, not recursion.
#[derive(Debug)]
pub(super) struct Parser {
    /// What the bytes of a message have to stay below.
    max_bytes: usize,
    expected: Expected,
    /// The containers that are open around the place at hand.
    open: Vec<Open>,
    /// The first mistake of the message.
    mistake: Option<JsonError>,
    braces: isize,
    brackets: isize,
    tokens: usize,
    bytes: usize,
}

/// What the next token has to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Expected {
    /// The start of a value, which may be a key.
    #[default]
    Value,
    /// The start of a value, or the end of the container that has just begun.
    ValueOrEnd,
    Colon,
    /// A comma, or the end of the container.
    Separator,
}

/// A container whose end has not come yet.
#[derive(Debug)]
struct Open {
    container: Container,
    next: Next,
}

/// What the next complete value is to its container.
#[derive(Debug)]
enum Next {
    /// An element of an array, after so many others.
    Element(u32),
    /// A key of an object.
    Key,
    /// What belongs to the last key of an object.
    Member,
}

impl Parser {
    /// A parser of messages whose tokens have fewer than `max_bytes`.
    pub(super) fn new(max_bytes: usize) -> Self {
        Self {
            max_bytes,
            expected: Expected::default(),
            open: Vec::new(),
            mistake: None,
            braces: 0,
            brackets: 0,
            tokens: 0,
            bytes: 0,
        }
    }

    /// Takes the token that `lexer` has cut last; tells whether `draft` is a complete message now.
    #[inline]
    pub(super) fn accept(
        &mut self,
        token: Token,
        lexer: &Lexer,
        draft: &mut Draft,
    ) -> Option<Result<(), JsonError>> {
        if let Err(error) = self.count(token, lexer.written(token, &draft.text)) {
            return Some(Err(error));
        }
        let mut complete = false;
        if self.mistake.is_some() {
            draft.text.truncate(lexer.start());
        } else {
            match self.place(token, lexer, draft) {
                Ok(is_complete) => complete = is_complete,
                Err(mistake) => self.give_up(mistake, draft),
            }
        }
        let goes_on = self.braces >= 0 && self.brackets >= 0 && self.braces + self.brackets > 0;
        if goes_on {
            return None;
        }
        match self.mistake.take() {
            Some(mistake) => Some(Err(mistake)),
            None => complete.then_some(Ok(())),
        }
    }

    /// Takes the colon or comma that nearly always comes next. This is what
    /// `accept` does with it, only sooner.
    #[inline]
    pub(super) fn accept_separator(
        &mut self,
        lexer: &Lexer,
        input: &mut &[u8],
    ) -> Option<Result<(), JsonError>> {
        let (token, byte) = match self.expected {
            Expected::Colon => (Token::Colon, b':'),
            Expected::Separator => (Token::Comma, b','),
            Expected::Value | Expected::ValueOrEnd => return None,
        };
        if self.mistake.is_some() || !lexer.take_if_next(byte, input) {
            return None;
        }
        self.expected = Expected::Value;
        self.count(token, 1).err().map(Err)
    }

    /// The draft as if it ended after the string that is being read, and that were empty: if it is a
    /// member of an object that is a member of the outermost one, as an argument is.
    #[cold]
    pub(super) fn opening(&self, draft: &Draft, start: usize) -> Option<Document> {
        let [outer, inner] = &self.open[..] else {
            return None;
        };
        let is_member = |open: &Open| matches!(open.next, Next::Member);
        let is_value = self.expected == Expected::Value && self.mistake.is_none();
        let is_argument = is_value && is_member(outer) && is_member(inner);
        is_argument.then(|| draft.opening(&outer.container, &inner.container, start))?
    }

    /// Builds nothing more of this message.
    #[cold]
    fn give_up(&mut self, mistake: JsonError, draft: &mut Draft) {
        self.open.clear();
        draft.clear();
        self.mistake = Some(mistake);
    }

    /// Forgets the message, and most of the room it took.
    pub(super) fn reset(&mut self) {
        /// Room that is kept for the containers of the next message.
        const ROOM: usize = 16;

        let mut open = std::mem::take(&mut self.open);
        open.clear();
        open.shrink_to(ROOM);
        *self = Self {
            open,
            ..Self::new(self.max_bytes)
        };
    }

    /// Counts a token that takes up so many bytes.
    #[inline]
    fn count(&mut self, token: Token, bytes: usize) -> Result<(), JsonError> {
        match token {
            Token::LeftBrace => self.braces += 1,
            Token::RightBrace => self.braces -= 1,
            Token::LeftBracket => self.brackets += 1,
            Token::RightBracket => self.brackets -= 1,
            _ => {}
        }
        self.bytes += bytes;
        self.tokens += 1;
        if self.bytes >= self.max_bytes {
            return Err(JsonError::Size);
        }
        if self.tokens > MAX_TOKENS {
            return Err(JsonError::Count);
        }
        // A negative count ends the message anyway.
        if self.braces + self.brackets > MAX_NESTING.cast_signed() {
            return Err(JsonError::Nesting);
        }
        Ok(())
    }

    /// Puts a token where it belongs; tells whether that completes the outermost value.
    #[inline]
    fn place(&mut self, token: Token, lexer: &Lexer, draft: &mut Draft) -> Result<bool, JsonError> {
        use Expected as E;

        match (token, self.expected) {
            (Token::Colon, E::Colon) | (Token::Comma, E::Separator) => {
                self.expected = E::Value;
                Ok(false)
            }
            (Token::String, E::Value | E::ValueOrEnd) => {
                lexer.finish_string(&mut draft.text)?;
                draft.add_string(lexer.start());
                self.finish_value(true, draft)
            }
            (Token::Integer | Token::Float | Token::Keyword, E::Value | E::ValueOrEnd) => {
                let word = std::str::from_utf8(&draft.text[lexer.start()..]);
                let node = scalar(token, word.expect("numbers and keywords are ASCII"))?;
                draft.text.truncate(lexer.start());
                draft.add(node);
                self.finish_value(false, draft)
            }
            (Token::LeftBrace, E::Value | E::ValueOrEnd) => Ok(self.begin(Next::Key, draft)),
            (Token::LeftBracket, E::Value | E::ValueOrEnd) => {
                Ok(self.begin(Next::Element(0), draft))
            }
            (Token::RightBrace | Token::RightBracket, E::ValueOrEnd | E::Separator) => {
                self.end(token, draft)
            }
            _ => Err(self.misfit()),
        }
    }

    /// Says what is wrong with a token that cannot stand here.
    fn misfit(&self) -> JsonError {
        match (self.expected, self.open.last().map(|open| &open.next)) {
            (Expected::Value | Expected::ValueOrEnd, _) => JsonError::Value,
            (Expected::Colon, _) => JsonError::Colon,
            (Expected::Separator, Some(Next::Key | Next::Member)) => JsonError::ObjectSeparator,
            (Expected::Separator, Some(Next::Element(_)) | None) => JsonError::ArraySeparator,
        }
    }

    fn begin(&mut self, next: Next, draft: &mut Draft) -> bool {
        let container = draft.begin();
        self.open.push(Open { container, next });
        self.expected = Expected::ValueOrEnd;
        false
    }

    /// Ends the innermost container, if it is one that `token` ends.
    fn end(&mut self, token: Token, draft: &mut Draft) -> Result<bool, JsonError> {
        let ends = |open: &mut Open| match open.next {
            Next::Element(_) => token == Token::RightBracket,
            Next::Key | Next::Member => token == Token::RightBrace,
        };
        let Some(Open { container, next }) = self.open.pop_if(ends) else {
            return Err(self.misfit());
        };
        match next {
            Next::Element(len) => draft.end_array(container, len),
            Next::Key | Next::Member => draft.end_object(container),
        }
        self.finish_value(false, draft)
    }

    /// Gives a complete value its meaning in the container around it.
    #[inline]
    fn finish_value(&mut self, is_string: bool, draft: &mut Draft) -> Result<bool, JsonError> {
        let Some(Open { container, next }) = self.open.last_mut() else {
            return Ok(true);
        };
        self.expected = Expected::Separator;
        match next {
            Next::Element(len) => *len += 1,
            // A key may be any value until it is complete: that is when QEMU
            // looks at what it has got.
            Next::Key if !is_string => return Err(JsonError::Key),
            Next::Key => {
                draft.make_key();
                self.expected = Expected::Colon;
                *next = Next::Member;
            }
            Next::Member if draft.last_key_is_new(container) => *next = Next::Key,
            Next::Member => return Err(JsonError::DuplicateKey),
        }
        Ok(false)
    }
}

/// The value of a token that is one by itself.
fn scalar(token: Token, word: &str) -> Result<Node, JsonError> {
    match (token, word) {
        (Token::Integer, _) => Ok(integer(word)),
        (Token::Float, _) => Ok(double(word)),
        (_, "true") => Ok(Node::Boolean(true)),
        (_, "false") => Ok(Node::Boolean(false)),
        (_, "null") => Ok(Node::Null),
        (_, other) => Err(JsonError::Keyword(other.to_owned())),
    }
}

/// A number without fraction and exponent: exact if 64 bits can hold it.
fn integer(word: &str) -> Node {
    if let Ok(number) = word.parse() {
        Node::Signed(number)
    } else if let Ok(number) = word.parse() {
        Node::Unsigned(number)
    } else {
        double(word)
    }
}

fn double(word: &str) -> Node {
    let number: f64 = word.parse().expect("a number token is a number");
    Node::Double(number.clamp(f64::MIN, f64::MAX))
}
