//! What is to be written, with every decision made.
//!
//! A [`Module`] holds Rust names, Rust types, markdown and the order of things.
//! It refers to the schema no more: no wire name has to be looked up, what is
//! left of conditions is what the compiler is asked, and what can contain itself
//! is boxed. There are no tokens here either; turning this into text is the work of [`emit`](crate::emit).

use crate::ident::Ident;

/// When the compiler sees something: predicates of `#[cfg]`, all of which have
/// to hold. Most often there are none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Cfg(pub(crate) Vec<String>);

/// The generated form of one schema.
#[derive(Debug)]
pub(crate) struct Module {
    /// The types, in the order of the definitions they come from.
    pub(crate) groups: Vec<Group>,
    /// The modules inside this one, where files of the schema have their own.
    pub(crate) submodules: Vec<Submodule>,
    /// The trait, table and client, where the schema has commands.
    pub(crate) service: Option<Service>,
    /// The enum and table of events, where the schema has any.
    pub(crate) events: Option<Events>,
    /// What the schema tells about itself, where that is wanted.
    pub(crate) introspection: Option<String>,
}

/// The types of one file of the schema.
#[derive(Debug)]
pub(crate) struct Submodule {
    pub(crate) ident: Ident,
    pub(crate) about: About,
    pub(crate) groups: Vec<Group>,
}

/// What one definition of the schema becomes.
#[derive(Debug)]
pub(crate) struct Group {
    pub(crate) cfg: Cfg,
    /// Whether the compiler would warn of something deprecated in it.
    pub(crate) deprecated: bool,
    pub(crate) items: Vec<Item>,
}

/// The way to a type from the module in which the path is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Path(pub(crate) Vec<Ident>);

/// One generated type.
#[derive(Debug)]
pub(crate) enum Item {
    /// An enum without payloads: a schema's enum.
    Enum(Enum),
    /// A struct: a schema's struct, arguments, or a union with more than a tag in its base.
    Struct(Struct),
    /// An enum told apart by a member: a schema's union, or the branches of one.
    Tagged(TaggedEnum),
    /// An enum told apart by its JSON kind: a schema's alternate.
    Untagged(Untagged),
}

/// What stands before an item.
#[derive(Debug, Default, Clone)]
pub(crate) struct About {
    /// Lines of markdown.
    pub(crate) docs: Vec<String>,
    /// What to say where the item is used although it is deprecated.
    pub(crate) deprecated: Option<Deprecation>,
    /// The traits that a type derives besides those that all of its kind do.
    pub(crate) derives: Vec<Verbatim>,
    /// Attributes that the user has added.
    pub(crate) attributes: Vec<Verbatim>,
}

/// What the compiler says to users of something.
#[derive(Debug, Clone)]
pub(crate) struct Deprecation {
    /// When it does.
    pub(crate) cfg: Cfg,
    /// What to do instead, as far as the schema says so.
    pub(crate) note: String,
}

/// A mark on something that clients can look for.
#[derive(Debug)]
pub(crate) struct Feature {
    pub(crate) cfg: Cfg,
    pub(crate) name: String,
}

/// Code that the user wrote, and that Rust can read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Verbatim(pub(crate) String);

/// A Rust type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Ty {
    /// A type that needs no import, such as `bool` or `u64`.
    Primitive(&'static str),
    /// `String`.
    String,
    /// Any JSON value.
    Value,
    /// `()`, which is `null`.
    Null,
    /// A generated type.
    Named {
        /// Where it is.
        path: Path,
        /// Whether it has a lifetime.
        borrows: bool,
    },
    /// A type of the user's choice.
    Custom {
        /// Its name.
        code: Verbatim,
        /// Whether that has a lifetime, which is written as `'_`.
        borrows: bool,
    },
    /// `Vec` of a type.
    List(Box<Ty>),
    /// `Box` of a type: here a cycle is cut.
    Boxed(Box<Ty>),
}

/// A set of strings.
#[derive(Debug)]
pub(crate) struct Enum {
    pub(crate) ident: Ident,
    pub(crate) about: About,
    pub(crate) values: Vec<EnumValue>,
    /// The variant for values that are not in the schema, where the set is open.
    pub(crate) other: Option<Ident>,
}

/// One value of an [`Enum`].
#[derive(Debug)]
pub(crate) struct EnumValue {
    pub(crate) cfg: Cfg,
    pub(crate) wire_name: String,
    pub(crate) ident: Ident,
    pub(crate) about: About,
}

/// An object with fixed members, and perhaps a branch.
#[derive(Debug)]
pub(crate) struct Struct {
    pub(crate) ident: Ident,
    pub(crate) about: About,
    pub(crate) fields: Vec<Field>,
    /// The members that depend on a tag, where this comes from a union.
    pub(crate) branch: Option<BranchField>,
}

/// One member of a [`Struct`].
#[derive(Debug)]
pub(crate) struct Field {
    pub(crate) cfg: Cfg,
    pub(crate) wire_name: String,
    pub(crate) ident: Ident,
    pub(crate) ty: Ty,
    pub(crate) optional: bool,
    /// Whether setting it takes anything that converts into its type.
    pub(crate) converts: bool,
    pub(crate) about: About,
}

/// The field that holds tag and branch of a union together.
#[derive(Debug)]
pub(crate) struct BranchField {
    pub(crate) ident: Ident,
    /// The [`TaggedEnum`] of the branches.
    pub(crate) ty: Ident,
    /// Whether that has a lifetime.
    pub(crate) borrows: bool,
    pub(crate) about: About,
    pub(crate) tag: Tag,
    /// How many fields of the struct come before the tag in the schema.
    pub(crate) position: usize,
}

