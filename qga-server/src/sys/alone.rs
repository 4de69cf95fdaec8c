//! What a process may do only as long as it has a single thread.
//!
//! Each function here looks whether that is so, and that is what makes it sound.

use std::env;

use nix::unistd::{ForkResult, fork as fork_process};
use rustix::io::Errno;

use super::Root;
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
/// There is a second thread (`EBUSY`), or the kernel has no room for a process.
#[expect(unsafe_code, reason = "it is unsound in a process with more threads")]
pub(crate) fn fork() -> Result<Side, Errno> {
    check()?;
    // SAFETY: no thread but this one exists, so none is lost in the child with a lock that it
    // holds or a structure that it has half changed.
    let result = unsafe { fork_process() };
    match result {
        Ok(ForkResult::Parent { .. }) => Ok(Side::Parent),
        Ok(ForkResult::Child) => Ok(Side::Child),
        Err(error) => Err(from_nix(error)),
    }
}

/// Takes a variable out of the environment.
///
/// # Errors
/// There is a second thread (`EBUSY`).
#[expect(unsafe_code, reason = "it is unsound in a process with more threads")]
pub(crate) fn remove_variable(name: &str) -> Result<(), Errno> {
    check()?;
    // SAFETY: no thread but this one exists, so none reads the environment meanwhile.
    unsafe { env::remove_var(name) };
    Ok(())
}

/// Whether this is the only thread. There is no other then that could start one meanwhile.
fn check() -> Result<(), Errno> {
    match Root::default().list("/proc/self/task") {
        Ok(threads) if threads.len() == 1 => Ok(()),
        Ok(_) => Err(Errno::BUSY),
        Err(error) => Err(error.errno),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_with_threads_is_not_copied_or_changed() {
        // Tests run in threads.
        assert_eq!(fork(), Err(Errno::BUSY));
        assert_eq!(remove_variable("QAPI_NO_SUCH_VARIABLE"), Err(Errno::BUSY));
    }
}
