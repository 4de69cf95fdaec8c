//! One JSON value on its way into a type.

use std::str::FromStr;

use super::path::Path;
use super::{Decode, DecodeError, DecodeMembers, Object, Problem};
use crate::document::{Json, Kind};
use crate::open::Other;

/// What happens to members that no type asks for, and to values that no enum has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unknown {
    /// They are errors, at every level: the rule for requests.
    Refuse,
    /// Members are passed over, and values are kept: a client reads the replies of newer
    /// services.
    Ignore,
}

/// A JSON value together with the place it stands at, for error messages.
#[derive(Debug)]
pub struct Input<'p, 'de> {
    json: Json<'de>,
    path: Path<'p>,
    unknown: Unknown,
}

impl<'p, 'de> Input<'p, 'de> {
    /// A value without a name.
    #[inline]
    pub fn new(json: Json<'de>, unknown: Unknown) -> Self {
        Self::at(Path::Root, json, unknown)
    }

    /// A value that error messages call `name`.
    #[inline]
    pub fn named(name: &'p str, json: Json<'de>, unknown: Unknown) -> Self {
        let parent = &Path::Root;
        Self::at(Path::Member { parent, name }, json, unknown)
    }

    #[inline]
    pub(crate) fn at(path: Path<'p>, json: Json<'de>, unknown: Unknown) -> Self {
        Self {
            json,
            path,
            unknown,
        }
    }

    /// The JSON type of the value.
    #[inline]
    pub fn kind(&self) -> Kind {
        self.json.kind()
    }

    /// The value as it came.
    #[inline]
    pub fn json(&self) -> Json<'de> {
        self.json
    }

    /// What happens to members that no type asks for.
    #[inline]
    pub fn unknown(&self) -> Unknown {
        self.unknown
    }

    /// Decodes the value as `T`.
    ///
    /// # Errors
    /// The value does not fit.
    #[inline]
    pub fn decode<T: Decode<'de>>(self) -> Result<T, DecodeError> {
        T::decode(self)
    }

    /// Decodes the value as the object type `T`, which takes all its members.
    ///
    /// # Errors
    /// The value is no object, a member does not fit, or one is left over
    /// where those are refused.
    #[inline]
    pub fn members<T: DecodeMembers<'de>>(self) -> Result<T, DecodeError> {
        let mut object = self.object()?;
        let decoded = T::decode_members(&mut object)?;
        object.finish()?;
        Ok(decoded)
    }

    /// Decodes the value as an enum, by the names of its values.
    ///
    /// # Errors
    /// The value is no string, or `T` does not know it.
    pub fn parse<T: FromStr>(self) -> Result<T, DecodeError> {
        let name = self.string()?;
        name.parse().map_err(|_| self.unknown_value(name))
    }

    /// Decodes the value as an enum that can hold values it does not know, in `other`.
    ///
    /// # Errors
    /// The value is no string, or `E` does not know it where the unknown is refused.
    pub fn parse_open<E: FromStr>(self, other: fn(Other<E>) -> E) -> Result<E, DecodeError> {
        let name = self.string()?;
        name.parse().or_else(|_| match self.unknown {
            Unknown::Refuse => Err(self.unknown_value(name)),
            Unknown::Ignore => Ok(other(Other::unknown(name))),
        })
    }

    /// The object, to take members out of.
    ///
    /// # Errors
    /// The value is no object.
    #[inline]
    pub fn object(self) -> Result<Object<'p, 'de>, DecodeError> {
        match self.kind() {
            Kind::Object => Ok(Object::new(self.json, self.path, self.unknown)),
            _ => Err(self.expected("object")),
        }
    }

    /// Decodes each element of the array.
    ///
    /// # Errors
    /// The value is no array, or an element does not fit.
    pub fn elements<T: Decode<'de>>(self) -> Result<Vec<T>, DecodeError> {
        /// Room made ahead of decoding: the count comes from the peer, and an
        /// element can be much larger in memory than in the document.
        const ROOM: usize = 1024;

        if self.kind() != Kind::Array {
            return Err(self.expected("array"));
        }
        let values = self.json.elements();
        let mut elements = Vec::with_capacity(values.len().min(ROOM));
        for (index, json) in values.enumerate() {
            let parent = &self.path;
            let path = Path::Element { parent, index };
            elements.push(T::decode(Input::at(path, json, self.unknown))?);
        }
        Ok(elements)
    }

    /// The string.
    ///
    /// # Errors
    /// The value is no string.
    #[inline]
    pub fn string(&self) -> Result<&'de str, DecodeError> {
        let text = self.json.as_str();
        text.ok_or_else(|| self.expected("string"))
    }

    /// The error of a value that is not `what`: a JSON type, or an alternate.
    #[cold]
    pub fn expected(&self, what: &'static str) -> DecodeError {
        let problem = Problem::Type {
            expected: what.into(),
            found: self.kind(),
        };
        DecodeError::new(&self.path, problem)
    }

    /// The error of a string that an enum does not have among its values.
    #[cold]
    pub fn unknown_value(&self, value: &str) -> DecodeError {
        DecodeError::new(&self.path, Problem::Value(value.to_owned()))
    }

    /// The error of a value that its type has another reason to refuse; `Display` is that
    /// reason alone.
    #[cold]
    pub fn refused(&self, problem: impl ToString) -> DecodeError {
        DecodeError::new(&self.path, Problem::Refused(problem.to_string()))
    }

    /// The error of anything that is no integer of the type that C calls `expected`.
    #[cold]
    pub(crate) fn out_of_range(&self, expected: &'static str) -> DecodeError {
        DecodeError::range(&self.path, expected, self.json)
    }
}
