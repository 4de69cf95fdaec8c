//! The definitions of a schema, with every name resolved.

use crate::cond::Cond;
use crate::doc::Doc;
use crate::expr::{Enum, Feature, Origin};
use crate::source::{Name, Span};

use super::builtin::Builtin;

/// Where a [`Definition`] stands in its [`Schema`](super::Schema).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DefinitionId(pub(crate) u32);

impl DefinitionId {
    pub(super) fn index(self) -> usize {
        self.0 as usize
    }
}

/// A named thing: a type, a command or an event.
#[derive(Clone, Debug)]
pub struct Definition {
    /// Its name; all definitions of a schema share one namespace.
    pub name: Name,
    /// The whole top-level expression.
    pub span: Span,
    /// How it came to be.
    pub origin: Origin,
    /// What its documentation comment says.
    pub doc: Option<Box<Doc>>,
    /// When it exists.
    pub cond: Option<Cond>,
    /// Its features, in source order.
    pub features: Vec<Feature>,
    /// What kind of thing it is.
    pub kind: DefinitionKind,
}

/// The six kinds of definitions.
#[derive(Clone, Debug)]
pub enum DefinitionKind {
    /// A closed set of strings.
    Enum(Enum),
    /// An object with fixed members.
    Struct(Struct),
    /// An object whose further members depend on one of them.
    Union(Union),
    /// A value of one of several JSON kinds.
    Alternate(Alternate),
    /// Something a client can ask for.
    Command(Command),
    /// Something a server tells unasked.
    Event(Event),
}

/// A use of a type.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum TypeRef {
    /// A type of the language.
    Builtin(Builtin),
    /// An enum, struct, union or alternate of the schema.
    Definition(DefinitionId),
    /// An array with elements of that type.
    Array(Box<TypeRef>),
}

/// A use of a type that is no array.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Single {
    Builtin(Builtin),
    Definition(DefinitionId),
}

impl TypeRef {
    /// A type, or an array of it.
    pub(super) fn of(single: Single, is_array: bool) -> Self {
        let element = Self::from(single);
        if is_array {
            Self::Array(Box::new(element))
        } else {
            element
        }
    }
}

impl From<Single> for TypeRef {
    fn from(single: Single) -> Self {
        match single {
            Single::Builtin(builtin) => Self::Builtin(builtin),
            Single::Definition(id) => Self::Definition(id),
        }
    }
}

/// A member of an object.
#[derive(Clone, Debug)]
pub struct Member {
    /// The key on the wire, without the `*` of an optional member.
    pub name: Name,
    /// Whether it may be absent.
    pub optional: bool,
    /// Its type.
    pub ty: TypeRef,
    /// When it exists.
    pub cond: Option<Box<Cond>>,
    /// Its features, in source order.
    pub features: Vec<Feature>,
}

/// Members, either written in place or taken from a named type.
#[derive(Clone, Debug)]
pub enum Members {
    /// Written in place; empty where the schema says nothing.
    Inline(Vec<Member>),
    /// Those of a struct, or of a union where the user is boxed.
    Named(DefinitionId),
}

/// An object with fixed members.
#[derive(Clone, Debug)]
pub struct Struct {
    /// The struct whose members come first.
    pub base: Option<DefinitionId>,
    /// The struct's own members, in source order.
    pub members: Vec<Member>,
}

/// An object whose further members depend on its tag.
#[derive(Clone, Debug)]
pub struct Union {
    /// The members that every value has, the tag among them.
    pub base: Members,
    /// The name of the tag, as written.
    pub discriminator: Name,
    /// The enum type of the tag.
    pub tag: DefinitionId,
    /// The branches that the schema lists, in source order. A value of the tag
    /// without a branch here has no further members.
    pub branches: Vec<Branch>,
}

/// One branch of a [`Union`].
#[derive(Clone, Debug)]
pub struct Branch {
    /// The value of the tag that chooses it.
    pub name: Name,
    /// The struct or union whose members it adds.
    pub ty: DefinitionId,
    /// When it exists.
    pub cond: Option<Cond>,
}

/// A value of one of several JSON kinds.
#[derive(Clone, Debug)]
pub struct Alternate {
    /// The alternatives, in source order.
    pub alternatives: Vec<Alternative>,
}

/// One alternative of an [`Alternate`].
#[derive(Clone, Debug)]
pub struct Alternative {
    /// Its name, which never goes over the wire.
    pub name: Name,
    /// Its type.
    pub ty: TypeRef,
    /// When it exists.
    pub cond: Option<Cond>,
}

/// Something a client can ask for.
#[derive(Clone, Debug)]
pub struct Command {
    /// What it takes.
    pub arguments: Members,
    /// What it answers; an empty object where the schema says nothing.
    pub returns: Option<TypeRef>,
    /// Whether C handlers take the arguments as one object.
    pub boxed: bool,
    /// Whether the generator makes code for it; `false` takes arguments that
    /// the schema does not describe.
    pub generate: bool,
    /// Whether success is answered at all.
    pub success_response: bool,
    /// Whether it may be executed out of band.
    pub allow_oob: bool,
    /// Whether it is available before the machine is built.
    pub allow_preconfig: bool,
    /// Whether the C handler runs in a coroutine.
    pub coroutine: bool,
}

/// Something a server tells unasked.
#[derive(Clone, Debug)]
pub struct Event {
    /// What it carries.
    pub arguments: Members,
    /// Whether C senders give the data as one object.
    pub boxed: bool,
}
