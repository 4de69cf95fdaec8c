//! Reads QAPI schemas, the interface language of QEMU, into a checked model.

#![forbid(unsafe_code)]

mod ast;
mod cond;
mod diagnostic;
mod dialect;
mod doc;
mod expr;
mod load;
mod schema;
mod similar;
mod source;

pub use cond::Cond;
pub use diagnostic::{Diagnostic, Error, Label};
pub use dialect::Dialect;
pub use doc::{Doc, DocEntry, DocSection, SectionKind, Version};
pub use load::Loader;
pub use schema::{
    Alternate, Alternative, Branch, Builtin, Checked, Command, Definition, DefinitionId,
    DefinitionKind, Enum, EnumValue, Event, Feature, JsonKind, Member, Members, Module, Schema,
    Struct, TypeRef, Union,
};
pub use source::{FileId, Location, Name, SourceMap, Span};

/// Reads the schema in a file and the files it includes, in the current dialect.
///
/// # Errors
/// A file cannot be read, or the schema breaks a rule of the language. The error
/// holds everything that was found; printing it shows each place.
pub fn load(path: impl AsRef<std::path::Path>) -> Result<Checked<Schema>, Error> {
    Loader::new().load(path)
}

impl Loader {
    /// Reads the schema in a file and the files it includes.
    ///
    /// # Errors
    /// A file cannot be read, or the schema breaks a rule of the language.
    pub fn load(&self, path: impl AsRef<std::path::Path>) -> Result<Checked<Schema>, Error> {
        let loaded = self.read(path.as_ref())?;
        schema::make(loaded, self.tolerances())
    }
}
