//! Where the bytes of schema files come from.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::path::normalised;
use crate::source::{FileId, SourceMap};

/// Gives the bytes of schema files, from a disk or from elsewhere.
pub trait FileReader {
    /// The whole content of a file.
    ///
    /// `path` is the root as given to [`Loader::load`](super::Loader::load), or
    /// an include as written, joined to the directory of the including file.
    ///
    /// # Errors
    /// The file cannot be read.
    fn read(&self, path: &Path) -> io::Result<Vec<u8>>;
}

/// Reads files from the file system.
#[derive(Clone, Copy, Debug, Default)]
pub struct DiskReader;

impl FileReader for DiskReader {
    /// Refuses what is not a regular file: a directory has no text, and opening
    /// a named pipe would wait for its writer, perhaps for ever.
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        let metadata = fs::metadata(path)?;
        if metadata.is_dir() {
            return Err(io::ErrorKind::IsADirectory.into());
        }
        if !metadata.is_file() {
            return Err(io::Error::new(
                io::ErrorKind::InvalidInput,
                "not a regular file",
            ));
        }
        if metadata.len() > u64::from(u32::MAX) {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        // The size may have changed, or be a lie as in /proc; so it is but a guess,
        // with a byte to spare in which the end shows.
        let size = usize::try_from(metadata.len()).unwrap_or_default();
        let mut bytes = Vec::with_capacity(size.saturating_add(1));
        File::open(path)?
            .take(u64::from(u32::MAX))
            .read_to_end(&mut bytes)?;
        Ok(bytes)
    }
}

/// Gives the files that were read before, in the same order.
pub(super) struct Again<'s> {
    sources: &'s SourceMap,
    files: RefCell<Box<dyn Iterator<Item = FileId> + 's>>,
}

impl<'s> Again<'s> {
    /// Starts with the root.
    pub(super) fn new(sources: &'s SourceMap) -> Self {
        let files = RefCell::new(Box::new(sources.files()) as Box<_>);
        Self { sources, files }
    }
}

impl FileReader for Again<'_> {
    fn read(&self, _: &Path) -> io::Result<Vec<u8>> {
        let file = self
            .files
            .borrow_mut()
            .next()
            .ok_or(io::ErrorKind::NotFound)?;
        Ok(self.sources.text(file).into())
    }
}

/// Files in memory: for tests, and for schemas that are part of a program.
#[derive(Clone, Debug, Default)]
pub struct MemoryReader {
    files: BTreeMap<PathBuf, Vec<u8>>,
}

impl MemoryReader {
    /// A reader without files.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a file, or replaces it.
    pub fn file(&mut self, path: impl AsRef<Path>, content: impl Into<Vec<u8>>) -> &mut Self {
        self.files.insert(normalised(path.as_ref()), content.into());
        self
    }
}

impl<P: AsRef<Path>, C: Into<Vec<u8>>> FromIterator<(P, C)> for MemoryReader {
    fn from_iter<I: IntoIterator<Item = (P, C)>>(files: I) -> Self {
        let mut reader = Self::new();
        for (path, content) in files {
            reader.file(path, content);
        }
        reader
    }
}

impl FileReader for MemoryReader {
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        self.files
            .get(&normalised(path))
            .cloned()
            .ok_or_else(|| io::ErrorKind::NotFound.into())
    }
}
