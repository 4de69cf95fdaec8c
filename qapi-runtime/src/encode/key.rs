//! The keys of objects, which are texts.

use std::fmt::Display;
use std::io::Write;

use serde::ser::{Error as _, Impossible, Serialize, Serializer};

use super::EncodeError;
use super::serializer::{Name, ValueSerializer, Written};

/// Writes one key. A number becomes the text of it, and so does a boolean.
pub(super) struct KeySerializer<'a, W>(pub(super) ValueSerializer<'a, W>);

type No = Impossible<(), EncodeError>;

fn no_text() -> EncodeError {
    EncodeError::custom("a key has to be a text")
}

macro_rules! texts {
    ($($method:ident($ty:ty);)*) => {$(
        fn $method(self, key: $ty) -> Written {
            self.0.collect_str(&key)
        }
    )*};
}

macro_rules! refuse {
    ($($method:ident($($ty:ty),*) -> $ok:ty;)*) => {$(
        fn $method(self, $(_: $ty),*) -> Result<$ok, EncodeError> {
            Err(no_text())
        }
    )*};
}

impl<W: Write> Serializer for KeySerializer<'_, W> {
    type Ok = ();
    type Error = EncodeError;
    type SerializeSeq = No;
    type SerializeTuple = No;
    type SerializeTupleStruct = No;
    type SerializeTupleVariant = No;
    type SerializeMap = No;
    type SerializeStruct = No;
    type SerializeStructVariant = No;

    fn serialize_str(self, key: &str) -> Written {
        self.0.text(key)
    }

    fn collect_str<T: Display + ?Sized>(self, key: &T) -> Written {
        self.0.collect_str(key)
    }

    fn serialize_unit_variant(self, _: Name, _: u32, variant: Name) -> Written {
        self.0.text(variant)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, key: &T) -> Written {
        key.serialize(self)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: Name, key: &T) -> Written {
        key.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: Name,
        _: u32,
        _: Name,
        _: &T,
    ) -> Written {
        Err(no_text())
    }

    texts! {
        serialize_bool(bool);
        serialize_char(char);
        serialize_i8(i8);
        serialize_i16(i16);
        serialize_i32(i32);
        serialize_i64(i64);
        serialize_u8(u8);
        serialize_u16(u16);
        serialize_u32(u32);
        serialize_u64(u64);
    }

    refuse! {
        serialize_f32(f32) -> ();
        serialize_f64(f64) -> ();
        serialize_bytes(&[u8]) -> ();
        serialize_none() -> ();
        serialize_unit() -> ();
        serialize_unit_struct(Name) -> ();
        serialize_seq(Option<usize>) -> No;
        serialize_tuple(usize) -> No;
        serialize_tuple_struct(Name, usize) -> No;
        serialize_tuple_variant(Name, u32, Name, usize) -> No;
        serialize_map(Option<usize>) -> No;
        serialize_struct(Name, usize) -> No;
        serialize_struct_variant(Name, u32, Name, usize) -> No;
    }
}
