//! The values of serde's data model as the JSON of QEMU's wire.
//!
//! This is a serializer of our own for the sake of large texts, such as a file in base64. Those are
//! made piece by piece, and serde_json looks at each byte of them by itself.

use std::fmt::{self, Display};
use std::io::{self, Write};

use serde::ser::{
    Error as _, Serialize, SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant,
    SerializeTuple, SerializeTupleStruct, SerializeTupleVariant, Serializer,
};

use super::key::KeySerializer;
use super::{EncodeError, number, spelling};

pub(super) type Written = Result<(), EncodeError>;
pub(super) type Name = &'static str;

/// The name of a newtype around a text that is known to have nothing to escape, so that it need not
/// be searched for that. Other serializers take no notice of it.
pub(crate) const PLAIN: Name = "qapi_runtime::PLAIN";

/// Writes one value.
pub(super) struct ValueSerializer<'a, W> {
    to: &'a mut W,
    /// It is the text in a [`PLAIN`].
    is_plain: bool,
}

impl<'a, W: Write> ValueSerializer<'a, W> {
    pub(super) fn new(to: &'a mut W) -> Self {
        let is_plain = false;
        Self { to, is_plain }
    }

    pub(super) fn text(self, text: &str) -> Written {
        self.to.write_all(b"\"")?;
        spelling::write_text(self.to, text)?;
        Ok(self.to.write_all(b"\"")?)
    }

    fn word(self, word: impl Display) -> Written {
        Ok(write!(self.to, "{word}")?)
    }

    /// Begins the object around a variant with content.
    fn variant(self, name: &str) -> Result<Self, EncodeError> {
        self.to.write_all(b"{")?;
        ValueSerializer::new(&mut *self.to).text(name)?;
        self.to.write_all(b": ")?;
        Ok(self)
    }

    fn container(self, begin: &[u8], end: &'static [u8]) -> Result<Container<'a, W>, EncodeError> {
        self.to.write_all(begin)?;
        Ok(Container {
            to: self.to,
            is_empty: true,
            end,
        })
    }
}

/// Methods for what is written by `Display`, without quotes.
macro_rules! words {
    ($($method:ident($ty:ty);)*) => {$(
        fn $method(self, value: $ty) -> Written {
            self.word(value)
        }
    )*};
}

/// Methods for what begins a container, perhaps with the name of a variant.
macro_rules! containers {
    ($($method:ident($($_:ty),*$(; $variant:ident)?) $begin:literal $end:literal;)*) => {$(
        fn $method(self, $(_: $_,)* $($variant: Name, _: usize)?) -> Result<Container<'a, W>, EncodeError> {
            self$(.variant($variant)?)?.container($begin, $end)
        }
    )*};
}

impl<'a, W: Write> Serializer for ValueSerializer<'a, W> {
    type Ok = ();
    type Error = EncodeError;
    type SerializeSeq = Container<'a, W>;
    type SerializeTuple = Container<'a, W>;
    type SerializeTupleStruct = Container<'a, W>;
    type SerializeTupleVariant = Container<'a, W>;
    type SerializeMap = Container<'a, W>;
    type SerializeStruct = Container<'a, W>;
    type SerializeStructVariant = Container<'a, W>;

    words! {
        serialize_bool(bool);
        serialize_i8(i8);
        serialize_i16(i16);
        serialize_i32(i32);
        serialize_i64(i64);
        serialize_i128(i128);
        serialize_u8(u8);
        serialize_u16(u16);
        serialize_u32(u32);
        serialize_u64(u64);
        serialize_u128(u128);
    }

    containers! {
        serialize_seq(Option<usize>) b"[" b"]";
        serialize_tuple(usize) b"[" b"]";
        serialize_tuple_struct(Name, usize) b"[" b"]";
        serialize_tuple_variant(Name, u32; variant) b"[" b"]}";
        serialize_map(Option<usize>) b"{" b"}";
        serialize_struct(Name, usize) b"{" b"}";
        serialize_struct_variant(Name, u32; variant) b"{" b"}}";
    }

