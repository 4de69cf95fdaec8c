//! What can be wrong with the syntax of a schema file.

use std::fmt::{self, Write as _};

use crate::diagnostic::{Diagnostic, Label, variant};
use crate::source::{Name, Span};

/// The text of a file is not a sequence of expressions.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub(crate) enum SyntaxError {
    /// Text that starts no token.
    Stray { text: String, span: Span },
    /// A string without an end on its line.
    UnterminatedString { start: Span },
    /// A backslash before something other than a backslash.
    UnknownEscape {
        character: char,
        start: Span,
        escape: Span,
    },
    /// A string with something other than printable ASCII.
    FunnyCharacter {
        character: char,
        start: Span,
        place: Span,
    },
    /// A token where another one has to stand.
    Expected {
        expected: Expected,
        found: Found,
        span: Span,
    },
    /// A key comes twice in one object; the error stands at the second value.
    DuplicateKey { key: Name, first: Span, value: Span },
    /// Brackets are nested deeper than the reader follows.
    TooDeep { limit: usize, span: Span },
}

/// What has to stand at some place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Expected {
    /// After `{`.
    KeyOrEnd,
    /// After `,` in an object.
    Key,
    /// After a key.
    Colon,
    /// After a value in an object.
    CommaOrObjectEnd,
    /// After `[`.
    ValueOrEnd,
    /// After a value in an array.
    CommaOrArrayEnd,
    /// After a colon, after `,` in an array, and at the top level.
    Value,
}

/// What stands there instead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Found {
    /// The file is over.
    End,
    /// A documentation comment.
    Doc,
    /// A string.
    String,
    /// `true` or `false`.
    Boolean,
    /// A bracket, a colon or a comma.
    Mark(char),
}

impl SyntaxError {
    /// Where the offending token starts: where QEMU's own reader points.
    pub(crate) fn span(&self) -> Span {
        match self {
            Self::Stray { span, .. } | Self::Expected { span, .. } | Self::TooDeep { span, .. } => {
                *span
            }
            Self::UnterminatedString { start }
            | Self::UnknownEscape { start, .. }
            | Self::FunnyCharacter { start, .. } => *start,
            Self::DuplicateKey { value, .. } => *value,
        }
    }

    fn labels(&self) -> Vec<Label> {
        match self {
            Self::UnknownEscape { escape, .. } => vec![Label::new(*escape, "this one")],
            Self::FunnyCharacter { place, .. } => vec![Label::new(*place, "this one")],
            Self::DuplicateKey { key, first, .. } => vec![
                Label::new(*first, "first given here"),
                Label::new(key.span, "given again here"),
            ],
            _ => Vec::new(),
        }
    }

    fn help(&self) -> Option<String> {
        match self {
            Self::Stray { text, .. } => stray_help(text),
            Self::UnterminatedString { .. } => {
                Some("a string starts and ends with `'`, on one line".to_owned())
            }
            Self::UnknownEscape { .. } => Some("the only escape is `\\\\`, a backslash".to_owned()),
            Self::Expected {
                expected, found, ..
            } => expected.help(*found),
            _ => None,
        }
    }
}

impl fmt::Display for SyntaxError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stray { text, .. } => {
                write!(f, "unexpected text `{}`", Visible(text))
            }
            Self::UnterminatedString { .. } => f.write_str("string does not end on its line"),
            Self::UnknownEscape { character, .. } => {
                write!(
                    f,
                    "unknown escape `\\{}`",
                    Visible(character.encode_utf8(&mut [0; 4]))
                )
            }
            Self::FunnyCharacter { character, .. } => {
                write!(
                    f,
                    "U+{:04X} in a string, which takes printable ASCII only",
                    u32::from(*character)
                )
            }
            Self::Expected {
                expected, found, ..
            } => {
                write!(f, "expected {expected}, found {found}")
            }
            Self::DuplicateKey { key, .. } => write!(f, "duplicate key `{key}`"),
            Self::TooDeep { limit, .. } => {
                write!(f, "brackets are nested more than {limit} deep")
            }
        }
    }
}

impl From<SyntaxError> for Diagnostic {
    fn from(error: SyntaxError) -> Self {
        let mut diagnostic = Self::of(&error, Some(error.span()));
        if let SyntaxError::Expected { expected, .. } = &error {
            diagnostic.rule = Some(format!("Expected{}", variant(expected)));
        }
        diagnostic.labels = error.labels();
        diagnostic.help = error.help();
        diagnostic
    }
}

impl Expected {
    fn help(self, found: Found) -> Option<String> {
        let text = match (self, found) {
            (Self::Key, Found::Mark('}')) | (Self::Value, Found::Mark(']')) => {
                "no comma may follow the last one"
            }
            (Self::CommaOrObjectEnd, Found::String) => "is a comma missing before it?",
            (Self::CommaOrArrayEnd, Found::String | Found::Boolean) => {
                "is a comma missing before it?"
            }
            (_, Found::Doc) => "comments within an expression start with a single `#`",
            _ => return None,
        };
        Some(text.to_owned())
    }
}

impl fmt::Display for Expected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::KeyOrEnd => "a string or `}`",
            Self::Key => "a string",
            Self::Colon => "`:`",
            Self::CommaOrObjectEnd => "`,` or `}`",
            Self::ValueOrEnd => "`{`, `[`, `]`, a string or a boolean",
            Self::CommaOrArrayEnd => "`,` or `]`",
            Self::Value => "`{`, `[`, a string or a boolean",
        })
    }
}

impl fmt::Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::End => f.write_str("the end of the file"),
            Self::Doc => f.write_str("a documentation comment"),
            Self::String => f.write_str("a string"),
            Self::Boolean => f.write_str("a boolean"),
            Self::Mark(mark) => write!(f, "`{mark}`"),
        }
    }
}

/// Text of a schema within a message: what cannot be seen is spelled out, and
/// not more is shown than fits on a line.
struct Visible<'a>(&'a str);

/// How many characters of stray text a message shows.
const SHOWN: usize = 40;

impl fmt::Display for Visible<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for character in self.0.chars().take(SHOWN) {
            match character {
                '\'' | '"' | '\\' => f.write_char(character)?,
                _ => write!(f, "{}", character.escape_debug())?,
            }
        }
        if self.0.chars().nth(SHOWN).is_some() {
            f.write_str("...")
        } else {
            Ok(())
        }
    }
}

/// What a user may have had in mind with text that is no token.
fn stray_help(text: &str) -> Option<String> {
    let first = text.chars().next()?;
    let help = match first {
        '\u{feff}' => "the file starts with a byte order mark; save it without one",
        '"' => "strings are written with single quotes: `'text'`",
        '/' => "comments start with `#`",
        '-' | '0'..='9' => "there are no numbers in a schema",
        _ if text.starts_with("null") => "there is no null in a schema",
        _ if first.is_alphabetic() => "names are written in single quotes: `'name'`",
        _ => return None,
    };
    Some(help.to_owned())
}
