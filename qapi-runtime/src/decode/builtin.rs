//! How the built-in types of the schema language read JSON.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::{Decode, DecodeError, DecodeMembers, Input, Object};
use crate::document::Kind;

impl<'de> Decode<'de> for String {
    fn decode(input: Input<'_, 'de>) -> Result<Self, DecodeError> {
        input.string().map(str::to_owned)
    }
}

/// Borrowed from the document.
impl<'de> Decode<'de> for &'de str {
    fn decode(input: Input<'_, 'de>) -> Result<Self, DecodeError> {
        input.string()
    }
}

/// Borrowed from the document.
impl<'de> Decode<'de> for Cow<'de, str> {
    fn decode(input: Input<'_, 'de>) -> Result<Self, DecodeError> {
        input.string().map(Cow::Borrowed)
    }
}

impl<'de> Decode<'de> for bool {
    fn decode(input: Input<'_, 'de>) -> Result<Self, DecodeError> {
        let flag = input.json().as_bool();
        flag.ok_or_else(|| input.expected("boolean"))
    }
}

/// `null`, the type of that name.
impl<'de> Decode<'de> for () {
    fn decode(input: Input<'_, 'de>) -> Result<Self, DecodeError> {
        let null = (input.kind() == Kind::Null).then_some(());
        null.ok_or_else(|| input.expected("null"))
    }
}

/// `number`: whole numbers too.
impl<'de> Decode<'de> for f64 {
    fn decode(input: Input<'_, 'de>) -> Result<Self, DecodeError> {
        let number = input.json().as_f64();
        number.ok_or_else(|| input.expected("number"))
    }
}

/// `int` and `int64`. What counts is the spelling: `1.0` is no integer.
impl<'de> Decode<'de> for i64 {
    fn decode(input: Input<'_, 'de>) -> Result<Self, DecodeError> {
        signed(&input)
    }
}

/// `uint64` and `size`. A negative number wraps around, as it always has in QEMU.
impl<'de> Decode<'de> for u64 {
    fn decode(input: Input<'_, 'de>) -> Result<Self, DecodeError> {
        unsigned(&input)
    }
}

fn signed(input: &Input<'_, '_>) -> Result<i64, DecodeError> {
    let integer = input.json().as_i64();
    integer.ok_or_else(|| input.expected("integer"))
}

fn unsigned(input: &Input<'_, '_>) -> Result<u64, DecodeError> {
    let json = input.json();
    let wrapped = || json.as_i64().map(i64::cast_unsigned);
    let integer = json.as_u64().or_else(wrapped);
    integer.ok_or_else(|| input.out_of_range("uint64"))
}

/// A narrow integer goes through the widest of its kind, and shares its type error.
macro_rules! narrow {
    ($($narrow:ty: $wide:ident, $name:literal;)*) => {$(
        #[doc = concat!("`", $name, "` of C.")]
        impl<'de> Decode<'de> for $narrow {
            fn decode(input: Input<'_, 'de>) -> Result<Self, DecodeError> {
                <$narrow>::try_from($wide(&input)?).map_err(|_| input.out_of_range($name))
            }
        }
    )*};
}

narrow! {
    i8: signed, "int8_t";
    i16: signed, "int16_t";
    i32: signed, "int32_t";
    u8: unsigned, "uint8_t";
    u16: unsigned, "uint16_t";
    u32: unsigned, "uint32_t";
}

/// Arrays.
impl<'de, T: Decode<'de>> Decode<'de> for Vec<T> {
    fn decode(input: Input<'_, 'de>) -> Result<Self, DecodeError> {
        input.elements()
    }
}

/// An object type that contains itself.
impl<'de, T: DecodeMembers<'de>> DecodeMembers<'de> for Box<T> {
    fn decode_members(object: &mut Object<'_, 'de>) -> Result<Self, DecodeError> {
        T::decode_members(object).map(Self::new)
    }
}

/// `any`
impl<'de> Decode<'de> for Value {
    fn decode(input: Input<'_, 'de>) -> Result<Self, DecodeError> {
        Ok(input.json().to_value())
    }
}

/// The raw arguments of a command with `'gen': false`.
impl<'de> Decode<'de> for Map<String, Value> {
    fn decode(input: Input<'_, 'de>) -> Result<Self, DecodeError> {
        Ok(input.object()?.rest())
    }
}
