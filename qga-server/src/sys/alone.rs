//! What a process may do only as long as it has a single thread.
//!
//! Each function here asks the kernel whether that is so, and that is what makes it sound.

use nix::sched::{CloneFlags, unshare};
use nix::unistd::{ForkResult, fork as fork_process};
use rustix::io::Errno;

use super::error::from_nix;

/// In which of the two processes a fork has returned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    /// The process as it was.
    Parent,
    /// The new one.
    Child,
}

/// Makes a copy of this process, which goes on from here as well.
///
/// # Errors
/// There is a second thread (`EINVAL`), or the kernel has no room for a process.
#[expect(
    unsafe_code,
    reason = "a fork is unsound in a process with more threads"
)]
pub(crate) fn fork() -> Result<Side, Errno> {
    check().map_err(from_nix)?;
    // SAFETY: no thread but this one exists, so none is lost in the child with a lock that it
    // holds or a structure that it has half changed.
    let result = unsafe { fork_process() };
    match result {
        Ok(ForkResult::Parent { .. }) => Ok(Side::Parent),
        Ok(ForkResult::Child) => Ok(Side::Child),
        Err(error) => Err(from_nix(error)),
    }
}

/// Whether this is the only thread: that it stops sharing threads is granted to no other.
fn check() -> Result<(), nix::errno::Errno> {
    unshare(CloneFlags::CLONE_THREAD)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_with_threads_is_not_copied() {
        // Tests run in threads.
        assert_eq!(fork(), Err(Errno::INVAL));
    }
}
