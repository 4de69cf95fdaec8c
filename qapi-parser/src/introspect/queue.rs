//! The types that entries refer to, in the order in which they do.

use indexmap::IndexSet;

use crate::schema::{Builtin, DefinitionId, Members, Schema, TypeRef};

use super::info::JsonType;

/// How types are called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TypeNames {
    /// By numbers, counted up.
    Masked,
    /// As the schema calls them.
    Real,
}

/// A type as introspection sees it: all integers are one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Type {
    Single(Single),
    Array(Single),
}

/// A type that is no array, and so can be the element of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Single {
    Builtin(Builtin),
    /// The object without members, which the language has but no name for.
    Empty,
    /// What this command or event defines in place for its arguments.
    Arguments(DefinitionId),
    Definition(DefinitionId),
}

impl Type {
    /// The type that a schema uses.
    pub(super) fn of(ty: &TypeRef) -> Self {
        match ty {
            TypeRef::Builtin(builtin) => Self::Single(Single::Builtin(fold(*builtin))),
            TypeRef::Definition(id) => Self::Single(Single::Definition(*id)),
            TypeRef::Array(element) => match Self::of(element) {
                Self::Single(element) => Self::Array(element),
                Self::Array(_) => unreachable!("the language has no arrays of arrays"),
            },
        }
    }

    /// The type of what a command or event takes.
    pub(super) fn of_arguments(owner: DefinitionId, arguments: &Members) -> Self {
        Self::Single(match arguments {
            Members::Named(id) => Single::Definition(*id),
            Members::Inline(members) if members.is_empty() => Single::Empty,
            Members::Inline(_) => Single::Arguments(owner),
        })
    }
}

/// The one integer type in place of all.
fn fold(builtin: Builtin) -> Builtin {
    match JsonType::of(builtin) {
        JsonType::Int => Builtin::Int,
        _ => builtin,
    }
}

/// The types referred to so far. It grows while it is worked off.
#[derive(Debug)]
pub(super) struct Queue<'s> {
    schema: &'s Schema,
    names: TypeNames,
    types: IndexSet<Type>,
    /// The types with a number, which is the place here. It is not the one in
    /// `types`: what has a name of the language takes no number.
    numbered: IndexSet<Single>,
}

impl<'s> Queue<'s> {
    pub(super) fn new(schema: &'s Schema, names: TypeNames) -> Self {
        Self {
            schema,
            names,
            types: IndexSet::new(),
            numbered: IndexSet::new(),
        }
    }

    /// The name of a type, which is in the queue from now on; an array stands
    /// before its element.
    pub(super) fn refer(&mut self, ty: Type) -> String {
        self.types.insert(ty);
        match ty {
            Type::Single(single) => self.name(single),
            Type::Array(element) => format!("[{}]", self.refer(Type::Single(element))),
        }
    }

    fn name(&mut self, single: Single) -> String {
        if let Single::Builtin(builtin) = single {
            return builtin.name().to_owned();
        }
        match self.names {
            TypeNames::Masked => self.numbered.insert_full(single).0.to_string(),
            TypeNames::Real => real_name(self.schema, single),
        }
    }

    /// The type at a place in the queue.
    pub(super) fn get(&self, place: usize) -> Option<Type> {
        self.types.get_index(place).copied()
    }
}

fn real_name(schema: &Schema, single: Single) -> String {
    let name = |id| schema.definition(id).name.text.as_str();
    match single {
        Single::Builtin(builtin) => builtin.name().to_owned(),
        Single::Empty => "q_empty".to_owned(),
        Single::Arguments(owner) => format!("q_obj_{}-arg", name(owner)),
        Single::Definition(id) => name(id).to_owned(),
    }
}
