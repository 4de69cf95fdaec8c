//! The number of the next file handle, in the file `qga.state`.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use thiserror::Error;

use crate::key_file::{KeyFile, KeyFileError};
use crate::own_file;
use crate::sys::error::{errno, reason};

/// The number of the first handle ever.
const FIRST_HANDLE: i32 = 1000;
const FILE_NAME: &str = "qga.state";
const GROUP: &str = "global";
const KEY: &str = "fd_counter";

/// What to do about a file that is not there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Missing {
    /// Write it, so that a directory that takes no file is known at once.
    Create,
    /// Leave it for later: nothing may be written while file systems are frozen.
    Leave,
}

/// Gives out numbers of file handles, each one once.
#[derive(Debug)]
pub(crate) struct HandleCounter {
    path: PathBuf,
    next: i32,
}

/// State that cannot be read or kept.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum StateError {
    /// The file cannot be read.
    #[error("error loading persistent state from path: {}, {}", path.display(), reason(errno(source)))]
    Read {
        /// The state file.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// The file is not what an agent has written.
    #[error("error loading persistent state from path: {}, {problem}", path.display())]
    Parse {
        /// The state file.
        path: PathBuf,
        /// What is wrong with it.
        problem: String,
    },
    /// The file cannot be written.
    #[error("failed to write persistent state to {}: {}", path.display(), reason(errno(source)))]
    Write {
        /// The state file.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// The counter is at its end.
    #[error("all numbers of file handles have been given out")]
    Exhausted,
}

impl HandleCounter {
    /// Takes up the counter of the last run, or begins a first one.
    ///
    /// # Errors
    /// The file cannot be read, understood or created.
    pub(crate) fn load(state_dir: &Path, missing: Missing) -> Result<Self, StateError> {
        let path = state_dir.join(FILE_NAME);
        match fs::read(&path) {
            Ok(bytes) => match parse(&bytes) {
                Ok(next) => Ok(Self { path, next }),
                Err(error) => Err(StateError::Parse {
                    path,
                    problem: error.to_string(),
                }),
            },
            Err(source) if source.kind() == ErrorKind::NotFound => {
                let counter = Self {
                    path,
                    next: FIRST_HANDLE,
                };
                if missing == Missing::Create {
                    // Nothing has been given out yet, so nothing is lost if this is.
                    counter.save(Durability::WhenConvenient)?;
                }
                Ok(counter)
            }
            Err(source) => Err(StateError::Read { path, source }),
        }
    }

    /// The next number. It is on disk as used up before it is returned, and stays used up even
    /// if that fails.
    pub(crate) fn next(&mut self) -> Result<i64, StateError> {
        let number = self.next;
        self.next = number.checked_add(1).ok_or(StateError::Exhausted)?;
        self.save(Durability::OnReturn)?;
        Ok(number.into())
    }

    fn save(&self, durability: Durability) -> Result<(), StateError> {
        let text = format!("[{GROUP}]\n{KEY}={}\n", self.next);
        replace(&self.path, text.as_bytes(), durability).map_err(|source| StateError::Write {
            path: self.path.clone(),
            source,
        })
    }
}

/// When a new file has to be on disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Durability {
    OnReturn,
    WhenConvenient,
}

/// Replaces a file so that a crash leaves the old one or the new one, whole.
fn replace(path: &Path, bytes: &[u8], durability: Durability) -> io::Result<()> {
    let fresh = path.with_extension("state.new");
    write_new(&fresh, bytes, durability)
        .and_then(|()| fs::rename(&fresh, path))
        // Half a file has no use, and its room may be what is missing.
        .inspect_err(|_| drop(fs::remove_file(&fresh)))?;
    if durability == Durability::OnReturn {
        // The new name must be on disk too, or a crash could bring the old counter back.
        let directory = path
            .parent()
            .filter(|directory| !directory.as_os_str().is_empty());
        File::open(directory.unwrap_or_else(|| Path::new(".")))?.sync_all()?;
    }
    Ok(())
}

/// Writes a file that is new for certain.
///
/// What lies under its name makes way: a crash may have left it there, or, as the state directory
/// may be a shared one, somebody who would like to redirect the write or to hold it up.
fn write_new(path: &Path, bytes: &[u8], durability: Durability) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = own_file::options()
        .write(true)
        .create_new(true)
        .open(path)?;
    file.write_all(bytes)?;
    if durability == Durability::OnReturn {
        file.sync_data()?;
    }
    Ok(())
}

