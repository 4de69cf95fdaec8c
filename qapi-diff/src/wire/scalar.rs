//! Types of the language as the wire tells them apart.

use std::fmt;

use qapi_parser::Builtin;

/// A type of the language, as far as it is seen on the wire: `int` and `int64`, or `size` and `uint64`, are one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Scalar {
    /// Any text.
    Str,
    /// Any number.
    Number,
    /// An integer.
    Integer(Range),
    /// `true` or `false`.
    Bool,
    /// `null`.
    Null,
    /// Any JSON value.
    Any,
}

/// Which integers there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Range {
    /// Whether some are negative.
    pub signed: bool,
    /// How many bits they have.
    pub bits: u8,
}

impl Range {
    /// Whether all integers of another range are in this one.
    pub fn holds(self, other: Self) -> bool {
        match (self.signed, other.signed) {
            (true, false) => self.bits > other.bits,
            (false, true) => false,
            (true, true) | (false, false) => self.bits >= other.bits,
        }
    }
}

impl From<Builtin> for Scalar {
    fn from(builtin: Builtin) -> Self {
        let signed = |bits| Self::Integer(Range { signed: true, bits });
        let unsigned = |bits| {
            Self::Integer(Range {
                signed: false,
                bits,
            })
        };
        match builtin {
            Builtin::Str => Self::Str,
            Builtin::Number => Self::Number,
            Builtin::Int | Builtin::Int64 => signed(64),
            Builtin::Int8 => signed(8),
            Builtin::Int16 => signed(16),
            Builtin::Int32 => signed(32),
            Builtin::Uint8 => unsigned(8),
            Builtin::Uint16 => unsigned(16),
            Builtin::Uint32 => unsigned(32),
            Builtin::Uint64 | Builtin::Size => unsigned(64),
            Builtin::Bool => Self::Bool,
            Builtin::Null => Self::Null,
            Builtin::Any => Self::Any,
        }
    }
}

impl fmt::Display for Scalar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Str => f.write_str("str"),
            Self::Number => f.write_str("number"),
            Self::Integer(Range {
                signed: true,
                bits: 64,
            }) => f.write_str("int"),
            Self::Integer(Range { signed, bits }) => {
                write!(f, "{}int{bits}", if *signed { "" } else { "u" })
            }
            Self::Bool => f.write_str("bool"),
            Self::Null => f.write_str("null"),
            Self::Any => f.write_str("any"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_one_range_are_one_type() {
        let text = |builtin| Scalar::from(builtin).to_string();
        assert_eq!(
            (text(Builtin::Int), text(Builtin::Int64)),
            ("int".to_owned(), "int".to_owned())
        );
        assert_eq!(text(Builtin::Size), "uint64");
        assert_eq!(text(Builtin::Int8), "int8");
    }

    #[test]
    fn ranges_hold_what_is_in_them() {
        let range = |signed, bits| Range { signed, bits };
        assert!(range(true, 64).holds(range(true, 64)));
        assert!(range(true, 16).holds(range(false, 8)));
        assert!(!range(true, 64).holds(range(false, 64)));
        assert!(!range(false, 64).holds(range(true, 8)));
    }
}
