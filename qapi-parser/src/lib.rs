//! Reads QAPI schemas, the interface language of QEMU, into a checked model.
//!
//! ```
//! use qapi_parser::{Loader, MemoryReader};
//!
//! let schema = "{ 'struct': 'Point',
//!   'data': { 'x': 'int', '*label': 'str' } }
//! { 'command': 'draw', 'data': 'Point' }";
//! let reader = MemoryReader::from_iter([("figure.json", schema)]);
//! let schema = Loader::new().reader(Box::new(reader)).load("figure.json")?;
//!
//! let point = schema.find("Point").expect("the schema defines it");
//! assert_eq!(schema.object_members(point).len(), 2);
//! # Ok::<(), qapi_parser::Error>(())
//! ```
//!
//! [`load()`] takes a path and does the rest; [`Loader`] is for schemas of another
//! era or from another place. Both lead a schema through these stages, each in
//! its own module with its own errors:
//!
//! | stage | from | to | module |
//! | --- | --- | --- | --- |
//! | load | a path | the text of all files, in a [`SourceMap`] | `load` |
//! | parse | text | values, comments and their places | `ast`, `doc` |
//! | lift | an object | an expression: a command, a struct, ... | `expr` |
//! | build, check | all expressions | a [`Checked`] [`Schema`] | `schema` |
//! | introspect | a checked schema | what `query-qmp-schema` answers, an [`Introspection`] | `introspect` |
//!
//! A stage ends with everything that it found wrong, as one [`Error`], and the
//! next one starts only if that is nothing. What an era of the language
//! tolerates is data, chosen by [`Dialect`].

#![forbid(unsafe_code)]

use std::path::Path;

mod ast;
mod cond;
mod diagnostic;
mod dialect;
mod doc;
mod expr;
mod introspect;
mod load;
mod schema;
mod seen;
mod similar;
mod source;
mod text;

use expr::Lift;

pub use cond::Cond;
pub use diagnostic::{Diagnostic, Error, Label};
pub use dialect::Dialect;
pub use doc::{Doc, DocEntry, DocSection, DocText, NotAVersion, SectionKind, Version};
pub use introspect::{
    Introspection, JsonType, SchemaInfo, SchemaInfoAlternateMember, SchemaInfoEnumMember,
    SchemaInfoFeature, SchemaInfoKind, SchemaInfoObjectMember, SchemaInfoObjectVariant,
};
pub use load::{DiskReader, FileReader, Loader, MemoryReader};
pub use schema::{
    Alternate, Alternative, Branch, Builtin, Checked, Command, Definition, DefinitionId,
    DefinitionKind, Enum, EnumValue, Event, Feature, JsonKind, Meaning, Member, Members, Module,
    ModuleItem, OldForm, OldSpelling, Origin, Schema, Struct, TypeRef, Union,
};
pub use similar::similar;
pub use source::{FileId, Location, Name, SourceMap, Span};
pub use text::Text;

/// Reads the schema in a file and the files it includes, in the current dialect.
///
/// # Errors
/// A file cannot be read, or the schema breaks a rule of the language. The error
/// holds everything that was found; printing it shows each place.
pub fn load(path: impl AsRef<Path>) -> Result<Checked<Schema>, Error> {
    Loader::new().load(path)
}

impl Loader {
    /// Reads the schema in a file and the files it includes.
    ///
    /// # Errors
    /// A file cannot be read, or the schema breaks a rule of the language.
    pub fn load(&self, path: impl AsRef<Path>) -> Result<Checked<Schema>, Error> {
        let tolerances = self.tolerances();
        let mut lift = Lift::new(schema::predefined(), tolerances);
        let loaded = self.read(path.as_ref(), &mut |read| lift.take(read))?;
        if let Some(again) = lift.again() {
            lift = again;
            loaded.repeat(tolerances, &mut |read| lift.take(read));
        }
        schema::make(loaded, lift.finish(), tolerances)
    }
}
