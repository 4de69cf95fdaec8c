//! Where schemas come from.

use std::fmt;
use std::fs;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use clap::builder::{
    MapValueParser, PathBufValueParser, TypedValueParser as _, ValueParserFactory,
};
use qapi_parser::{Checked, Dialect, DiskReader, FileReader, Loader, Schema};

use crate::failure::Failure;
use crate::version;

/// A schema that was named on the command line: a path, or `-` for standard input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Input(PathBuf);

/// Where a folder with a release of QEMU has the root of its schema: since 2.12, and before.
const ROOTS: [&str; 2] = ["qapi/qapi-schema.json", "qapi-schema.json"];

/// What reports call standard input.
const STDIN: &str = "<stdin>";

impl Input {
    /// Whether this is standard input, which can be read but once.
    pub(crate) fn is_stdin(&self) -> bool {
        self.0 == Path::new("-")
    }

    /// The file that holds the root of the schema.
    pub(crate) fn root(&self) -> PathBuf {
        if self.is_stdin() {
            return PathBuf::from(STDIN);
        }
        let mut roots = ROOTS.iter().map(|root| self.0.join(root));
        roots
            .find(|root| self.0.is_dir() && root.is_file())
            .unwrap_or_else(|| self.0.clone())
    }

    /// The folder that this is, unless that has the root of a schema.
    pub(crate) fn folder(&self) -> Option<&Path> {
        let is_folder = !self.is_stdin() && self.0.is_dir() && self.root() == self.0;
        is_folder.then_some(&self.0)
    }

    /// The version that the path names; a pipe has a name that tells nothing.
    pub(crate) fn version(&self) -> Option<String> {
        let path = Some(&self.0).filter(|path| path.is_file() || path.is_dir())?;
        version::of_path(path).or_else(|| version::of_path(&fs::canonicalize(path).ok()?))
    }

    /// The name of the file, without its extension.
    pub(crate) fn stem(&self) -> String {
        let root = self.root();
        root.file_stem()
            .unwrap_or(root.as_os_str())
            .to_string_lossy()
            .into_owned()
    }

    /// Reads the schema.
    ///
    /// # Errors
    /// It cannot be read, or breaks a rule of the language.
    pub(crate) fn load(&self, dialect: Dialect) -> Result<Checked<Schema>, qapi_parser::Error> {
        let root = self.root();
        let reader = RootReader {
            root: root.clone(),
            is_stdin: self.is_stdin(),
        };
        Loader::new()
            .dialect(dialect)
            .reader(Box::new(reader))
            .load(root)
    }
}

impl From<PathBuf> for Input {
    fn from(path: PathBuf) -> Self {
        Self(path)
    }
}

/// A path may be anything, not just text.
impl ValueParserFactory for Input {
    type Parser = MapValueParser<PathBufValueParser, fn(PathBuf) -> Self>;

    fn value_parser() -> Self::Parser {
        PathBufValueParser::new().map(Self)
    }
}

impl fmt::Display for Input {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.root().display().fmt(f)
    }
}

/// Fails if standard input is to be read more than once.
///
/// # Errors
/// It is.
pub(crate) fn read_stdin_once<'i>(
    inputs: impl IntoIterator<Item = &'i Input>,
) -> Result<(), Failure> {
    match inputs.into_iter().filter(|input| input.is_stdin()).count() {
        0 | 1 => Ok(()),
        _ => Err(Failure::new("standard input (`-`) can be one schema only")),
    }
}

/// Reads the root from whatever the user names, and includes from files.
///
/// What is named on the command line may be a pipe, as in `qapi diff <(git show HEAD:a.json) a.json`.
struct RootReader {
    root: PathBuf,
    is_stdin: bool,
}

impl FileReader for RootReader {
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        let is_root = path == self.root;
        if !is_root || (!self.is_stdin && (path.is_file() || path.is_dir())) {
            return DiskReader.read(path);
        }
        let mut bytes = Vec::new();
        let limit = u64::from(u32::MAX);
        if self.is_stdin {
            io::stdin().lock().take(limit).read_to_end(&mut bytes)?;
        } else {
            fs::File::open(path)?.take(limit).read_to_end(&mut bytes)?;
        }
        Ok(bytes)
    }
}
