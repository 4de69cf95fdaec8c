//! The stage from a path to everything that its files say.
//!
//! Includes are followed at their directive, depth first; each file is read
//! once. Directives are used up here: what is left are definitions.

use std::path::Path;

use crate::ast::Object;
use crate::diagnostic::Error;
use crate::dialect::Dialect;
use crate::doc::Doc;
use crate::source::{FileId, Name, SourceMap, Span};

/// What came out of all files of a schema.
#[derive(Debug)]
pub(crate) struct Loaded {
    /// The files.
    pub(crate) sources: SourceMap,
    /// The same files, with what they include.
    pub(crate) modules: Vec<LoadedModule>,
    /// The definitions: those of an included file stand where it is included first.
    pub(crate) items: Vec<LoadedItem>,
    /// The pragmas of all files together.
    pub(crate) pragma: Pragma,
}

/// One file of the schema.
#[derive(Clone, Debug)]
pub(crate) struct LoadedModule {
    /// The file.
    pub(crate) file: FileId,
    /// What it includes, in source order, repetitions and all.
    pub(crate) includes: Vec<FileId>,
}

/// A top-level object that is not a directive, with its documentation.
#[derive(Debug)]
pub(crate) struct LoadedItem {
    /// The file that holds it.
    pub(crate) file: FileId,
    /// The object from bracket to bracket.
    pub(crate) span: Span,
    /// The object.
    pub(crate) object: Object,
    /// The comment right before it.
    pub(crate) doc: Option<Doc>,
}

/// The pragmas of a schema, all files together: the last setting of each wins,
/// wherever it stands.
#[derive(Clone, Debug, Default)]
pub(crate) struct Pragma {
    /// Every definition needs a documentation comment.
    pub(crate) doc_required: bool,
    /// Commands whose names may hold `_`.
    pub(crate) command_name_exceptions: Vec<Name>,
    /// Commands that may return something other than an object.
    pub(crate) command_returns_exceptions: Vec<Name>,
    /// Types whose members may be spelled against the rules.
    pub(crate) member_name_exceptions: Vec<Name>,
    /// Definitions whose members need no description.
    pub(crate) documentation_exceptions: Vec<Name>,
}

/// Reads schemas.
#[derive(Debug, Default)]
pub struct Loader {
    dialect: Dialect,
}

impl Loader {
    /// A loader for schemas on disk, in the current dialect.
    pub fn new() -> Self {
        Self::default()
    }

    /// The dialect of the schema; [`Dialect::Current`] unless set.
    pub fn dialect(&mut self, dialect: Dialect) -> &mut Self {
        self.dialect = dialect;
        self
    }

    /// What the dialect lets pass.
    pub(crate) fn tolerances(&self) -> &'static crate::dialect::Tolerances {
        self.dialect.tolerances()
    }

    /// The first stage alone.
    pub(crate) fn read(&self, _root: &Path) -> Result<Loaded, Error> {
        todo!("being written")
    }
}
