//! From a JSON value to a type of the schema.
//!
//! serde's `Deserialize` cannot do this job: it sees members in the order of
//! the document, cannot refuse unknown ones in a flattened object, and has no
//! notion of a path. Here a type asks an [`Object`] for its members by name.

mod builtin;
mod error;
mod input;
mod object;
mod path;

use serde::{Deserialize, Deserializer};
use serde_json::Value;

pub use self::error::{DecodeError, UnknownValue};
pub use self::input::{Input, Kind, Unknown};
pub use self::object::Object;

/// A type of the schema that can be read from JSON.
pub trait Decode: Sized {
    /// Reads the value of `input`.
    ///
    /// # Errors
    /// The value does not fit the type.
    fn decode(input: Input<'_>) -> Result<Self, DecodeError>;
}

/// An object type of the schema: a struct or a union.
///
/// Taking the members and refusing the rest are separate, because a base, the
/// struct that extends it and the branch of a union share one JSON object.
pub trait DecodeMembers: Sized {
    /// Takes the members of this type, in the order of the schema.
    ///
    /// # Errors
    /// A required member is absent, or a member does not fit.
    fn decode_members(object: &mut Object<'_>) -> Result<Self, DecodeError>;
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
/// impl Decode for Celsius {
///     fn decode(input: Input<'_>) -> Result<Self, DecodeError> {
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
pub fn deserialize<'de, D: Deserializer<'de>, T: Decode>(deserializer: D) -> Result<T, D::Error> {
    let value = Value::deserialize(deserializer)?;
    T::decode(Input::new(value, Unknown::Ignore)).map_err(serde::de::Error::custom)
}

#[cfg(test)]
mod tests;
