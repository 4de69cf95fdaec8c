//! Why a JSON value does not fit its type.

use std::borrow::Cow;

/// A JSON value does not fit the type that the schema gives its place.
///
/// `Display` is the wording of QEMU. It names the whole path to the value,
/// except where QEMU names the last component only.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DecodeError {
    /// A member without which the object means nothing is absent.
    #[error("Parameter '{path}' is missing")]
    Missing {
        /// The whole path.
        path: String,
    },
    /// The type has no such member.
    #[error("Parameter '{path}' is unexpected")]
    Unexpected {
        /// The whole path.
        path: String,
    },
    /// The value is of another JSON type.
    #[error("Invalid parameter type for '{path}', expected: {expected}")]
    Type {
        /// The whole path.
        path: String,
        /// The JSON type, or the name of an alternate.
        expected: Cow<'static, str>,
    },
    /// The number does not fit the width of the type.
    #[error("Parameter '{name}' expects {expected}")]
    Range {
        /// The last component; for `uint64`, which covers more mistakes, the whole path.
        name: String,
        /// The type as C spells it.
        expected: &'static str,
    },
    /// The value is of the right kind, and still not what its type wants.
    #[error("{problem}")]
    Refused {
        /// The whole path.
        path: String,
        /// What is wrong with it.
        problem: String,
    },
    /// The string is no value of the enum.
    #[error("Parameter '{name}' does not accept value '{value}'")]
    Value {
        /// The last component.
        name: String,
        /// The string.
        value: String,
    },
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

    /// The string that is not a value.
    pub fn value(&self) -> &str {
        &self.0
    }
}
