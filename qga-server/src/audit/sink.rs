//! Where records go, and when.

use std::borrow::Cow;
use std::fs::File;
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::os::unix::net::UnixDatagram;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use rustix::fs::OFlags;
use rustix::io::Errno;
use thiserror::Error;

use super::AuditSettings;
use super::record::Record;
use crate::lock::lock;
use crate::sys::error::{errno, reason};
use crate::{own_file, quiet};

/// Where the journal takes messages.
const JOURNAL: &str = "/run/systemd/journal/socket";
/// How many records wait for the end of a freeze. A host asks for its state every few seconds.
const WAITING_LIMIT: usize = 1000;

/// Records cannot be kept, though they are wanted.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("unable to open audit {place}: {reason}")]
pub struct AuditError {
    place: String,
    reason: String,
}

/// Takes records.
#[derive(Debug)]
pub(super) struct Sink {
    way: Way,
    waiting: Mutex<Waiting>,
    /// Whether the last record was lost, which is told once.
    failing: AtomicBool,
}

#[derive(Debug)]
enum Way {
    /// A socket that is not connected: a journal that is started anew gets the next record.
    Journal(UnixDatagram),
    /// A path, and the file that was there when it was opened.
    File(PathBuf, Mutex<Option<Arc<Lines>>>),
}

/// What was not written because file systems are frozen.
#[derive(Debug, Default)]
struct Waiting {
    records: Vec<Record>,
    lost: usize,
}

impl Sink {
    pub(super) fn new(settings: &AuditSettings, frozen: bool) -> Result<Self, AuditError> {
        let failure = |place: String| {
            move |error: io::Error| AuditError {
                place,
                reason: reason(errno(&error)),
            }
        };
        let way = match settings {
            AuditSettings::Journal => {
                let socket = UnixDatagram::unbound().and_then(|socket| {
                    socket.set_nonblocking(true)?;
                    Ok(socket)
                });
                Way::Journal(socket.map_err(failure("socket".into()))?)
            }
            AuditSettings::File(path) => {
                // The file may be on a file system that is frozen.
                let opened = (!frozen).then(|| open(path)).transpose();
                let opened = opened.map_err(failure(format!("file {}", path.display())))?;
                Way::File(path.clone(), Mutex::new(opened))
            }
        };
        Ok(Self {
            way,
            waiting: Mutex::default(),
            failing: AtomicBool::new(false),
        })
    }

    pub(super) fn has_file(&self) -> bool {
        matches!(self.way, Way::File(..))
    }

    /// Opens the file anew.
    pub(super) fn reopen(&self) -> Result<(), AuditError> {
        let Way::File(path, file) = &self.way else {
            return Ok(());
        };
        let opened = open(path).map_err(|error| AuditError {
            place: format!("file {}", path.display()),
            reason: reason(errno(&error)),
        })?;
        *lock(file) = Some(opened);
        Ok(())
    }

    /// Writes a record down, now or after the thaw.
    pub(super) fn put(self: &Arc<Self>, record: Record) {
        if !quiet::is_now() {
            return self.write(&record);
        }
        let is_first = {
            let mut waiting = lock(&self.waiting);
            match waiting.records.len() < WAITING_LIMIT {
                true => waiting.records.push(record),
                false => waiting.lost += 1,
            }
            waiting.records.len() == 1
        };
        if is_first {
            let sink = Arc::clone(self);
            quiet::postpone(move || sink.flush());
        }
        // The thaw may have come between.
        if !quiet::is_now() {
            self.flush();
        }
    }

    /// Writes down what was postponed.
    fn flush(&self) {
        let waiting = std::mem::take(&mut *lock(&self.waiting));
        for record in &waiting.records {
            self.write(record);
        }
        if waiting.lost > 0 {
            log::error!(
                "{} audit records are lost: too many waited for the thaw",
                waiting.lost
            );
        }
    }

    /// Writes a record down. Nobody waits for the journal; no lock is held while a file is written.
    fn write(&self, record: &Record) {
        let written = match &self.way {
            Way::Journal(socket) => socket.send_to(&record.datagram(), JOURNAL).map(drop),
            Way::File(path, file) => opened(path, file).and_then(|lines| lines.add(&record.line())),
        };
        let was_failing = self.failing.swap(written.is_err(), Ordering::Relaxed);
        if let Err(error) = written
            && !was_failing
        {
            log::error!("audit records are lost: {}", reason(errno(&error)));
        }
    }
}

/// A file with a line for each record.
#[derive(Debug)]
struct Lines<W = File> {
    file: W,
    /// Whether there was room for a part of the last line only.
    is_torn: AtomicBool,
}