/// The member that chooses a branch.
#[derive(Debug, Clone)]
pub(crate) struct Tag {
    pub(crate) wire_name: String,
    /// The [`Enum`] of its values.
    pub(crate) ty: Path,
}

/// An object that one of its members tells apart.
#[derive(Debug)]
pub(crate) struct TaggedEnum {
    pub(crate) ident: Ident,
    pub(crate) about: About,
    pub(crate) tag: Tag,
    pub(crate) branches: Vec<Branch>,
    /// The variant for branches that are not in the schema, here and in the tag's enum.
    pub(crate) other: Option<Ident>,
    /// Whether this is the whole object, so that it is (de)serialised by itself.
    pub(crate) whole: bool,
}

/// One branch of a [`TaggedEnum`].
#[derive(Debug, Clone)]
pub(crate) struct Branch {
    pub(crate) cfg: Cfg,
    /// Its name here and in the tag's enum.
    pub(crate) ident: Ident,
    /// The object whose members it adds.
    pub(crate) payload: Option<Ty>,
    pub(crate) about: About,
}

/// A value of one of several JSON kinds.
#[derive(Debug)]
pub(crate) struct Untagged {
    pub(crate) ident: Ident,
    /// The name that an error message calls it.
    pub(crate) wire_name: String,
    pub(crate) about: About,
    pub(crate) alternatives: Vec<Alternative>,
}

/// One alternative of an [`Untagged`].
#[derive(Debug)]
pub(crate) struct Alternative {
    pub(crate) cfg: Cfg,
    pub(crate) ident: Ident,
    /// The variant of the runtime's `Kind` that chooses it.
    pub(crate) kind: &'static str,
    /// Its content; `null` has none.
    pub(crate) payload: Option<Ty>,
    /// Whether no other alternative has such content, so that it says which one is meant.
    pub(crate) is_unique: bool,
    pub(crate) about: About,
}

/// The commands of a schema.
#[derive(Debug)]
pub(crate) struct Service {
    /// The trait with one method per command.
    pub(crate) ident: Ident,
    /// Whether the methods of the trait are asynchronous.
    pub(crate) asynchronous: bool,
    /// The adapter from the trait to the runtime's `Service`.
    pub(crate) server: Ident,
    /// The client with one method per command.
    pub(crate) client: Ident,
    /// Whether the compiler would warn of something deprecated in it.
    pub(crate) deprecated: bool,
    /// Whether the trait and what serves it are wanted.
    pub(crate) has_server: bool,
    /// Whether the client is wanted.
    pub(crate) has_client: bool,
    pub(crate) commands: Vec<Command>,
}

/// Something a client can ask for.
#[derive(Debug)]
pub(crate) struct Command {
    pub(crate) cfg: Cfg,
    pub(crate) wire_name: String,
    pub(crate) method: Ident,
    pub(crate) about: About,
    pub(crate) arguments: Arguments,
    pub(crate) returns: Option<Ty>,
    pub(crate) success_response: bool,
    pub(crate) allow_oob: bool,
    pub(crate) allow_preconfig: bool,
    /// What a server takes while it reads it.
    pub(crate) upload: Option<Upload>,
    /// Whether a reply starts with the byte 0xFF.
    pub(crate) delimited: bool,
    pub(crate) features: Vec<Feature>,
}

/// The arguments that a server takes while it reads them.
#[derive(Debug)]
pub(crate) struct Upload {
    pub(crate) method: Ident,
    pub(crate) members: Vec<String>,
}

/// What a [`Command`] takes.
#[derive(Debug)]
pub(crate) enum Arguments {
    /// Nothing.
    None,
    /// The members of a type.
    Typed(Ty),
    /// Members that the schema does not describe.
    Raw,
}

/// The events of a schema, which are an enum together.
#[derive(Debug)]
pub(crate) struct Events {
    pub(crate) ident: Ident,
    pub(crate) about: About,
    /// Whether the compiler would warn of something deprecated in it.
    pub(crate) deprecated: bool,
    pub(crate) events: Vec<Event>,
    /// The variant for events that are not in the schema.
    pub(crate) other: Ident,
}

/// Something that a service tells unasked.
#[derive(Debug)]
pub(crate) struct Event {
    pub(crate) cfg: Cfg,
    pub(crate) wire_name: String,
    pub(crate) ident: Ident,
    pub(crate) about: About,
    /// The object that it carries.
    pub(crate) data: Option<Ty>,
    pub(crate) features: Vec<Feature>,
}

impl Cfg {
    /// Whether nothing has to be asked.
    pub(crate) fn is_always(&self) -> bool {
        self.0.is_empty()
    }
}

impl Ty {
    /// Whether it has a lifetime, that of a request.
    pub(crate) fn borrows(&self) -> bool {
        match self {
            Self::Primitive(_) | Self::String | Self::Value | Self::Null => false,
            Self::Named { borrows, .. } | Self::Custom { borrows, .. } => *borrows,
            Self::List(inner) | Self::Boxed(inner) => inner.borrows(),
        }
    }
}

impl Struct {
    /// Whether it has a lifetime.
    pub(crate) fn borrows(&self) -> bool {
        let branch = self.branch.as_ref();
        self.fields.iter().any(|field| field.ty.borrows())
            || branch.is_some_and(|branch| branch.borrows)
    }
}

impl TaggedEnum {
    /// Whether it has a lifetime.
    pub(crate) fn borrows(&self) -> bool {
        let payloads = self.branches.iter().flat_map(|branch| &branch.payload);
        payloads.into_iter().any(Ty::borrows)
    }
}

impl Untagged {
    /// Whether it has a lifetime.
    pub(crate) fn borrows(&self) -> bool {
        let payloads = self.alternatives.iter().flat_map(|it| &it.payload);
        payloads.into_iter().any(Ty::borrows)
    }
}
