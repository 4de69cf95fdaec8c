//! What a newer release at the other end may say, kept as it came.
//!
//! A schema grows: enums gain values, and unions gain branches with them. A
//! client must not lose a whole answer over one such value, so the types that
//! it receives have a variant for what their schema does not know.

use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

use serde::{Serialize, Serializer};
use serde_json::{Map, Value};

use crate::decode::Object;

/// The spelling of a value that the enum `E` does not have.
///
/// There is none for the spelling of a value that `E` has, so that a program
/// that compares with the known values misses nothing.
///
/// ```
/// use qapi_runtime::{ErrorClass, Other};
///
/// let other = Other::<ErrorClass>::new("DeviceEncrypted").expect("no release has it any more");
/// assert_eq!(other.as_str(), "DeviceEncrypted");
/// assert_eq!(Other::new("GenericError"), Err(ErrorClass::GenericError));
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Other<E> {
    text: Box<str>,
    of: PhantomData<fn() -> E>,
}

impl<E: FromStr> Other<E> {
    /// The value spelled `text`.
    ///
    /// # Errors
    /// `E` has such a value: this is it.
    pub fn new(text: &str) -> Result<Self, E> {
        text.parse().map_or_else(|_| Ok(Self::unknown(text)), Err)
    }
}

impl<E> Other<E> {
    /// The value spelled `text`, which `E` is known not to have.
    pub(crate) fn unknown(text: &str) -> Self {
        Self {
            text: text.into(),
            of: PhantomData,
        }
    }

    /// The spelling on the wire.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl<E> fmt::Debug for Other<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.text, f)
    }
}

impl<E> fmt::Display for Other<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

/// What a union holds whose tag, of the enum `E`, has an unknown value.
#[derive(Clone, Debug, PartialEq)]
pub struct OtherBranch<E> {
    /// The value of the tag.
    pub tag: Other<E>,
    /// The members beside the tag and those that every value of the union has.
    pub members: Map<String, Value>,
}

impl<E> OtherBranch<E> {
    /// The branch of `tag`, with all members that are left in `object`.
    pub fn take(tag: Other<E>, object: &mut Object<'_, '_>) -> Self {
        let members = object.rest();
        Self { tag, members }
    }
}

/// The members, without the tag.
impl<E> Serialize for OtherBranch<E> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.members.serialize(serializer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ErrorClass;

    #[test]
    fn other_is_never_a_known_value() {
        assert_eq!(
            Other::new("DeviceNotFound"),
            Err(ErrorClass::DeviceNotFound)
        );
        let other = Other::<ErrorClass>::new("devicenotfound").expect("case matters");
        assert_eq!(other.to_string(), "devicenotfound");
    }

    #[test]
    fn other_is_printed_as_text() {
        let other = Other::<ErrorClass>::unknown("New");
        assert_eq!(format!("{other:?} {other:>5}"), "\"New\"   New");
    }
}
