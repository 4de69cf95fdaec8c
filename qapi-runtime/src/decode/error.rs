//! Why a JSON value does not fit its type.

use std::borrow::Cow;
use std::fmt;

use super::path::Path;
use crate::document::{Json, Kind};

/// A JSON value does not fit the type that the schema gives its place.
///
/// `Display` is the wording of QEMU, in which a server answers. It names the
/// whole path to the value, except where QEMU names the last component only.
/// Those who read what a server has sent are told more by the
/// [path](Self::path) and the [problem](Self::problem).
///
/// ```
/// use qapi_runtime::{Document, Unknown};
///
/// let document = Document::parse(b"[1, 300]")?;
/// let bytes = document.input("return", Unknown::Ignore).decode::<Vec<u8>>();
/// let error = bytes.unwrap_err();
/// assert_eq!(error.to_string(), "Parameter 'null' expects uint8_t");
/// assert_eq!(error.path(), "return[1]");
/// assert_eq!(error.problem().to_string(), "expected uint8_t, got 300");
/// # Ok::<(), qapi_runtime::JsonError>(())
/// ```
// In a box, because it travels through every function that decodes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecodeError(Box<Inner>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Inner {
    path: String,
    /// The last component, as QEMU spells it.
    name: String,
    problem: Problem,
}

/// What is wrong with a value; `Display` says so without the place.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Problem {
    /// A member without which the object means nothing is absent.
    #[error("missing")]
    Missing,
    /// The type has no such member.
    #[error("unknown member")]
    Unexpected,
    /// The value is of another JSON type.
    #[error("expected {expected}, got {found}")]
    Type {
        /// The JSON type, or the name of an alternate.
        expected: Cow<'static, str>,
        /// The JSON type of the value.
        found: Kind,
    },
    /// The value is no integer of this width.
    #[error("expected {expected}, got {found}")]
    Range {
        /// The type as C spells it.
        expected: &'static str,
        /// The number, or the JSON type of anything else.
        found: String,
    },
    /// The value is of the right kind, and still not what its type wants.
    #[error("{0}")]
    Refused(String),
    /// The string is no value of the enum.
    #[error("unknown value '{0}'")]
    Value(String),
}

impl DecodeError {
    #[cold]
    pub(super) fn new(path: &Path<'_>, problem: Problem) -> Self {
        Self(Box::new(Inner {
            path: path.full(),
            name: path.last(),
            problem,
        }))
    }

    /// The value `json` is no integer that fits the type that C calls `expected`.
    #[cold]
    pub(super) fn range(path: &Path<'_>, expected: &'static str, json: Json<'_>) -> Self {
        let found = match json.kind() {
            Kind::Number => format!("{json:?}"),
            kind => kind.to_string(),
        };
        Self::new(path, Problem::Range { expected, found })
    }

    /// The whole path to the value, as in `return[0].device`.
    pub fn path(&self) -> &str {
        &self.0.path
    }

    /// What is wrong with the value.
    pub fn problem(&self) -> &Problem {
        &self.0.problem
    }
}

impl std::error::Error for DecodeError {}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Inner { path, name, .. } = &*self.0;
        match &self.0.problem {
            Problem::Missing => write!(f, "Parameter '{path}' is missing"),
            Problem::Unexpected => write!(f, "Parameter '{path}' is unexpected"),
            Problem::Type { expected, .. } => {
                write!(
                    f,
                    "Invalid parameter type for '{path}', expected: {expected}"
                )
            }
            Problem::Range {
                expected: expected @ "uint64",
                ..
            } => write!(f, "Parameter '{path}' expects {expected}"),
            Problem::Range { expected, .. } => write!(f, "Parameter '{name}' expects {expected}"),
            Problem::Refused(problem) => f.write_str(problem),
            Problem::Value(value) => {
                write!(f, "Parameter '{name}' does not accept value '{value}'")
            }
        }
    }
}

/// A string is not a value of an enum: what `FromStr` of a generated enum fails with.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown value `{0}`")]
pub struct UnknownValue(String);

impl UnknownValue {
    /// The error about `value`.
    pub fn new(value: impl Into<String>) -> Self {
        Self(value.into())
    }

    /// The one of `values` that is spelled `text`: what `FromStr` of a generated enum does.
    ///
    /// # Errors
    /// There is none.
    pub fn find<E: Clone>(text: &str, values: &[E], spelling: fn(&E) -> &str) -> Result<E, Self> {
        let known = values.iter().find(|value| spelling(value) == text);
        known.cloned().ok_or_else(|| Self::new(text))
    }

    /// The string that is not a value.
    pub fn value(&self) -> &str {
        &self.0
    }
}
