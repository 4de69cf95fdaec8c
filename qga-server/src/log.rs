//! Log lines on standard error: `SECONDS.MICROSECONDS: level: text`.
//!
//! The text never holds what a request carried, only the names of commands: requests carry
//! passwords and the contents of files.

use std::io::{self, Write};

use log::{Level, LevelFilter, Log, Metadata, Record};

use crate::sys::clock;

struct StandardError;

static LOGGER: StandardError = StandardError;

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

impl Log for StandardError {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.level() <= log::max_level()
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
