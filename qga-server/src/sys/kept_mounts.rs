//! The local file systems, read again only if the kernel says that something was mounted or
//! unmounted.
//!
//! To write its table of mounts takes the kernel longer than everything else that is to be known
//! about the file systems of most machines.

use std::os::fd::OwnedFd;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags};
use rustix::fs::{Mode, OFlags};

use super::mount::{self, FileSystem};
use super::stop::poll;
use super::{Error, Root};
use crate::lock::lock;

/// The local file systems as they were read last.
#[derive(Debug, Default)]
pub(crate) struct KeptMounts(Mutex<Option<Kept>>);

#[derive(Debug)]
struct Kept {
    /// The table, which tells of changes since it was opened.
    table: OwnedFd,
    systems: Arc<[FileSystem]>,
}

/// The local file systems.
#[derive(Debug)]
pub(crate) struct Local {
    pub(crate) systems: Arc<[FileSystem]>,
    /// Whether they were read now. Of others, the directories may have been renamed in which they
    /// are mounted: who does not reach them there has to [read](KeptMounts::read) the table.
    pub(crate) are_fresh: bool,
}

impl KeptMounts {
    /// Does the same as [`mount::local`], if need be.
    ///
    /// # Errors
    /// The same.
    pub(crate) fn local(&self, root: &Root) -> Result<Local, Error> {
        let kept = lock(&self.0).as_ref().and_then(Kept::current);
        match kept {
            Some(systems) => Ok(Local {
                systems,
                are_fresh: false,
            }),
            None => self.read(root),
        }
    }

    /// Does the same as [`mount::local`], and keeps what it finds.
    ///
    /// # Errors
    /// The same.
    pub(crate) fn read(&self, root: &Root) -> Result<Local, Error> {
        // This comes first: what changes while the table is read is told afterwards.
        let flags = OFlags::RDONLY | OFlags::CLOEXEC;
        let table = rustix::fs::open(mount::TABLE, flags, Mode::empty());
        let systems: Arc<[_]> = mount::local(root)?.into();
        let is_lasting = root.is_machine() && systems.iter().all(FileSystem::is_lasting);
        *lock(&self.0) = table.ok().filter(|_| is_lasting).map(|table| Kept {
            table,
            systems: Arc::clone(&systems),
        });
        Ok(Local {
            systems,
            are_fresh: true,
        })
    }
}

impl Kept {
    /// The file systems, if nothing has changed.
    fn current(&self) -> Option<Arc<[FileSystem]>> {
        let mut fds = [PollFd::new(&self.table, PollFlags::PRI)];
        poll(&mut fds, Some(Duration::ZERO)).ok()?;
        let is_same = fds[0].revents().is_empty();
        is_same.then(|| Arc::clone(&self.systems))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_what_would_be_read() {
        let (mounts, root) = (KeptMounts::default(), Root::default());
        // Other tests may mount something meanwhile.
        let same = (0..100).any(|_| {
            let first = mounts.local(&root).expect("a table");
            let second = mounts.local(&root).expect("a table");
            let read = mount::local(&root).expect("a table");
            assert!(first.systems == second.systems || second.are_fresh);
            *second.systems == read
        });
        assert!(same);
    }

    #[test]
    fn a_tree_that_stands_in_for_the_machine_is_read_each_time() {
        let mounts = KeptMounts::default();
        let root = Root::captured("many-disks");
        for _ in 0..2 {
            assert!(mounts.local(&root).expect("a table").are_fresh);
        }
    }
}
