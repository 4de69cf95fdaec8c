//! What a schema puts on the wire.
//!
//! Names of types are gone here, the members of bases are members of whoever has the base, and everything is sorted by
//! its name: schemas that differ in the names of types, in bases, in the order of definitions or in files have equal
//! views. Types that nothing on the wire leads to are not there at all.
//!
//! A type is still one [`Shape`], however many places use it, and a branch refers to the shape that it adds. Written out
//! at each use, the machine protocol would be endless, for its block devices are made of block devices.
//! [`Wire::entries`] writes it out, lazily.
//!
//! ```
//! # use qapi_parser::{Error, Loader, MemoryReader};
//! let text = "{ 'alternate': 'TextOrNull', 'data': { 't': 'str', 'n': 'null' } }
//! { 'struct': 'Mark', 'data': { 'x': 'int', '*label': 'TextOrNull' } }
//! { 'command': 'mark', 'data': 'Mark', 'returns': 'Mark', 'if': 'PENS' }";
//! # let files = MemoryReader::from_iter([("draw.json", text)]);
//! # let schema = Loader::new().reader(Box::new(files)).load("draw.json")?;
//! let wire = qapi_diff::Wire::new(&schema);
//! let lines = wire.entries().map(|entry| entry.to_string());
//! assert_eq!(
//!     lines.collect::<Vec<_>>(),
//!     [
//!         "mark: command if PENS",
//!         "mark.arguments.label: optional nullable str",
//!         "mark.arguments.x: int",
//!         "mark.return: object",
//!         "mark.return.label: optional nullable str",
//!         "mark.return.x: int",
//!     ]
//! );
//! # Ok::<(), Error>(())
//! ```

mod build;
mod cond;
mod count;
mod entries;
mod scalar;
mod ty;

use qapi_parser::{Checked, Cond, DefinitionId, Feature, Name, Schema, Text};

pub use entries::{Entries, Entry, EntryKind};
pub use scalar::{Range, Scalar};

pub(crate) use ty::Kind;

/// What a schema puts on the wire.
#[derive(Clone, Debug)]
pub struct Wire {
    commands: Vec<Command>,
    events: Vec<Event>,
    shapes: Vec<Shape>,
}

/// Where a [`Shape`] stands in its [`Wire`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ShapeId(u32);

/// A command.
#[derive(Clone, Debug)]
pub struct Command {
    /// Its name.
    pub name: Name,
    /// The definition it is.
    pub definition: DefinitionId,
    /// When it exists.
    pub cond: Option<Cond>,
    /// Its features, by name.
    pub features: Vec<Feature>,
    /// What it takes: an object.
    pub arguments: ShapeId,
    /// Whether it takes arguments that the schema does not tell.
    pub open: bool,
    /// What it answers.
    pub returns: Type,
    /// Whether success is answered at all.
    pub success_response: bool,
    /// Whether it may be executed out of band.
    pub allow_oob: bool,
    /// Whether it is available before the machine is built.
    pub allow_preconfig: bool,
}

/// An event.
#[derive(Clone, Debug)]
pub struct Event {
    /// Its name.
    pub name: Name,
    /// The definition it is.
    pub definition: DefinitionId,
    /// When it exists.
    pub cond: Option<Cond>,
    /// Its features, by name.
    pub features: Vec<Feature>,
    /// What it carries: an object.
    pub data: ShapeId,
}

/// The type of a value.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Type {
    /// A type of the language.
    Scalar(Scalar),
    /// An array of such values.
    Array(Box<Type>),
    /// A type of the schema.
    Shape(ShapeId),
}

/// A type of the schema without its name, or the arguments of a command or event.
#[derive(Clone, Debug)]
pub struct Shape {
    /// The definition whose content it is.
    pub definition: DefinitionId,
    /// The features of that, by name; none for arguments that stand in place.
    pub features: Vec<Feature>,
    /// What values it has.
    pub kind: ShapeKind,
}

/// The three kinds of types that schemas define, as they are seen on the wire.
#[derive(Clone, Debug)]
pub enum ShapeKind {
    /// Strings of a closed set, by name.
    Enum(Vec<Value>),
    /// Objects.
    Object(Object),
    /// Values of one of several JSON kinds.
    Alternate(Vec<Alternative>),
}

/// A value of an enum.
#[derive(Clone, Debug)]
pub struct Value {
    /// The string on the wire.
    pub name: Name,
    /// When it exists.
    pub cond: Option<Cond>,
    /// Its features, by name.
    pub features: Vec<Feature>,
}

/// What an object has in it.
#[derive(Clone, Debug, Default)]
pub struct Object {
    /// The members that it always has, those of bases included, by name.
    pub members: Vec<Member>,
    /// The tag that brings further ones.
    pub tag: Option<Tag>,
}

/// A member of an object.
#[derive(Clone, Debug)]
pub struct Member {
    /// The key on the wire.
    pub name: Name,
    /// The definition that it is written in; where this is a base, not that of the object.
    pub owner: DefinitionId,
    /// Whether it may be absent.
    pub optional: bool,
    /// Its type.
    pub ty: Type,
    /// When it exists.
    pub cond: Option<Cond>,
    /// Its features, by name.
    pub features: Vec<Feature>,
}

/// The member of an object that brings further ones.
#[derive(Clone, Debug)]
pub struct Tag {
    /// The name of the member.
    pub name: Text,
    /// What its values bring, by value. Those that bring nothing are not there.
    pub branches: Vec<Branch>,
}

/// What a value of the tag brings.
#[derive(Clone, Debug)]
pub struct Branch {
    /// The value.
    pub value: Name,
    /// When it brings this.
    pub cond: Option<Cond>,
    /// The object whose members are added.
    pub shape: ShapeId,
}

/// One of the types that a value may have; JSON values of two alternatives differ in kind.
#[derive(Clone, Debug)]
pub struct Alternative {
    /// Its name, which is not on the wire.
    pub name: Name,
    /// The type.
    pub ty: Type,
    /// When there is this one.
    pub cond: Option<Cond>,
}

impl Wire {
    /// What a schema puts on the wire.
    pub fn new(schema: &Checked<Schema>) -> Self {
        build::build(schema)
    }

    /// All commands, by name.
    pub fn commands(&self) -> &[Command] {
        &self.commands
    }

    /// All events, by name.
    pub fn events(&self) -> &[Event] {
        &self.events
    }

    /// The command with a name.
    pub fn command(&self, name: &str) -> Option<&Command> {
        let found = self
            .commands
            .binary_search_by(|it| (*it.name.text).cmp(name));
        found.ok().map(|index| &self.commands[index])
    }

    /// The event with a name.
    pub fn event(&self, name: &str) -> Option<&Event> {
        let found = self.events.binary_search_by(|it| (*it.name.text).cmp(name));
        found.ok().map(|index| &self.events[index])
    }

    /// The shape with an id of this view.
    ///
    /// # Panics
    /// The id is of another view, which has more shapes.
    pub fn shape(&self, id: ShapeId) -> &Shape {
        &self.shapes[id.0 as usize]
    }

    /// Everything on the wire with its path: commands, then events.
    ///
    /// A type is written out wherever it is used, but not within itself: there, the entry tells the path where it is
    /// being written out. It is up to the schema how many entries that makes; they are made as they are asked for.
    pub fn entries(&self) -> Entries<'_> {
        Entries::new(self)
    }
}
