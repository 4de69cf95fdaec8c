//! The log file.

use std::fs::File;
use std::path::Path;

use thiserror::Error;

use crate::own_file;
use crate::sys::error::{errno, reason};

/// A log file that cannot be opened, with the reason.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("unable to open specified log file: {0}")]
pub(crate) struct LogFileError(String);

/// Opens the file, to which lines are appended: whoever cuts it off or adds to it disturbs nothing.
///
/// # Errors
/// It can neither be opened nor made.
pub(crate) fn open(path: &Path) -> Result<File, LogFileError> {
    own_file::options()
        .append(true)
        .create(true)
        .open(path)
        .map_err(|error| LogFileError(reason(errno(&error))))
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::io::Write;
    use std::os::unix::fs::PermissionsExt;

    use tempfile::tempdir;

    use super::*;

    #[test]
    fn lines_are_appended_wherever_the_end_is() {
        let dir = tempdir().expect("a directory");
        let path = dir.path().join("log");
        fs::write(&path, "old\n").expect("a file");
        let mut file = open(&path).expect("the file");
        file.write_all(b"new\n").expect("room");
        assert_eq!(fs::read(&path).expect("the file"), b"old\nnew\n");
        fs::write(&path, "").expect("the file");
        file.write_all(b"newer\n").expect("room");
        assert_eq!(fs::read(&path).expect("the file"), b"newer\n");
    }

    #[test]
    fn a_new_file_is_for_its_owner_only_and_an_old_one_stays_as_it_is() {
        let dir = tempdir().expect("a directory");
        let path = dir.path().join("log");
        let mode = || fs::metadata(&path).expect("a file").permissions().mode() & 0o777;
        open(&path).expect("a fresh file");
        assert_eq!(mode(), own_file::MODE);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).expect("a file of ours");
        open(&path).expect("the file");
        assert_eq!(mode(), 0o640);
    }

    #[test]
    fn the_reason_is_told() {
        let error = open(Path::new("/nonexistent/log")).expect_err("a refusal");
        let text = "unable to open specified log file: No such file or directory";
        assert_eq!(error.to_string(), text);
    }
}
