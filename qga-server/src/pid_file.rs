//! The file in which a daemon tells its number.

use std::fs::{self, File};
use std::io::{self, Write};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use thiserror::Error;

use crate::own_file;
use crate::sys::error::{errno, reason};
use crate::sys::lock;

/// A pid file that is ours: nobody else has it as long as this exists, and it goes with it.
///
/// The lock belongs to the open file, so a process that has it may fork: the child keeps it.
#[derive(Debug)]
pub(crate) struct PidFile {
    file: File,
    path: PathBuf,
}

/// A pid file that cannot be had.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub(crate) enum PidFileError {
    /// It can neither be opened nor made.
    #[error("Could not create '{}': {why}", path.display())]
    Create { path: PathBuf, why: String },
    /// Another process has it.
    #[error("Cannot lock pid file: {0}")]
    Lock(String),
    /// What was to be written to it is not in it.
    #[error("Failed to write pid file: {0}")]
    Write(String),
}

impl PidFile {
    /// Gets hold of the file, and empties it: who was in it is gone.
    ///
    /// # Errors
    /// Another process has it, or it cannot be made.
    pub(crate) fn lock(path: &Path) -> Result<Self, PidFileError> {
        loop {
            let file = open(path).map_err(|error| PidFileError::Create {
                path: path.to_owned(),
                why: reason(errno(&error)),
            })?;
            lock::exclusively(&file).map_err(|error| PidFileError::Lock(reason(error)))?;
            // Its last owner may have removed it just before we got the lock: then it is a file
            // that nobody will find.
            if identity(fs::metadata(path)) == identity(file.metadata()) {
                file.set_len(0)
                    .map_err(|error| PidFileError::Write(reason(errno(&error))))?;
                let path = path.to_owned();
                return Ok(Self { file, path });
            }
        }
    }

    /// Writes down the number of this process.
    ///
    /// # Errors
    /// There is no room.
    pub(crate) fn fill(&self) -> Result<(), PidFileError> {
        let line = format!("{}\n", std::process::id());
        (&self.file)
            .write_all(line.as_bytes())
            .map_err(|error| PidFileError::Write(reason(errno(&error))))
    }
}

impl Drop for PidFile {
    fn drop(&mut self) {
        if identity(fs::metadata(&self.path)) == identity(self.file.metadata()) {
            // A file that stays is only untidy, since nobody has locked it.
            let _ = fs::remove_file(&self.path);
        }
    }
}

fn open(path: &Path) -> io::Result<File> {
    own_file::options()
        .write(true)
        .create(true)
        .truncate(false)
        .open(path)
}

/// Which file it is, whatever its name.
fn identity(metadata: io::Result<fs::Metadata>) -> Option<(u64, u64)> {
    metadata
        .ok()
        .map(|metadata| (metadata.dev(), metadata.ino()))
}

#[cfg(test)]
mod tests {
    use tempfile::{TempDir, tempdir};

    use super::*;

    fn setup() -> (TempDir, PathBuf) {
        let dir = tempdir().expect("a directory");
        let path = dir.path().join("pid");
        (dir, path)
    }

    #[test]
    fn the_file_tells_the_process_and_goes_with_it() {
        let (_dir, path) = setup();
        fs::write(&path, "what a dead process has left").expect("a file");
        let file = PidFile::lock(&path).expect("a pid file");
        file.fill().expect("room");
        let text = fs::read_to_string(&path).expect("the file");
        assert_eq!(text, format!("{}\n", std::process::id()));
        drop(file);
        assert!(!path.exists());
    }

    #[test]
    fn a_new_file_is_for_its_owner_only() {
        let (_dir, path) = setup();
        let _file = PidFile::lock(&path).expect("a pid file");
        let mode = fs::metadata(&path).expect("the file").mode();
        assert_eq!(mode & 0o777, own_file::MODE);
    }

    #[test]
    fn a_second_process_is_refused_and_does_no_harm() {
        let (_dir, path) = setup();
        let first = PidFile::lock(&path).expect("a pid file");
        first.fill().expect("room");
        let error = PidFile::lock(&path).expect_err("a refusal");
        let text = "Cannot lock pid file: Resource temporarily unavailable";
        assert_eq!(error.to_string(), text);
        assert!(!fs::read(&path).expect("the file").is_empty());
    }

    #[test]
    fn the_file_of_somebody_else_stays() {
        let (_dir, path) = setup();
        let file = PidFile::lock(&path).expect("a pid file");
        fs::remove_file(&path).expect("the file");
        fs::write(&path, "1\n").expect("another file");
        drop(file);
        assert_eq!(fs::read(&path).expect("the file"), b"1\n");
    }

    #[test]
    fn what_prevents_it_is_told() {
        let error = PidFile::lock(Path::new("/nonexistent/p")).expect_err("a refusal");
        let text = "Could not create '/nonexistent/p': No such file or directory";
        assert_eq!(error.to_string(), text);
    }
}
