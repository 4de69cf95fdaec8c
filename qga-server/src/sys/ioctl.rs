//! Requests to drivers and file systems that no crate has a safe function for.
//!
//! This is the only module with `unsafe`. Each function takes and returns safe types, and says
//! what makes its request sound.

use std::ffi::c_int;
use std::os::fd::AsFd;

use rustix::io::Errno;
use rustix::ioctl::{NoArg, Opcode, Updater, ioctl, opcode};

/// Stops writing to the file system of a file.
const FIFREEZE: Opcode = opcode::read_write::<c_int>(b'X', 119);
/// Undoes one `FIFREEZE`.
const FITHAW: Opcode = opcode::read_write::<c_int>(b'X', 120);
/// Tells the device which blocks of the file system of a file are unused.
const FITRIM: Opcode = opcode::read_write::<TrimRange>(b'X', 121);

/// What to trim, and then what was trimmed.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TrimRange {
    /// Where to begin, in bytes.
    pub(crate) start: u64,
    /// How far to go; then how much was trimmed.
    pub(crate) length: u64,
    /// Shorter free ranges are skipped; then what the file system made of that.
    pub(crate) minimum: u64,
}

/// Freezes the file system of `file`: returns when everything is on disk and no write begins.
///
/// # Errors
/// `EBUSY` if it is frozen already, `EOPNOTSUPP` if it cannot be frozen, and others.
pub(crate) fn freeze(file: impl AsFd) -> Result<(), Errno> {
    // SAFETY: the request takes no argument that the kernel would follow.
    #[expect(unsafe_code, reason = "no crate has a safe function for it")]
    unsafe {
        ioctl(file, NoArg::<FIFREEZE>::new())
    }
}

/// Thaws the file system of `file` once; it may have been frozen several times.
///
/// # Errors
/// `EINVAL` if it is not frozen, and others.
pub(crate) fn thaw(file: impl AsFd) -> Result<(), Errno> {
    // SAFETY: the request takes no argument that the kernel would follow.
    #[expect(unsafe_code, reason = "no crate has a safe function for it")]
    unsafe {
        ioctl(file, NoArg::<FITHAW>::new())
    }
}

/// Trims the file system of `file`, and puts into `range` what came of it.
///
/// # Errors
/// `EOPNOTSUPP` or `ENOTTY` if file system or device cannot do it, and others.
pub(crate) fn trim(file: impl AsFd, range: &mut TrimRange) -> Result<(), Errno> {
    // SAFETY: the request reads and writes one `struct fstrim_range`, which is what a `TrimRange`
    // is: three 64-bit numbers, of which any bits are valid.
    #[expect(unsafe_code, reason = "no crate has a safe function for it")]
    unsafe {
        ioctl(file, Updater::<FITRIM, _>::new(range))
    }
}

#[cfg(test)]
mod tests {
    use std::fs::File;

    use super::*;

    #[test]
    fn ranges_have_the_size_that_the_kernel_expects() {
        assert_eq!(size_of::<TrimRange>(), 24);
    }

    #[test]
    fn files_that_cannot_do_it_say_so() {
        // procfs can neither be frozen nor trimmed.
        let file = File::open("/proc/self/status").expect("a file");
        let mut range = TrimRange {
            start: 0,
            length: u64::MAX,
            minimum: 0,
        };
        assert!(freeze(&file).is_err());
        assert!(thaw(&file).is_err());
        assert_eq!(trim(&file, &mut range), Err(Errno::NOTTY));
    }
}
