//! What the answer is made of, in the words of QEMU's `qapi/introspect.json`.
//!
//! References between entries stay names here, as they are on the wire.

use std::fmt;

use crate::cond::Cond;
use crate::schema::Builtin;

/// One entry: a command, an event or a type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SchemaInfo {
    /// The name of a command or event, or what other entries call the type.
    pub name: String,
    /// What it is.
    pub kind: SchemaInfoKind,
    /// Its features, in source order; `None` where the schema gives it none. Where
    /// conditions take all of them away, an empty list remains.
    pub features: Option<Vec<SchemaInfoFeature>>,
    /// When it exists.
    pub cond: Option<Cond>,
}

/// The kinds of entries, each with what only it has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SchemaInfoKind {
    /// A type of the language.
    Builtin {
        /// What its values are in JSON.
        json_type: JsonType,
    },
    /// A closed set of strings.
    Enum {
        /// Its values, in source order.
        members: Vec<SchemaInfoEnumMember>,
    },
    /// An array.
    Array {
        /// The name of the type of its elements.
        element_type: String,
    },
    /// An object.
    Object {
        /// The members that all its values have, those of the base first.
        members: Vec<SchemaInfoObjectMember>,
        /// The member that tells what else is there, where it is a union.
        tag: Option<String>,
        /// What each value of the tag adds: first the branches in source order,
        /// then the values without one.
        variants: Vec<SchemaInfoObjectVariant>,
    },
    /// A value of one of several types.
    Alternate {
        /// The types, in source order.
        members: Vec<SchemaInfoAlternateMember>,
    },
    /// Something a client can ask for.
    Command {
        /// The name of the object type that it takes.
        arg_type: String,
        /// The name of the type of its answer.
        ret_type: String,
        /// Whether it may be executed out of band.
        allow_oob: bool,
    },
    /// Something a server tells unasked.
    Event {
        /// The name of the object type that it carries.
        arg_type: String,
    },
}

/// What values of a type of the language are in JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum JsonType {
    /// `"..."`.
    String,
    /// Any number.
    Number,
    /// A number without fraction and exponent.
    Int,
    /// `true`, `false`.
    Boolean,
    /// `null`.
    Null,
    /// Anything.
    Value,
}

impl JsonType {
    /// What the values of a type of the language are.
    pub(super) fn of(builtin: Builtin) -> Self {
        match builtin {
            Builtin::Str => Self::String,
            Builtin::Number => Self::Number,
            Builtin::Int
            | Builtin::Int8
            | Builtin::Int16
            | Builtin::Int32
            | Builtin::Int64
            | Builtin::Uint8
            | Builtin::Uint16
            | Builtin::Uint32
            | Builtin::Uint64
            | Builtin::Size => Self::Int,
            Builtin::Bool => Self::Boolean,
            Builtin::Any => Self::Value,
            Builtin::Null => Self::Null,
        }
    }

    /// How it is called on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::String => "string",
            Self::Number => "number",
            Self::Int => "int",
            Self::Boolean => "boolean",
            Self::Null => "null",
            Self::Value => "value",
        }
    }
}

impl fmt::Display for JsonType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A mark that clients can look for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SchemaInfoFeature {
    /// Its name.
    pub name: String,
    /// When it is present.
    pub cond: Option<Cond>,
}

/// A value of an enum.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SchemaInfoEnumMember {
    /// The string.
    pub name: String,
    /// Its features, like those of an entry.
    pub features: Option<Vec<SchemaInfoFeature>>,
    /// When it exists.
    pub cond: Option<Cond>,
}

/// A member of an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SchemaInfoObjectMember {
    /// Its key.
    pub name: String,
    /// The name of its type.
    pub ty: String,
    /// Whether it may be absent. The answer says so by a default of `null`.
    pub optional: bool,
    /// Its features, like those of an entry.
    pub features: Option<Vec<SchemaInfoFeature>>,
    /// When it exists.
    pub cond: Option<Cond>,
}

/// What one value of the tag adds to an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SchemaInfoObjectVariant {
    /// The value of the tag.
    pub case: String,
    /// The name of the object type that has the further members.
    pub ty: String,
    /// When it exists.
    pub cond: Option<Cond>,
}

/// One of the types of an alternate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SchemaInfoAlternateMember {
    /// The name of the type.
    pub ty: String,
    /// When it exists.
    pub cond: Option<Cond>,
}
