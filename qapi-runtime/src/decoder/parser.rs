//! From tokens to values.

use serde_json::{Map, Number, Value};

use super::lexer::{Lexer, Token};
use super::{JsonError, MAX_NESTING, MAX_TOKENS};

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
    open: Vec<Container>,
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
enum Container {
    Array(Vec<Value>),
    /// An object, with the key whose value is read, if that far.
    Object(Map<String, Value>, Option<String>),
}

impl Parser {
    /// Takes the token that `lexer` has cut last; gives the message it completes.
    pub(super) fn accept(
        &mut self,
        token: Token,
        lexer: &mut Lexer,
    ) -> Option<Result<Value, JsonError>> {
        match token {
            Token::LeftBrace => self.braces += 1,
            Token::RightBrace => self.braces -= 1,
            Token::LeftBracket => self.brackets += 1,
            Token::RightBracket => self.brackets -= 1,
            _ => {}
        }
        if let Err(error) = self.check_limits(lexer.written()) {
            return Some(Err(error));
        }
        let mut message = None;
        if self.mistake.is_none() {
            match self.place(token, lexer) {
                Ok(value) => message = value,
                Err(mistake) => {
                    self.open.clear();
                    self.mistake = Some(mistake);
                }
            }
        }
        let ends = self.braces < 0 || self.brackets < 0 || (self.braces == 0 && self.brackets == 0);
        if !ends {
            return None;
        }
        match self.mistake.take() {
            Some(mistake) => Some(Err(mistake)),
            None => message.map(Ok),
        }
    }

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

    fn check_limits(&mut self, written: usize) -> Result<(), JsonError> {
        self.bytes += written;
        self.tokens += 1;
        if self.bytes >= self.max_bytes {
            return Err(JsonError::Size);
        }
        if self.tokens > MAX_TOKENS {
            return Err(JsonError::Count);
        }
        // A negative count ends the message anyway.
        let depth = usize::try_from(self.braces + self.brackets).unwrap_or(0);
        if depth > MAX_NESTING {
            return Err(JsonError::Nesting);
        }
        Ok(())
    }

    /// Puts a token where it belongs; gives the value of the outermost level.
    fn place(&mut self, token: Token, lexer: &mut Lexer) -> Result<Option<Value>, JsonError> {
        match self.expected {
            Expected::ValueOrEnd if self.ends(token) => self.close(),
            Expected::Value | Expected::ValueOrEnd => self.start_value(token, lexer),
            Expected::Colon if token == Token::Colon => {
                self.expected = Expected::Value;
                Ok(None)
            }
            Expected::Colon => Err(JsonError::Colon),
            Expected::Separator if self.ends(token) => self.close(),
            Expected::Separator if token == Token::Comma => {
                self.expected = Expected::Value;
                Ok(None)
            }
            Expected::Separator => Err(match self.open.last() {
                Some(Container::Object(..)) => JsonError::ObjectSeparator,
                _ => JsonError::ArraySeparator,
            }),
        }
    }

    /// Whether `token` ends the innermost container.
    fn ends(&self, token: Token) -> bool {
        matches!(
            (self.open.last(), token),
            (Some(Container::Array(_)), Token::RightBracket)
                | (Some(Container::Object(..)), Token::RightBrace)
        )
    }

    fn start_value(&mut self, token: Token, lexer: &mut Lexer) -> Result<Option<Value>, JsonError> {
        let value = match token {
            Token::LeftBrace => return self.begin(Container::Object(Map::new(), None)),
            Token::LeftBracket => return self.begin(Container::Array(Vec::new())),
            Token::String => Value::String(lexer.string()?),
            Token::Integer => Value::Number(integer(lexer.word())),
            Token::Float => Value::Number(float(lexer.word())),
            Token::Keyword => keyword(lexer.word())?,
            Token::RightBrace | Token::RightBracket | Token::Colon | Token::Comma => {
                return Err(JsonError::Value);
            }
        };
        self.finish_value(value)
    }

    fn begin(&mut self, container: Container) -> Result<Option<Value>, JsonError> {
        self.open.push(container);
        self.expected = Expected::ValueOrEnd;
        Ok(None)
    }

    /// Ends the innermost container.
    fn close(&mut self) -> Result<Option<Value>, JsonError> {
        let value = match self.open.pop() {
            Some(Container::Array(elements)) => Value::Array(elements),
            Some(Container::Object(members, _)) => Value::Object(members),
            None => return Err(JsonError::Value),
        };
        self.finish_value(value)
    }

    /// Puts a complete value into the container around it.
    fn finish_value(&mut self, value: Value) -> Result<Option<Value>, JsonError> {
        match self.open.last_mut() {
            None => return Ok(Some(value)),
            Some(Container::Array(elements)) => elements.push(value),
            Some(Container::Object(members, key)) => match key.take() {
                // A key may be any value until it is complete: that is when
                // QEMU looks at what it has got.
                None => {
                    let Value::String(name) = value else {
                        return Err(JsonError::Key);
                    };
                    *key = Some(name);
                    self.expected = Expected::Colon;
                    return Ok(None);
                }
                Some(name) => {
                    if members.insert(name, value).is_some() {
                        return Err(JsonError::DuplicateKey);
                    }
                }
            },
        }
        self.expected = Expected::Separator;
        Ok(None)
    }
}

fn keyword(word: &str) -> Result<Value, JsonError> {
    match word {
        "true" => Ok(Value::Bool(true)),
        "false" => Ok(Value::Bool(false)),
        "null" => Ok(Value::Null),
        other => Err(JsonError::Keyword(other.to_owned())),
    }
}

/// A number without fraction and exponent: exact if 64 bits can hold it.
fn integer(word: &str) -> Number {
    if let Ok(number) = word.parse::<i64>() {
        number.into()
    } else if let Ok(number) = word.parse::<u64>() {
        number.into()
    } else {
        float(word)
    }
}

fn float(word: &str) -> Number {
    let number: f64 = word.parse().expect("a number token is a number");
    let finite = number.clamp(f64::MIN, f64::MAX);
    Number::from_f64(finite).expect("the number is finite")
}
