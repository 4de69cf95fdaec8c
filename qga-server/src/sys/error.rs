//! What a failing system call becomes.

use std::borrow::Cow;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use rustix::io::Errno;

/// A system call that failed: what was tried, on which file, and why not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    /// What was tried, as the host reads it.
    pub op: Cow<'static, str>,
    /// The file it was tried on, where the host should read that too.
    pub path: Option<PathBuf>,
    /// The kernel's answer.
    pub errno: Errno,
}

impl Error {
    /// A failure that concerns no file, or one that `op` names already.
    pub(crate) fn new(op: impl Into<Cow<'static, str>>, errno: impl Into<Errno>) -> Self {
        Self {
            op: op.into(),
            path: None,
            errno: errno.into(),
        }
    }

    /// A failure on a file.
    pub(crate) fn at(
        op: impl Into<Cow<'static, str>>,
        path: impl AsRef<Path>,
        errno: impl Into<Errno>,
    ) -> Self {
        Self {
            path: Some(path.as_ref().to_owned()),
            ..Self::new(op, errno)
        }
    }
}

/// What was got, or nothing where the failure is that it is not there.
///
/// # Errors
/// It failed for another reason.
pub(crate) fn if_there<T>(result: Result<T, Error>) -> Result<Option<T>, Error> {
    match result {
        Ok(found) => Ok(Some(found)),
        Err(error) if error.errno == Errno::NOENT => Ok(None),
        Err(error) => Err(error),
    }
}

/// `op: reason`, or `op("path"): reason`.
impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.op)?;
        if let Some(path) = &self.path {
            write!(f, "(\"{}\")", path.display())?;
        }
        write!(f, ": {}", reason(self.errno))
    }
}

impl std::error::Error for Error {}

/// The text of an error number as the C library has it, for example `No such file or directory`.
///
/// Hosts compare these texts, so the suffix that the standard library adds is taken off.
pub(crate) fn reason(errno: Errno) -> String {
    let number = errno.raw_os_error();
    let mut text = io::Error::from_raw_os_error(number).to_string();
    if let Some(end) = text.rfind(&format!(" (os error {number})")) {
        text.truncate(end);
    }
    text
}

/// The error number inside an I/O error; `EIO` for errors that never came from the kernel.
pub(crate) fn errno(error: &io::Error) -> Errno {
    Errno::from_io_error(error).unwrap_or(Errno::IO)
}

/// The same error number, from one crate to the other.
pub(crate) fn from_nix(error: nix::errno::Errno) -> Errno {
    Errno::from_raw_os_error(error as i32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_are_the_texts_of_the_c_library() {
        assert_eq!(reason(Errno::NOENT), "No such file or directory");
        assert_eq!(reason(Errno::NXIO), "No such device or address");
        assert_eq!(reason(Errno::SPIPE), "Illegal seek");
    }

    #[test]
    fn errors_name_the_operation_the_file_and_the_reason() {
        let error = Error::at("open", "/proc/stat", Errno::ACCESS);
        assert_eq!(error.to_string(), "open(\"/proc/stat\"): Permission denied");
        let error = Error::new("failed to read file", Errno::ISDIR);
        assert_eq!(error.to_string(), "failed to read file: Is a directory");
    }
}
