//! The stage from a path to everything that its files say.
//!
//! Includes are followed at their directive, depth first, and each file is read
//! once. Directives are used up here and comments are given to the definitions
//! behind them; nothing here looks into a definition. Each is handed on as soon as
//! it is read.

mod error;
mod path;
mod pragma;
mod reader;
mod text;
mod walk;

use std::fmt;
use std::path::Path;

use crate::ast::Object;
use crate::diagnostic::Error;
use crate::dialect::{Dialect, Tolerances};
use crate::doc::Doc;
use crate::source::{FileId, SourceMap, Span};

pub(crate) use error::LoadError;
pub(crate) use pragma::Pragma;
pub use reader::{DiskReader, FileReader, MemoryReader};

/// Reads schemas: the way in where [`load`](crate::load()) is not enough.
///
/// ```
/// use qapi_parser::{Loader, MemoryReader};
///
/// let files = MemoryReader::from_iter([
///     ("root.json", "{ 'include': 'types.json' }"),
///     ("types.json", "{ 'enum': 'Colour', 'data': [ 'red', 'green' ] }"),
/// ]);
/// let schema = Loader::new().reader(Box::new(files)).load("root.json")?;
/// assert!(schema.find("Colour").is_some());
/// # Ok::<(), qapi_parser::Error>(())
/// ```
pub struct Loader {
    dialect: Dialect,
    reader: Box<dyn FileReader>,
}

impl Loader {
    /// A loader for files on disk in the current dialect.
    pub fn new() -> Self {
        Self {
            dialect: Dialect::Current,
            reader: Box::new(DiskReader),
        }
    }

    /// Which era of the language the schema is written in; [`Dialect::Current`]
    /// unless set.
    pub fn dialect(&mut self, dialect: Dialect) -> &mut Self {
        self.dialect = dialect;
        self
    }

    /// Where files come from; [`DiskReader`] unless set.
    pub fn reader(&mut self, reader: Box<dyn FileReader>) -> &mut Self {
        self.reader = reader;
        self
    }

    /// What the chosen dialect lets pass.
    pub(crate) fn tolerances(&self) -> &'static Tolerances {
        self.dialect.tolerances()
    }

    /// The first stage: the root file and all that it includes. `take` is given
    /// what they say, piece by piece.
    pub(crate) fn read(
        &self,
        root: &Path,
        take: &mut dyn FnMut(Read<'_>),
    ) -> Result<Loaded, Error> {
        walk::walk(self.reader.as_ref(), self.tolerances(), root, take)
    }
}

impl Default for Loader {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Loader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Loader")
            .field("dialect", &self.dialect)
            .finish_non_exhaustive()
    }
}

/// Something that a file says, in the order of reading.
#[derive(Debug)]
pub(crate) enum Read<'p> {
    /// A definition. Those of an included file stand where it is included first.
    Definition(LoadedItem),
    /// A directive that leaves the pragmas of all files so far like this.
    Pragma(&'p Pragma),
}

/// What came out of all files of a schema, but for the definitions.
#[derive(Debug)]
pub(crate) struct Loaded {
    /// The files.
    pub(crate) sources: SourceMap,
    /// The same files, with what they include.
    pub(crate) modules: Vec<LoadedModule>,
    /// The pragmas of all files together.
    pub(crate) pragma: Pragma,
}

impl Loaded {
    /// Gives once more what the files say. They are not opened again.
    pub(crate) fn repeat(&self, tolerances: &Tolerances, take: &mut dyn FnMut(Read<'_>)) {
        let Some(root) = self.sources.files().next() else {
            return;
        };
        let reader = reader::Again::new(&self.sources);
        let again = walk::walk(&reader, tolerances, self.sources.path(root), take);
        again.expect("the same was good before");
    }
}

/// One file of the schema, apart from its definitions.
#[derive(Debug)]
pub(crate) struct LoadedModule {
    /// The file.
    pub(crate) file: FileId,
    /// What stands in it, in source order, each at its offset.
    pub(crate) aside: Vec<(u32, Aside)>,
}

/// What stands in a file besides definitions.
#[derive(Debug)]
pub(crate) enum Aside {
    /// An include directive, followed before or not.
    Include(FileId),
    /// A comment that is for no definition.
    Text(Doc),
}

/// A top-level object that is not a directive, with its documentation.
#[derive(Debug)]
pub(crate) struct LoadedItem {
    /// The object from bracket to bracket.
    pub(crate) span: Span,
    /// The object.
    pub(crate) object: Object,
    /// The comment before it.
    pub(crate) doc: Option<Doc>,
}
