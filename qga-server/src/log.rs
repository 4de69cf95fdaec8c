//! Log lines on standard error: `SECONDS.MICROSECONDS: level: text`.
//!
//! The text never holds what a request carried, only the names of commands: requests carry
//! passwords and the contents of files.
//!
//! While file systems are frozen nothing is written: whoever reads the lines may put them on one
//! of these, and would stop reading.

use std::io::{self, Write};
use std::sync::atomic::{AtomicBool, Ordering};

use log::{Level, LevelFilter, Log, Metadata, Record};

use crate::sys::clock;

struct StandardError;

static LOGGER: StandardError = StandardError;

/// Whether lines are dropped.
static SUSPENDED: AtomicBool = AtomicBool::new(false);

/// Starts logging: failures, or everything.
pub(crate) fn install(verbose: bool) {
    // A second call, as by a test, only changes the level.
    let _ = log::set_logger(&LOGGER);
    log::set_max_level(if verbose {
        LevelFilter::Debug
    } else {
        LevelFilter::Error
    });
}

/// Drops all lines from now on.
pub(crate) fn suspend() {
    log::warn!("disabling logging due to filesystem freeze");
    SUSPENDED.store(true, Ordering::Relaxed);
}

/// Ends what [`suspend`] began.
pub(crate) fn resume() {
    SUSPENDED.store(false, Ordering::Relaxed);
    log::warn!("logging re-enabled due to filesystem unfreeze");
}

impl Log for StandardError {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.level() <= log::max_level() && !SUSPENDED.load(Ordering::Relaxed)
    }

    fn log(&self, record: &Record<'_>) {
        if self.enabled(record.metadata()) {
            let now = clock::now();
            let (seconds, micros) = (now.as_secs(), now.subsec_micros());
            let (level, text) = (word(record.level()), record.args());
            // One write per line, so that lines of several threads stay whole. There is nobody
            // left to tell when it fails.
            let line = format!("{seconds}.{micros:06}: {level}: {text}\n");
            let _ = io::stderr().write_all(line.as_bytes());
        }
    }

    fn flush(&self) {}
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
