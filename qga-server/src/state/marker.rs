//! The mark that file systems are frozen, by which an agent that is started anew knows.

use std::fs;
use std::io::{self, ErrorKind};
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use rustix::fs::{FlockOperation, Mode, OFlags, flock};

use crate::own_file;

const FILE_NAME: &str = "qga.state.isfrozen";
/// How long to wait for somebody who is about to thaw, and how often to look.
const PATIENCE: Duration = Duration::from_secs(5);
const PAUSE: Duration = Duration::from_millis(5);

/// An empty file that is there while file systems are frozen, and locked as long as somebody is
/// there who will thaw them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Marker(PathBuf);

impl Marker {
    /// The mark in a state directory.
    pub(crate) fn new(state_dir: &Path) -> Self {
        Self(state_dir.join(FILE_NAME))
    }

    /// The mark at this place.
    pub(crate) fn at(path: &Path) -> Self {
        Self(path.to_owned())
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    /// Waits for a guard whose agent is gone, for it is about to thaw.
    pub(crate) fn wait_for_guard(&self) {
        let deadline = Instant::now() + PATIENCE;
        while self.is_locked() && Instant::now() < deadline {
            thread::sleep(PAUSE);
        }
    }

    fn is_locked(&self) -> bool {
        let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NOFOLLOW | OFlags::NONBLOCK;
        let file = rustix::fs::open(&self.0, flags, Mode::empty());
        file.is_ok_and(|file| flock(&file, FlockOperation::NonBlockingLockShared).is_err())
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

    /// Sets the mark, and locks it as long as the file that this gives is open somewhere. It must
    /// not be on a file system that is frozen already.
    pub(crate) fn set(&self) -> io::Result<Option<OwnedFd>> {
        match own_file::options()
            .write(true)
            .create_new(true)
            .open(&self.0)
        {
            Ok(file) => {
                // Without it, an agent that starts does not wait.
                let _ = flock(&file, FlockOperation::NonBlockingLockExclusive);
                Ok(Some(file.into()))
            }
            Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(self.lock()),
            Err(error) => Err(error),
        }
    }

    /// Locks the mark that is set, if nobody else has.
    pub(crate) fn lock(&self) -> Option<OwnedFd> {
        let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NOFOLLOW | OFlags::NONBLOCK;
        let file = rustix::fs::open(&self.0, flags, Mode::empty()).ok()?;
        flock(&file, FlockOperation::NonBlockingLockExclusive).ok()?;
        Some(file)
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
    fn a_mark_is_locked_as_long_as_somebody_will_thaw() {
        let dir = tempdir().expect("a directory");
        let marker = Marker::new(dir.path());
        assert!(!marker.is_locked());
        let mark = marker.set().expect("room for a file").expect("a lock");
        assert!(marker.is_locked() && marker.lock().is_none());
        let second = mark.try_clone().expect("a second one, as a guard has it");
        drop(mark);
        assert!(marker.is_locked());
        drop(second);
        marker.wait_for_guard();
        assert!(marker.is_set() && marker.lock().is_some());
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
