//! From a JSON value to a type of the schema.
//!
//! serde's `Deserialize` cannot do this job: it sees members in the order of
//! the document, cannot refuse unknown ones in a flattened object, and has no
//! notion of a path. Here a type asks an [`Object`] for its members by name.

mod builtin;
mod error;
mod input;
mod members;
mod object;
mod path;
mod untaken;

use serde::{Deserialize, Deserializer};

pub use self::error::{DecodeError, Problem, UnknownValue};
pub use self::input::{Input, Unknown};
pub use self::members::{Member, MemberTuple};
pub use self::object::Object;
use crate::document::Document;

/// A type of the schema that can be read from JSON.
///
/// `'de` is the life of the [`Document`]: strings may be borrowed from it.
///
/// ```
/// use std::borrow::Cow;
///
/// use qapi_runtime::{Decode, DecodeError, Document, Input, Unknown};
///
/// #[derive(Debug, PartialEq)]
/// struct Note<'a>(Cow<'a, str>);
///
/// impl<'de> Decode<'de> for Note<'de> {
///     fn decode(input: Input<'_, 'de>) -> Result<Self, DecodeError> {
///         input.decode().map(Note)
///     }
/// }
///
/// let document = Document::parse(b"'as it came'")?;
/// let note: Note = document.input("note", Unknown::Refuse).decode()?;
/// assert_eq!(note, Note(Cow::Borrowed("as it came")));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait Decode<'de>: Sized {
    /// Reads the value of `input`.
    ///
    /// # Errors
    /// The value does not fit the type.
    fn decode(input: Input<'_, 'de>) -> Result<Self, DecodeError>;
}

/// A type that borrows nothing from the document it is read from.
pub trait DecodeOwned: for<'de> Decode<'de> {}

impl<T: for<'de> Decode<'de>> DecodeOwned for T {}

/// An object type of the schema: a struct or a union.
///
/// Taking the members and refusing the rest are separate, because a base, the
/// struct that extends it and the branch of a union share one JSON object. Such
/// a type is also [`Decode`], which does both.
pub trait DecodeMembers<'de>: Sized {
    /// Takes the members of this type, in the order of the schema.
    ///
    /// # Errors
    /// A required member is absent, or a member does not fit.
    fn decode_members(object: &mut Object<'_, 'de>) -> Result<Self, DecodeError>;
}

impl<'de, T: DecodeMembers<'de>> Decode<'de> for T {
    fn decode(input: Input<'_, 'de>) -> Result<Self, DecodeError> {
        input.members()
    }
}

/// Lets a type with [`Decode`] implement [`serde::Deserialize`] in one line.
///
/// As in a reply, unknown members are passed over: whoever reads JSON from a
/// file or a log reads what other releases wrote.
///
/// ```
/// use qapi_runtime::{Decode, DecodeError, Input};
///
/// #[derive(Debug, PartialEq)]
/// struct Celsius(f64);
///
/// impl<'de> Decode<'de> for Celsius {
///     fn decode(input: Input<'_, 'de>) -> Result<Self, DecodeError> {
///         input.decode().map(Celsius)
///     }
/// }
///
/// impl<'de> serde::Deserialize<'de> for Celsius {
///     fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
///         qapi_runtime::deserialize(deserializer)
///     }
/// }
///
/// assert_eq!(serde_json::from_str::<Celsius>("21.5")?, Celsius(21.5));
/// # Ok::<(), serde_json::Error>(())
/// ```
///
/// # Errors
/// The deserializer fails, or the value does not fit the type.
pub fn deserialize<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: DecodeOwned,
{
    let document = Document::deserialize(deserializer)?;
    let input = Input::new(document.root(), Unknown::Ignore);
    T::decode(input).map_err(serde::de::Error::custom)
}

#[cfg(test)]
mod tests;
