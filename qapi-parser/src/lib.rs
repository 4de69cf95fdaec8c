//! Reads QAPI schemas, the interface language of QEMU, into a checked model.

#![forbid(unsafe_code)]

mod ast;
mod cond;
mod diagnostic;
mod dialect;
mod doc;
mod load;
mod source;

pub use cond::Cond;
pub use diagnostic::{Diagnostic, Error, Label};
pub use dialect::Dialect;
pub use doc::{Doc, DocEntry, DocSection, SectionKind, Version};
pub use load::Loader;
pub use source::{FileId, Location, Name, SourceMap, Span};
