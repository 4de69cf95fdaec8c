//! How a definition came to be.

use std::fmt;

use crate::ast::Object;

use super::{ExprKind, Meta};

/// How a definition came to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Origin {
    /// The schema writes it as it is.
    Written,
    /// The language predefines it.
    Builtin,
    /// The schema writes it in a form that is gone from the language.
    Translated(OldForm),
    /// The schema writes something else in such a form, which takes this one to
    /// say today. The name is made up.
    Implied(OldForm),
}

/// A form of definitions that is gone from the language.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum OldForm {
    /// A struct under the key `type` (until 2.3).
    TypeForStruct,
    /// A struct written where its type should be named (until 2.3).
    NestedStruct,
    /// A union without a discriminator, whose branches are wrapped (until 6.1).
    SimpleUnion,
    /// A union with an empty discriminator, which is an alternate (1.7 to 2.3).
    AnonymousUnion,
    /// A union whose tag is a string (1.7).
    StringTag,
}

impl fmt::Display for OldForm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TypeForStruct => "a struct under the key `type`",
            Self::NestedStruct => "a struct in place of a name",
            Self::SimpleUnion => "a union without a discriminator",
            Self::AnonymousUnion => "a union with an empty discriminator",
            Self::StringTag => "a union whose tag is a string",
        })
    }
}

/// The form in which a definition is written.
pub(super) fn origin(meta: Meta, object: &Object, kind: &ExprKind) -> Origin {
    let has = |key| object.get(key).is_some();
    match (meta, kind) {
        (Meta::Union, ExprKind::Alternate(_)) => Origin::Translated(OldForm::AnonymousUnion),
        (Meta::Union, _) if !has("discriminator") => Origin::Translated(OldForm::SimpleUnion),
        (Meta::Struct, _) if !has("struct") => Origin::Translated(OldForm::TypeForStruct),
        _ => Origin::Written,
    }
}
