//! One JSON object on its way into a type.

use serde_json::{Map, Value};

use super::path::Path;
use super::untaken::Untaken;
use super::{Decode, DecodeError, Input, MemberTuple, Problem, Unknown};
use crate::document::Json;

/// A JSON object whose members are taken out by name.
///
/// The caller asks in the order of the schema, so the first error reported is
/// the first in the schema, wherever the member stands in the document. A base
/// and the branches of a union take their members from the same object.
#[derive(Debug)]
pub struct Object<'p, 'de> {
    members: Untaken<'de>,
    path: Path<'p>,
    unknown: Unknown,
}

impl<'p, 'de> Object<'p, 'de> {
    #[inline]
    pub(crate) fn new(json: Json<'de>, path: Path<'p>, unknown: Unknown) -> Self {
        Self {
            members: Untaken::new(json),
            path,
            unknown,
        }
    }

    /// Takes the member `name`, which has to be there.
    ///
    /// # Errors
    /// It is absent, or does not fit.
    pub fn required<T: Decode<'de>>(&mut self, name: &str) -> Result<T, DecodeError> {
        match self.optional(name)? {
            Some(member) => Ok(member),
            None => Err(DecodeError::new(&self.member(name), Problem::Missing)),
        }
    }

    /// Takes the member `name`, if it is there.
    ///
    /// A member that is `null` is there, and fits only a type that takes `null`.
    ///
    /// # Errors
    /// It does not fit.
    pub fn optional<T: Decode<'de>>(&mut self, name: &str) -> Result<Option<T>, DecodeError> {
        let Some(json) = self.members.take(name) else {
            return Ok(None);
        };
        T::decode(Input::at(self.member(name), json, self.unknown)).map(Some)
    }

    /// Takes several members in the order of `names`, from two to sixteen, as a
    /// tuple; what may be absent is an `Option`.
    ///
    /// ```
    /// use qapi_runtime::{Document, Unknown};
    ///
    /// let document = Document::parse(b"{'port': 22, 'host': 'south'}")?;
    /// let mut object = document.input("address", Unknown::Refuse).object()?;
    /// let (host, port, path): (&str, u16, Option<&str>) = object.members(["host", "port", "path"])?;
    /// assert_eq!((host, port, path), ("south", 22, None));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// Those of the first that fails.
    pub fn members<T: MemberTuple<'de, COUNT>, const COUNT: usize>(
        &mut self,
        names: [&str; COUNT],
    ) -> Result<T, DecodeError> {
        T::take(self, names)
    }

    /// Everything not taken yet, for commands that check their own arguments.
    pub fn rest(&mut self) -> Map<String, Value> {
        let rest = self.members.take_all().into_iter();
        rest.map(|(name, json)| (name.to_owned(), json.to_value()))
            .collect()
    }

    /// What happens to members that no type asks for.
    #[inline]
    pub fn unknown(&self) -> Unknown {
        self.unknown
    }

    /// Ends the decoding.
    ///
    /// # Errors
    /// A member is left over, and the input refuses those. Of several, the
    /// first in alphabetical order is named: the order of the document means
    /// nothing, and QEMU's choice depends on a hash.
    #[inline]
    pub fn finish(self) -> Result<(), DecodeError> {
        if self.unknown == Unknown::Ignore || self.members.is_empty() {
            return Ok(());
        }
        match self.members.iter().map(|(name, _)| name).min() {
            None => Ok(()),
            Some(name) => Err(DecodeError::new(&self.member(name), Problem::Unexpected)),
        }
    }

    fn member<'b>(&'b self, name: &'b str) -> Path<'b> {
        let parent = &self.path;
        Path::Member { parent, name }
    }
}