    fn serialize_f32(self, value: f32) -> Written {
        self.serialize_f64(f64::from(value))
    }

    fn serialize_f64(self, value: f64) -> Written {
        match value.is_finite() {
            true => self.word(number::seventeen_digits(value)),
            // JSON has no infinities.
            false => self.serialize_unit(),
        }
    }

    fn serialize_char(self, value: char) -> Written {
        self.text(value.encode_utf8(&mut [0; 4]))
    }

    fn serialize_str(self, value: &str) -> Written {
        self.text(value)
    }

    fn collect_str<T: Display + ?Sized>(self, value: &T) -> Written {
        self.to.write_all(b"\"")?;
        let mut pieces = Pieces {
            to: &mut *self.to,
            is_plain: self.is_plain,
            failure: None,
        };
        let written = fmt::write(&mut pieces, format_args!("{value}"));
        match (written, pieces.failure) {
            (Ok(()), _) => Ok(self.to.write_all(b"\"")?),
            (Err(_), Some(failure)) => Err(failure.into()),
            (Err(error), None) => Err(EncodeError::custom(error)),
        }
    }

    fn serialize_bytes(self, value: &[u8]) -> Written {
        self.collect_seq(value)
    }

    fn serialize_none(self) -> Written {
        self.serialize_unit()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Written {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Written {
        Ok(self.to.write_all(b"null")?)
    }

    fn serialize_unit_struct(self, _: Name) -> Written {
        self.serialize_unit()
    }

    fn serialize_unit_variant(self, _: Name, _: u32, variant: Name) -> Written {
        self.text(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, name: Name, value: &T) -> Written {
        let (to, is_plain) = (self.to, name == PLAIN);
        value.serialize(Self { to, is_plain })
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: Name,
        _: u32,
        variant: Name,
        value: &T,
    ) -> Written {
        let inside = self.variant(variant)?;
        value.serialize(ValueSerializer::new(&mut *inside.to))?;
        Ok(inside.to.write_all(b"}")?)
    }
}

/// Writes the pieces of a text. What is wrong with the writer waits here, for an error of
/// `Display` says nothing.
struct Pieces<'a, W> {
    to: &'a mut W,
    is_plain: bool,
    failure: Option<io::Error>,
}

impl<W: Write> fmt::Write for Pieces<'_, W> {
    fn write_str(&mut self, piece: &str) -> fmt::Result {
        let written = match self.is_plain {
            true => self.to.write_all(piece.as_bytes()),
            false => spelling::write_text(self.to, piece),
        };
        written.map_err(|error| {
            self.failure = Some(error);
            fmt::Error
        })
    }
}

/// An array or an object that has begun.
pub(super) struct Container<'a, W> {
    to: &'a mut W,
    is_empty: bool,
    end: &'static [u8],
}

impl<W: Write> Container<'_, W> {
    fn separate(&mut self) -> Written {
        match std::mem::replace(&mut self.is_empty, false) {
            true => Ok(()),
            false => Ok(self.to.write_all(b", ")?),
        }
    }

    fn element<T: Serialize + ?Sized>(&mut self, value: &T) -> Written {
        self.separate()?;
        value.serialize(ValueSerializer::new(&mut *self.to))
    }

    fn member<T: Serialize + ?Sized>(&mut self, name: Name, value: &T) -> Written {
        self.serialize_key(name)?;
        self.serialize_value(value)
    }

    fn finish(self) -> Written {
        Ok(self.to.write_all(self.end)?)
    }
}

impl<W: Write> SerializeMap for Container<'_, W> {
    type Ok = ();
    type Error = EncodeError;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Written {
        self.separate()?;
        key.serialize(KeySerializer(ValueSerializer::new(&mut *self.to)))
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Written {
        self.to.write_all(b": ")?;
        value.serialize(ValueSerializer::new(&mut *self.to))
    }

    fn end(self) -> Written {
        self.finish()
    }
}