impl<W> Lines<W>
where
    for<'a> &'a W: Write,
{
    fn new(file: W) -> Self {
        let is_torn = AtomicBool::new(false);
        Self { file, is_torn }
    }

    /// Adds a line in one piece, so that those of several threads stay whole. What is left of one
    /// that had no room ends before it, and does not take it along.
    fn add(&self, line: &str) -> io::Result<()> {
        let was_torn = self.is_torn.swap(false, Ordering::Relaxed);
        let text = match was_torn {
            true => format!("\n{line}").into(),
            false => Cow::from(line),
        };
        let written = (&self.file).write(text.as_bytes());
        let count = *written.as_ref().unwrap_or(&0);
        if count == text.len() {
            return Ok(());
        }
        if was_torn || count > 0 {
            self.is_torn.store(true, Ordering::Relaxed);
        }
        written.and_then(|_| Err(Errno::NOSPC.into()))
    }
}

/// The file, which is opened now if it could not be before.
fn opened(path: &Path, file: &Mutex<Option<Arc<Lines>>>) -> io::Result<Arc<Lines>> {
    let mut file = lock(file);
    if let Some(file) = &*file {
        return Ok(Arc::clone(file));
    }
    let opened = open(path)?;
    *file = Some(Arc::clone(&opened));
    Ok(opened)
}

fn open(path: &Path) -> io::Result<Arc<Lines>> {
    let mut options = own_file::options();
    // A pipe that nobody reads must not keep the agent waiting, nor a command later.
    options.custom_flags(OFlags::NONBLOCK.bits().cast_signed());
    let file = options.append(true).create(true).open(path)?;
    Ok(Arc::new(Lines::new(file)))
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt;
    use std::time::Duration;

    use tempfile::tempdir;

    use super::*;
    use crate::client::Client;

    fn record(command: &str) -> Record {
        Record::new(Duration::ZERO, command, &Client::default())
    }

    #[test]
    fn lines_are_added_to_a_file_for_its_owner_and_it_is_opened_anew_on_demand() {
        let dir = tempdir().expect("a directory");
        let path = dir.path().join("audit");
        let sink = Sink::new(&AuditSettings::File(path.clone()), false).expect("a file");
        let mode = fs::metadata(&path).expect("a file").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        sink.write(&record("one"));
        fs::rename(&path, dir.path().join("old")).expect("the file");
        sink.write(&record("two"));
        assert!(!path.exists());
        sink.reopen().expect("a file");
        sink.write(&record("three"));
        let lines = |name: &str| {
            let text = fs::read_to_string(dir.path().join(name)).expect("a file");
            text.lines().count()
        };
        assert_eq!((lines("old"), lines("audit")), (2, 1));
    }

    /// A disk with room for so many bytes, and what is on it.
    struct Disk(Mutex<(usize, String)>);

    impl Write for &Disk {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let mut disk = lock(&self.0);
            let count = bytes.len().min(disk.0);
            disk.0 -= count;
            let text = str::from_utf8(&bytes[..count]).expect("text");
            disk.1.push_str(text);
            match count {
                0 => Err(Errno::NOSPC.into()),
                count => Ok(count),
            }
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_record_without_room_takes_no_other_along() {
        let lines = Lines::new(Disk(Mutex::new((7, String::new()))));
        lines.add("one\n").expect("room");
        for _ in 0..3 {
            let error = lines.add("second\n").expect_err("no room");
            assert_eq!(errno(&error), Errno::NOSPC);
        }
        lock(&lines.file.0).0 = 100;
        lines.add("three\n").expect("room");
        lines.add("four\n").expect("room");
        assert_eq!(lock(&lines.file.0).1, "one\nsec\nthree\nfour\n");
    }

    #[test]
    fn a_file_that_cannot_be_opened_is_told_unless_file_systems_are_frozen() {
        let settings = AuditSettings::File("/nonexistent/audit".into());
        let error = Sink::new(&settings, false).expect_err("a refusal");
        assert_eq!(
            error.to_string(),
            "unable to open audit file /nonexistent/audit: No such file or directory"
        );
        assert!(Sink::new(&settings, true).is_ok());
    }

    #[test]
    fn a_pipe_that_nobody_reads_keeps_nobody_waiting() {
        use rustix::fs::{CWD, FileType, Mode, mknodat};

        let dir = tempdir().expect("a directory");
        let path = dir.path().join("pipe");
        let mode = Mode::RUSR | Mode::WUSR;
        mknodat(CWD, &path, FileType::Fifo, mode, 0).expect("a pipe");
        let error = Sink::new(&AuditSettings::File(path), false).expect_err("a refusal");
        assert_eq!(error.reason, "No such device or address");
    }
}
