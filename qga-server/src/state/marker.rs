//! The mark that file systems are frozen, by which an agent that is started anew knows.

use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use crate::own_file;

const FILE_NAME: &str = "qga.state.isfrozen";

/// An empty file that is there while file systems are frozen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Marker(PathBuf);

impl Marker {
    /// The mark in a state directory.
    pub(crate) fn new(state_dir: &Path) -> Self {
        Self(state_dir.join(FILE_NAME))
    }

    /// Whether an agent has left file systems frozen.
    ///
    /// If that cannot be told they may well be, and thawing what is not frozen does no harm.
    pub(crate) fn is_set(&self) -> bool {
        match fs::symlink_metadata(&self.0) {
            Ok(_) => true,
            Err(error) if error.kind() == ErrorKind::NotFound => false,
            Err(error) => {
                log::error!("cannot look for {}: {error}", self.0.display());
                true
            }
        }
    }

    /// Sets the mark. It must not be on a file system that is frozen already.
    pub(crate) fn set(&self) -> io::Result<()> {
        match own_file::options()
            .write(true)
            .create_new(true)
            .open(&self.0)
        {
            Err(error) if error.kind() != ErrorKind::AlreadyExists => Err(error),
            _ => Ok(()),
        }
    }

    /// Takes the mark away.
    pub(crate) fn clear(&self) -> io::Result<()> {
        match fs::remove_file(&self.0) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::MetadataExt;

    use tempfile::tempdir;

    use super::*;

    #[test]
    fn the_mark_stays_until_it_is_cleared() {
        let dir = tempdir().expect("a directory");
        assert!(!Marker::new(dir.path()).is_set());
        Marker::new(dir.path()).set().expect("room for a file");
        Marker::new(dir.path()).set().expect("nothing to do");
        assert!(Marker::new(dir.path()).is_set());
        let file = fs::metadata(dir.path().join(FILE_NAME)).expect("a file");
        assert_eq!((file.len(), file.mode() & 0o777), (0, 0o600));
        Marker::new(dir.path()).clear().expect("a file to remove");
        Marker::new(dir.path()).clear().expect("nothing to do");
        assert!(!Marker::new(dir.path()).is_set());
    }

    #[test]
    fn who_cannot_tell_thinks_of_the_worse() {
        let dir = tempdir().expect("a directory");
        let file = dir.path().join("file");
        fs::write(&file, "").expect("a file");
        assert!(Marker::new(&file).is_set());
        assert!(Marker::new(&file).set().is_err());
    }
}
