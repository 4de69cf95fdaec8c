//! What the language predefines.

use std::fmt;

use crate::dialect::Dialect;
use crate::expr::{Enum, EnumValue, Expr, ExprKind, ExprList, Flags, Lifted, Names, Origin};
use crate::source::{Name, Span};

use super::definition::DefinitionId;

/// A type of the language.
///
/// `QType` is not one of them: it is an ordinary enum, which every schema defines
/// without saying so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Builtin {
    /// UTF-8 text.
    Str,
    /// A double; integers are numbers, too.
    Number,
    /// A signed integer of 64 bits.
    Int,
    /// A signed integer of 8 bits.
    Int8,
    /// A signed integer of 16 bits.
    Int16,
    /// A signed integer of 32 bits.
    Int32,
    /// A signed integer of 64 bits.
    Int64,
    /// An unsigned integer of 8 bits.
    Uint8,
    /// An unsigned integer of 16 bits.
    Uint16,
    /// An unsigned integer of 32 bits.
    Uint32,
    /// An unsigned integer of 64 bits.
    Uint64,
    /// An unsigned integer of 64 bits that counts bytes.
    Size,
    /// `true` or `false`.
    Bool,
    /// Any JSON value.
    Any,
    /// `null`.
    Null,
}

/// What kind of JSON value a type has on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum JsonKind {
    /// `{ ... }`.
    Object,
    /// `[ ... ]`.
    Array,
    /// `"..."`.
    String,
    /// `1`, `1.5`.
    Number,
    /// `true`, `false`.
    Bool,
    /// `null`.
    Null,
}

impl Builtin {
    /// All of them.
    pub const ALL: [Self; 15] = [
        Self::Str,
        Self::Number,
        Self::Int,
        Self::Int8,
        Self::Int16,
        Self::Int32,
        Self::Int64,
        Self::Uint8,
        Self::Uint16,
        Self::Uint32,
        Self::Uint64,
        Self::Size,
        Self::Bool,
        Self::Any,
        Self::Null,
    ];

    /// The name that schemas use.
    pub fn name(self) -> &'static str {
        match self {
            Self::Str => "str",
            Self::Number => "number",
            Self::Int => "int",
            Self::Int8 => "int8",
            Self::Int16 => "int16",
            Self::Int32 => "int32",
            Self::Int64 => "int64",
            Self::Uint8 => "uint8",
            Self::Uint16 => "uint16",
            Self::Uint32 => "uint32",
            Self::Uint64 => "uint64",
            Self::Size => "size",
            Self::Bool => "bool",
            Self::Any => "any",
            Self::Null => "null",
        }
    }

    /// The type with a name.
    pub fn from_name(name: &str) -> Option<Self> {
        // Most names are of definitions, whose first letter is a capital.
        if !name.starts_with(|first: char| first.is_ascii_lowercase()) {
            return None;
        }
        Self::ALL.into_iter().find(|builtin| builtin.name() == name)
    }

    /// The kind of its values; none for [`Builtin::Any`], which has all kinds.
    pub fn json_kind(self) -> Option<JsonKind> {
        match self {
            Self::Str => Some(JsonKind::String),
            Self::Number
            | Self::Int
            | Self::Int8
            | Self::Int16
            | Self::Int32
            | Self::Int64
            | Self::Uint8
            | Self::Uint16
            | Self::Uint32
            | Self::Uint64
            | Self::Size => Some(JsonKind::Number),
            Self::Bool => Some(JsonKind::Bool),
            Self::Null => Some(JsonKind::Null),
            Self::Any => None,
        }
    }
}

impl fmt::Display for Builtin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Where the predefined enum stands among the definitions of every schema.
pub(crate) const QTYPE: DefinitionId = DefinitionId(0);

/// The values of `QType`: the kinds of values inside QEMU.
const QTYPE_VALUES: [&str; 7] = [
    "none", "qnull", "qnum", "qstring", "qdict", "qlist", "qbool",
];

/// What every schema starts with: the names of [`Builtin::ALL`], and the predefined enum.
pub(crate) fn predefined() -> Lifted {
    let mut names = Names::default();
    for builtin in Builtin::ALL {
        names.intern(&builtin.name().into());
    }
    let mut exprs = ExprList::default();
    exprs.push(qtype(&mut names), Dialect::Current.tolerances());
    Lifted {
        exprs,
        names,
        ..Lifted::default()
    }
}

fn qtype(names: &mut Names) -> Expr {
    let name = |text: &str| Name {
        text: text.into(),
        span: Span::default(),
    };
    let value = |text: &&str| EnumValue {
        name: name(text),
        cond: None,
        features: Vec::new(),
    };
    let values = QTYPE_VALUES.iter().map(value).collect();
    let name = name("QType");
    Expr {
        id: names.intern(&name.text),
        name,
        span: Span::default(),
        origin: Origin::Builtin,
        doc: None,
        cond: None,
        features: Vec::new(),
        flags: Flags::default(),
        kind: ExprKind::Enum(Enum {
            prefix: None,
            values,
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lead_back_to_the_type() {
        for builtin in Builtin::ALL {
            assert_eq!(Builtin::from_name(builtin.name()), Some(builtin));
        }
        assert_eq!(Builtin::from_name("QType"), None);
    }
}
