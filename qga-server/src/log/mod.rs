//! Log lines, and where they go.
//!
//! - What the agent does and fails to do: a line on standard error or in the [log file](file),
//!   `SECONDS.MICROSECONDS: level: text`. Only failures unless more is wanted.
//! - What the host has done here, in any case: a message for the [system log](syslog). These
//!   records have the target [`ACCOUNTING`].
//! - What prevents the start before it is known where lines go: [`early`].
//!
//! No text holds the bytes of a request, which carry passwords and the contents of files. Only
//! accounts name a file that is opened and a program that is run.
//!
//! While file systems are frozen nothing is written: whoever reads the lines may put them on one
//! of these, and would stop reading. No lock is held during a write, so that a line that cannot be
//! written holds up nobody but its writer, and for the log file that is a [thread](writer).

use std::fs::File;
use std::io::Write;
use std::process::Stdio;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

use log::{Level, LevelFilter, Log, Metadata, Record};

use crate::quiet;
use crate::sys::clock;

pub(crate) mod early;
pub(crate) mod file;
mod line;
mod rate;
mod stamp;
mod syslog;
mod writer;

use line::on_one_line;
use rate::Rate;
use stamp::Clock;
use syslog::Syslog;
use writer::Writer;

/// The target of records that tell what the host has done.
pub(crate) const ACCOUNTING: &str = "syslog";

static LOGGER: Logger = Logger {
    verbose: AtomicBool::new(false),
    file: OnceLock::new(),
    writer: OnceLock::new(),
    accounts: OnceLock::new(),
    lines: Rate::new(),
    account_lines: Rate::new(),
};

/// Starts logging: failures, or everything; to standard error until there is a [file](use_file).
pub(crate) fn install(verbose: bool) {
    LOGGER.verbose.store(verbose, Ordering::Relaxed);
    LOGGER
        .accounts
        .get_or_init(|| Syslog::open(Clock::of_machine()).ok());
    // A second call, as by a test, only changes the level.
    let _ = log::set_logger(&LOGGER);
    log::set_max_level(if verbose {
        LevelFilter::Debug
    } else {
        // The least that has accounts in it.
        LevelFilter::Info
    });
}

/// Puts lines into `file` from now on.
pub(crate) fn use_file(file: File) {
    // There is one log file, and it is opened once.
    let _ = LOGGER.file.set(file);
}

/// Lets a thread of its own write to the file from now on, so that a file system that is frozen
/// holds up nobody. Without a file there is none. The process must not fork any more.
pub(crate) fn start_writer() {
    let Some(file) = LOGGER.file.get() else {
        return;
    };
    // A machine that has no thread left still has a log.
    if let Ok(writer) = Writer::start(file) {
        let _ = LOGGER.writer.set(writer);
    }
}

/// Where lines go, for a process that is to put its own there.
pub(crate) fn stream() -> Stdio {
    let stream = match LOGGER.file.get() {
        Some(file) => file.try_clone().ok().map(Stdio::from),
        None => {
            let stderr = rustix::io::fcntl_dupfd_cloexec(rustix::stdio::stderr(), 0);
            stderr.ok().map(Stdio::from)
        }
    };
    // Who has closed it wants none.
    stream.unwrap_or_else(Stdio::null)
}

struct Logger {
    verbose: AtomicBool,
    file: OnceLock<File>,
    writer: OnceLock<Writer>,
    /// The system log, if the machine has what it takes to reach one.
    accounts: OnceLock<Option<Syslog>>,
    /// What has been written, so that one request for a line does not keep another one out.
    lines: Rate,
    account_lines: Rate,
}

impl Log for Logger {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        let is_wanted = metadata.target() == ACCOUNTING
            || metadata.level() == Level::Error
            || self.verbose.load(Ordering::Relaxed);
        is_wanted && !quiet::is_now()
    }

    fn log(&self, record: &Record<'_>) {
        if !self.enabled(record.metadata()) {
            return;
        }
        let text = || format!("{}: {}", word(record.level()), on_one_line(record.args()));
        if record.target() != ACCOUNTING {
            self.lines.pass(text, |text| self.write(text));
        } else if let Some(Some(accounts)) = self.accounts.get()
            && accounts.is_wanted()
        {
            self.account_lines.pass(text, |text| accounts.send(text));
        }
    }

    fn flush(&self) {}
}

impl Logger {
    fn write(&self, text: &str) {
        let now = clock::now();
        let (seconds, micros) = (now.as_secs(), now.subsec_micros());
        // One write per line, so that lines of several threads stay whole. There is nobody left
        // to tell when it fails.
        let line = format!("{seconds}.{micros:06}: {text}\n");
        if let Some(writer) = self.writer.get() {
            return writer.line(line);
        }
        let _ = match self.file.get() {
            Some(mut file) => file.write(line.as_bytes()).map_err(drop),
            // Not that of the standard library, which holds a lock while it writes.
            None => rustix::io::write(rustix::stdio::stderr(), line.as_bytes()).map_err(drop),
        };
    }
}

/// The words of the C agent, which calls a failure critical.
fn word(level: Level) -> &'static str {
    match level {
        Level::Error => "critical",
        Level::Warn => "warning",
        Level::Info => "info",
        Level::Debug | Level::Trace => "debug",
    }
}
