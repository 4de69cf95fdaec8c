//! How the built-in types of the schema language read JSON.

use serde_json::{Map, Value};

use super::{Decode, DecodeError, DecodeMembers, Input, Object};

impl Decode for String {
    fn decode(input: Input<'_>) -> Result<Self, DecodeError> {
        input.string()
    }
}

impl Decode for bool {
    fn decode(input: Input<'_>) -> Result<Self, DecodeError> {
        let flag = input.value().as_bool();
        flag.ok_or_else(|| input.expected("boolean"))
    }
}

/// `null`, the type of that name.
impl Decode for () {
    fn decode(input: Input<'_>) -> Result<Self, DecodeError> {
        let null = input.value().as_null();
        null.ok_or_else(|| input.expected("null"))
    }
}

/// `number`: whole numbers too.
impl Decode for f64 {
    fn decode(input: Input<'_>) -> Result<Self, DecodeError> {
        let number = input.value().as_f64();
        number.ok_or_else(|| input.expected("number"))
    }
}

/// `int` and `int64`. What counts is the spelling: `1.0` is no integer.
impl Decode for i64 {
    fn decode(input: Input<'_>) -> Result<Self, DecodeError> {
        signed(&input)
    }
}

/// `uint64` and `size`. A negative number wraps around, as it always has in QEMU.
impl Decode for u64 {
    fn decode(input: Input<'_>) -> Result<Self, DecodeError> {
        unsigned(&input)
    }
}

fn signed(input: &Input<'_>) -> Result<i64, DecodeError> {
    let integer = input.value().as_i64();
    integer.ok_or_else(|| input.expected("integer"))
}

fn unsigned(input: &Input<'_>) -> Result<u64, DecodeError> {
    let value = input.value();
    let wrapped = || value.as_i64().map(i64::cast_unsigned);
    let integer = value.as_u64().or_else(wrapped);
    integer.ok_or_else(|| input.not_uint64())
}

/// A narrow integer goes through the widest of its kind, and shares its type error.
macro_rules! narrow {
    ($($narrow:ty: $wide:ident, $name:literal;)*) => {$(
        #[doc = concat!("`", $name, "` of C.")]
        impl Decode for $narrow {
            fn decode(input: Input<'_>) -> Result<Self, DecodeError> {
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
impl<T: Decode> Decode for Vec<T> {
    fn decode(input: Input<'_>) -> Result<Self, DecodeError> {
        input.elements()
    }
}

/// A type that contains itself through optional members.
impl<T: Decode> Decode for Box<T> {
    fn decode(input: Input<'_>) -> Result<Self, DecodeError> {
        T::decode(input).map(Self::new)
    }
}

impl<T: DecodeMembers> DecodeMembers for Box<T> {
    fn decode_members(object: &mut Object<'_>) -> Result<Self, DecodeError> {
        T::decode_members(object).map(Self::new)
    }
}

/// `any`
impl Decode for Value {
    fn decode(input: Input<'_>) -> Result<Self, DecodeError> {
        Ok(input.into_value())
    }
}

/// The raw arguments of a command with `'gen': false`.
impl Decode for Map<String, Value> {
    fn decode(input: Input<'_>) -> Result<Self, DecodeError> {
        Ok(input.object()?.rest())
    }
}
