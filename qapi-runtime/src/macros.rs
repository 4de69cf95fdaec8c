//! What all generated types implement in the same way.
//!
//! These impls differ in the name of the type only, and there are thousands of them in the code for a large schema.
//! In one line each they take a quarter less time to generate.

/// Implements [`serde::Deserialize`] for types with [`Decode`](crate::Decode), which leads there.
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
/// qapi_runtime::impl_deserialize!(Celsius);
///
/// assert_eq!(serde_json::from_str::<Celsius>("21.5")?, Celsius(21.5));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[macro_export]
macro_rules! impl_deserialize {
    ($(#[$attribute:meta])* $ty:ident) => {
        $(#[$attribute])*
        #[automatically_derived]
        impl<'de> $crate::serde::Deserialize<'de> for $ty {
            fn deserialize<D: $crate::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::core::result::Result<Self, D::Error> {
                $crate::deserialize(deserializer)
            }
        }
    };
}

/// Implements everything that reads and writes an enum, for one with `ALL` and `as_str`.
///
/// That is [`Decode`](crate::Decode), [`FromStr`](std::str::FromStr), [`Display`](std::fmt::Display) and both traits of
/// serde. An open enum names its variant for values that are not in the schema.
///
/// ```
/// #[derive(Clone, Debug, PartialEq)]
/// enum Whence {
///     Set,
///     End,
///     Other(qapi_runtime::Other<Self>),
/// }
///
/// impl Whence {
///     const ALL: &'static [Self] = &[Self::Set, Self::End];
///
///     fn as_str(&self) -> &str {
///         match self {
///             Self::Set => "set",
///             Self::End => "end",
///             Self::Other(other) => other.as_str(),
///         }
///     }
/// }
///
/// qapi_runtime::impl_enum!(Whence, open: Other);
///
/// assert_eq!("end".parse(), Ok(Whence::End));
/// assert!("hole".parse::<Whence>().is_err());
/// assert_eq!(serde_json::from_str::<Whence>("\"hole\"")?.to_string(), "hole");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[macro_export]
macro_rules! impl_enum {
    ($(#[$attribute:meta])* $ty:ident) => {
        $crate::impl_enum!($(#[$attribute])* $ty, |input| input.parse());
    };
    ($(#[$attribute:meta])* $ty:ident, open: $other:ident) => {
        $crate::impl_enum!($(#[$attribute])* $ty, |input| input.parse_open(Self::$other));
    };
    ($(#[$attribute:meta])* $ty:ident, |$input:ident| $decode:expr) => {
        $(#[$attribute])*
        #[automatically_derived]
        impl ::core::fmt::Display for $ty {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.pad(self.as_str())
            }
        }

        $(#[$attribute])*
        #[automatically_derived]
        impl ::core::str::FromStr for $ty {
            type Err = $crate::UnknownValue;

            fn from_str(text: &str) -> ::core::result::Result<Self, $crate::UnknownValue> {
                $crate::UnknownValue::find(text, Self::ALL, Self::as_str)
            }
        }

        $(#[$attribute])*
        #[automatically_derived]
        impl<'de> $crate::Decode<'de> for $ty {
            fn decode(
                $input: $crate::Input<'_, 'de>,
            ) -> ::core::result::Result<Self, $crate::DecodeError> {
                $decode
            }
        }

        $crate::impl_deserialize!($(#[$attribute])* $ty);

        $(#[$attribute])*
        #[automatically_derived]
        impl $crate::serde::Serialize for $ty {
            fn serialize<S: $crate::serde::Serializer>(
                &self,
                serializer: S,
            ) -> ::core::result::Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }
    };
}