/// What serde tells apart and JSON does not.
macro_rules! alike {
    ($($kind:ident: $method:ident($($name:ident: $ty:ty)?) is $own:ident;)*) => {$(
        impl<W: Write> $kind for Container<'_, W> {
            type Ok = ();
            type Error = EncodeError;

            fn $method<T: Serialize + ?Sized>(&mut self, $($name: $ty,)? value: &T) -> Written {
                self.$own($($name,)? value)
            }

            fn end(self) -> Written {
                self.finish()
            }
        }
    )*};
}

alike! {
    SerializeSeq: serialize_element() is element;
    SerializeTuple: serialize_element() is element;
    SerializeTupleStruct: serialize_field() is element;
    SerializeTupleVariant: serialize_field() is element;
    SerializeStruct: serialize_field(name: Name) is member;
    SerializeStructVariant: serialize_field(name: Name) is member;
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::json;

    use crate::to_string;

    /// Has a form for each that serde knows.
    #[derive(Clone, Debug)]
    struct Any(&'static str);

    impl serde::Serialize for Any {
        fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            use serde::ser::{SerializeStruct, SerializeStructVariant, SerializeTupleVariant};

            match self.0 {
                "unit struct" => serializer.serialize_unit_struct("S"),
                "unit variant" => serializer.serialize_unit_variant("E", 0, "V"),
                "newtype" => serializer.serialize_newtype_struct("S", &1),
                "newtype variant" => serializer.serialize_newtype_variant("E", 0, "V", &1),
                "tuple variant" => {
                    let mut tuple = serializer.serialize_tuple_variant("E", 0, "V", 2)?;
                    tuple.serialize_field(&1)?;
                    tuple.serialize_field("x")?;
                    tuple.end()
                }
                "struct" => {
                    let mut object = serializer.serialize_struct("S", 1)?;
                    object.serialize_field("a", &1)?;
                    object.end()
                }
                "struct variant" => {
                    let mut object = serializer.serialize_struct_variant("E", 0, "V", 1)?;
                    object.serialize_field("a", &1)?;
                    object.end()
                }
                _ => serializer.serialize_bytes(&[1, 2]),
            }
        }
    }

    #[test]
    fn every_form_of_serde_is_the_json_that_serde_json_makes() {
        for form in [
            "unit struct",
            "unit variant",
            "newtype",
            "newtype variant",
            "tuple variant",
            "struct",
            "struct variant",
            "bytes",
        ] {
            let text = to_string(&Any(form)).expect("all can be written");
            let value = serde_json::to_value(Any(form)).expect("all can be written");
            assert_eq!(
                serde_json::from_str::<serde_json::Value>(&text).ok(),
                Some(value)
            );
        }
        let mixed = (1_u8, 'é', None::<u8>, Some("x"), (), f32::NAN, i128::MIN);
        assert_eq!(
            to_string(&mixed).expect("text"),
            r#"[1, "\u00E9", null, "x", null, null, -170141183460469231731687303715884105728]"#
        );
    }

    #[test]
    fn keys_are_texts_or_become_some() {
        let numbers = BTreeMap::from([(1, true), (2, false)]);
        assert_eq!(
            to_string(&numbers).expect("text"),
            r#"{"1": true, "2": false}"#
        );
        let characters = BTreeMap::from([('ä', 1)]);
        assert_eq!(to_string(&characters).expect("text"), r#"{"\u00E4": 1}"#);
        let lists = BTreeMap::from([([1], 1)]);
        let error = to_string(&lists).expect_err("no text");
        assert_eq!(error.to_string(), "a key has to be a text");
        assert!(!error.is_io());
        assert_eq!(
            to_string(&json!({"a": {"b": 1}})).expect("text"),
            r#"{"a": {"b": 1}}"#
        );
    }
}