/// The counter in a state file: a key file with the group `[global]`.
///
/// A number that is none counts as zero, as in the C agent, and a missing one as the first.
pub(crate) fn parse(text: &[u8]) -> Result<i32, KeyFileError> {
    let file = KeyFile::parse(text)?;
    Ok(file.raw(GROUP, KEY).map_or(FIRST_HANDLE, |value| {
        let number = str::from_utf8(value).ok();
        number
            .and_then(|text| text.trim_end().parse().ok())
            .unwrap_or(0)
    }))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{PermissionsExt, symlink};

    use rustix::fs::{CWD, FileType, Mode, mknodat};
    use tempfile::tempdir;

    use super::*;

    fn load(state_dir: &Path) -> Result<HandleCounter, StateError> {
        HandleCounter::load(state_dir, Missing::Create)
    }

    #[test]
    fn files_of_any_age_are_understood() {
        for (text, counter) in [
            ("[global]\nfd_counter=1000\n", 1000),
            ("[global]\nfd_counter=5", 5),
            ("[global]\nfd_counter=-3\n", -3),
            ("[global]\nfd_counter=1\nfd_counter = 2\n", 2),
            ("", FIRST_HANDLE),
            ("# comment\n[other]\nfd_counter=7\n", FIRST_HANDLE),
            ("[global]\nother=1\n", FIRST_HANDLE),
            ("[global]\nfd_counter=many\n", 0),
            ("[global]\nfd_counter=2147483648\n", 0),
        ] {
            assert_eq!(parse(text.as_bytes()), Ok(counter), "{text:?}");
        }
    }

    #[test]
    fn files_of_others_are_refused() {
        let error = parse(b"garbage\n").expect_err("a refusal");
        assert!(error.to_string().contains("'garbage'"));
        assert!(parse(b"fd_counter=1\n").is_err());
    }

    #[test]
    fn numbers_go_on_after_a_restart() {
        let dir = tempdir().expect("a directory");
        let mut counter = load(dir.path()).expect("a counter");
        assert_eq!(counter.next().expect("a number"), 1000);
        assert_eq!(counter.next().expect("a number"), 1001);
        let mut counter = load(dir.path()).expect("a counter");
        assert_eq!(counter.next().expect("a number"), 1002);
        let text = fs::read_to_string(dir.path().join(FILE_NAME)).expect("a file");
        assert_eq!(text, "[global]\nfd_counter=1003\n");
    }

    #[test]
    fn the_file_is_for_its_owner_only_whoever_made_it() {
        let dir = tempdir().expect("a directory");
        let path = dir.path().join(FILE_NAME);
        fs::write(&path, "[global]\nfd_counter=1000\n").expect("a file");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).expect("a file of ours");
        let mut counter = load(dir.path()).expect("a counter");
        counter.next().expect("a number");
        let mode = fs::metadata(&path).expect("a file").permissions().mode();
        assert_eq!(mode & 0o777, own_file::MODE);
    }

    #[test]
    fn the_first_run_leaves_one_file() {
        let dir = tempdir().expect("a directory");
        load(dir.path()).expect("a counter");
        let entries = fs::read_dir(dir.path()).expect("entries").flatten();
        let names: Vec<_> = entries.map(|entry| entry.file_name()).collect();
        assert_eq!(names, [FILE_NAME]);
    }

    #[test]
    fn nothing_is_written_if_that_has_to_wait() {
        let dir = tempdir().expect("a directory");
        let counter = HandleCounter::load(dir.path(), Missing::Leave).expect("a counter");
        assert_eq!(counter.next, FIRST_HANDLE);
        assert_eq!(fs::read_dir(dir.path()).expect("entries").count(), 0);
    }

    #[test]
    fn a_directory_that_takes_no_file_is_an_error() {
        let error = load(Path::new("/nonexistent")).expect_err("an error");
        assert_eq!(
            error.to_string(),
            "failed to write persistent state to /nonexistent/qga.state: No such file or directory"
        );
    }

    #[test]
    fn nothing_planted_redirects_a_write_or_holds_it_up() {
        let dir = tempdir().expect("a directory");
        let fresh = dir.path().join("qga.state.new");
        let victim = dir.path().join("victim");
        let mut counter = load(dir.path()).expect("a counter");
        symlink(&victim, &fresh).expect("a link");
        assert_eq!(counter.next().expect("a number"), 1000);
        assert!(!victim.exists());
        let mode = Mode::from_raw_mode(0o666);
        mknodat(CWD, &fresh, FileType::Fifo, mode, 0).expect("a pipe");
        assert_eq!(counter.next().expect("a number"), 1001);
    }

    #[test]
    fn a_write_that_fails_leaves_the_old_state_alone() {
        let dir = tempdir().expect("a directory");
        let state = dir.path().join(FILE_NAME);
        // A directory cannot be replaced by a file, whoever tries.
        fs::create_dir(&state).expect("a directory");
        let mut counter = HandleCounter {
            path: state,
            next: FIRST_HANDLE,
        };
        assert!(matches!(counter.next(), Err(StateError::Write { .. })));
        let entries = fs::read_dir(dir.path()).expect("entries");
        assert_eq!(entries.count(), 1);
    }

    #[test]
    fn the_last_number_is_not_given_out_twice() {
        let dir = tempdir().expect("a directory");
        let path = dir.path().join(FILE_NAME);
        fs::write(&path, format!("[global]\nfd_counter={}\n", i32::MAX)).expect("a file");
        let mut counter = load(dir.path()).expect("a counter");
        for _ in 0..2 {
            assert!(matches!(counter.next(), Err(StateError::Exhausted)));
        }
    }
}
