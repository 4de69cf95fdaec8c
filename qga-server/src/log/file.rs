//! The log file.

use std::fs::{File, OpenOptions};
use std::path::Path;

use thiserror::Error;

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
    OpenOptions::new()
        .append(true)
        .create(true)
        .open(path)
        .map_err(|error| LogFileError(reason(errno(&error))))
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::io::Write;

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
    fn the_reason_is_told() {
        let error = open(Path::new("/nonexistent/log")).expect_err("a refusal");
        let text = "unable to open specified log file: No such file or directory";
        assert_eq!(error.to_string(), text);
    }
}
