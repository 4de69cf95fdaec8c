//! The stage from expressions to a schema: every name is defined and looked up,
//! and every rule that concerns more than one expression is checked.
//!
//! [`build`](build::build) defines the names, [`check`](check::check) runs the
//! rules in the order of QEMU's own tool, and [`resolve`](resolve::resolve) makes
//! definitions of what passed. There is no unchecked [`Schema`]: a reference to
//! something unknown could not even be represented in one.

use std::ops::Deref;
use std::path::Path;

use crate::diagnostic::{Diagnostics, Error};
use crate::dialect::Tolerances;
use crate::expr::Lifted;
use crate::load::Loaded;
use crate::source::{FileId, SourceMap};

mod build;
mod builtin;
mod check;
mod definition;
mod describe;
mod error;
mod module;
mod old;
mod resolve;

pub use builtin::{Builtin, JsonKind};
pub use definition::{
    Alternate, Alternative, Branch, Command, Definition, DefinitionId, DefinitionKind, Event,
    Member, Members, Struct, TypeRef, Union,
};

pub use crate::expr::{Enum, EnumValue, Feature, Meaning, OldForm, OldSpelling, Origin};
pub use module::{Module, ModuleItem};

pub(crate) use builtin::predefined;

use build::Namespace;
use builtin::QTYPE;
use resolve::Resolved;

/// All definitions of a schema, every name looked up.
#[derive(Clone, Debug)]
pub struct Schema {
    definitions: Vec<Definition>,
    namespace: Namespace,
    modules: Vec<Module>,
    sources: SourceMap,
    /// Whether the schema uses what the language predefines.
    uses_qtype: bool,
    old_spellings: Vec<OldSpelling>,
}

/// A schema that passed every check.
///
/// Only [`load`](crate::load) and [`Loader`](crate::Loader) make one, and no
/// `&mut` is given out, so code that takes a `Checked<Schema>` may rely on every
/// rule of the language.
#[derive(Clone, Debug)]
pub struct Checked<T>(T);

impl<T> Deref for Checked<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

/// From what was read to a schema.
///
/// # Errors
/// The expressions break a rule of the language. Each step reports all that it
/// finds, and ends the work if there is anything.
pub(crate) fn make(
    loaded: Loaded,
    lifted: Result<Lifted, Diagnostics>,
    tolerances: &'static Tolerances,
) -> Result<Checked<Schema>, Error> {
    let Loaded {
        sources,
        modules,
        pragma,
    } = loaded;
    let checked = lifted
        .and_then(build::build)
        .and_then(|table| check::check(&table, &pragma, tolerances).map(|tags| (table, tags)));
    let (table, tags) = match checked {
        Ok(checked) => checked,
        Err(errors) => return Err(Diagnostics::into_error(errors, sources)),
    };
    let Resolved {
        definitions,
        namespace,
        uses_qtype,
        old_spellings,
    } = resolve::resolve(table, tags);
    let schema = Schema {
        modules: module::modules(&sources, modules, &definitions),
        definitions,
        namespace,
        sources,
        uses_qtype,
        old_spellings,
    };
    Ok(Checked(schema))
}

impl Schema {
    /// All definitions, in definition order: those of an included file stand
    /// where it is included first.
    ///
    /// The first one is `QType`, if the schema uses this enum that the language
    /// predefines.
    pub fn definitions(&self) -> impl Iterator<Item = (DefinitionId, &Definition)> {
        let all = self.definitions.iter().enumerate();
        let skipped = usize::from(!self.uses_qtype);
        all.skip(skipped)
            .map(|(index, definition)| (build::id(index), definition))
    }

    /// The definition with an id of this schema.
    ///
    /// # Panics
    /// The id is of another schema, which has more definitions.
    pub fn definition(&self, id: DefinitionId) -> &Definition {
        &self.definitions[id.index()]
    }

    /// The definition with a name.
    pub fn find(&self, name: &str) -> Option<DefinitionId> {
        self.namespace
            .find(name)
            .filter(|id| *id != QTYPE || self.uses_qtype)
    }

    /// The files of the schema with what stands in them, in order of reading.
    pub fn modules(&self) -> &[Module] {
        &self.modules
    }

    /// What stands in a file of the schema.
    ///
    /// # Panics
    /// The file is of another schema, which has more files.
    pub fn module(&self, file: FileId) -> &Module {
        &self.modules[file.index()]
    }

    /// The text that the spans count in.
    pub fn sources(&self) -> &SourceMap {
        &self.sources
    }

    /// Every file that was read, in order: what a build script watches.
    pub fn source_files(&self) -> impl Iterator<Item = &Path> {
        self.sources.files().map(|file| self.sources.path(file))
    }

    /// The members of a struct, or those that all values of a union have: the
    /// ones of its base first. None for other definitions.
    pub fn object_members(&self, id: DefinitionId) -> Vec<&Member> {
        let mut levels = Vec::new();
        let mut next = Some(id);
        while let Some(id) = next.take() {
            match &self.definition(id).kind {
                DefinitionKind::Struct(struct_) => {
                    levels.push(&struct_.members);
                    next = struct_.base;
                }
                DefinitionKind::Union(union) => match &union.base {
                    Members::Inline(members) => levels.push(members),
                    Members::Named(base) => next = Some(*base),
                },
                DefinitionKind::Enum(_)
                | DefinitionKind::Alternate(_)
                | DefinitionKind::Command(_)
                | DefinitionKind::Event(_) => {}
            }
        }
        levels.into_iter().rev().flatten().collect()
    }

    /// The enum with an id, if it is one.
    pub fn enum_(&self, id: DefinitionId) -> Option<&Enum> {
        match &self.definition(id).kind {
            DefinitionKind::Enum(enum_) => Some(enum_),
            _ => None,
        }
    }

    /// The struct with an id, if it is one.
    pub fn struct_(&self, id: DefinitionId) -> Option<&Struct> {
        match &self.definition(id).kind {
            DefinitionKind::Struct(struct_) => Some(struct_),
            _ => None,
        }
    }

    /// The union with an id, if it is one.
    pub fn union_(&self, id: DefinitionId) -> Option<&Union> {
        match &self.definition(id).kind {
            DefinitionKind::Union(union) => Some(union),
            _ => None,
        }
    }

    /// The alternate with an id, if it is one.
    pub fn alternate(&self, id: DefinitionId) -> Option<&Alternate> {
        match &self.definition(id).kind {
            DefinitionKind::Alternate(alternate) => Some(alternate),
            _ => None,
        }
    }
}
