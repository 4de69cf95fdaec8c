//! Locks on files.

use std::os::fd::AsFd;

use nix::fcntl::{FcntlArg, fcntl};
use nix::libc;
use rustix::io::Errno;

use super::error::from_nix;

/// Locks a whole file for the sole use of this open file, or fails at once.
///
/// It keeps out those who lock it for a process, such as the C agent, and they keep it out. The
/// lock goes when the last copy of the descriptor is closed.
///
/// # Errors
/// Somebody else has it (`EAGAIN`).
pub(crate) fn exclusively(file: impl AsFd) -> Result<(), Errno> {
    // Such a lock is asked for without a process, and a length of zero means the whole file.
    let whole = libc::flock {
        l_type: i16::try_from(libc::F_WRLCK).expect("a small constant"),
        l_whence: i16::try_from(libc::SEEK_SET).expect("a small constant"),
        l_start: 0,
        l_len: 0,
        l_pid: 0,
    };
    fcntl(file, FcntlArg::F_OFD_SETLK(&whole))
        .map(drop)
        .map_err(from_nix)
}
