//! The thread that writes to the log file.
//!
//! The file may be on a file system that somebody else has frozen, and nobody who wants to thaw
//! may wait for that. So a line is handed over, and waited for only as long as a disk may need.

use std::collections::VecDeque;
use std::io::{self, Write};
use std::mem;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use crate::lock::lock;

/// How long the first line waits that is not written at once; those after it do not.
const PATIENCE: Duration = Duration::from_millis(50);
/// How many lines are kept that cannot be written now. Further ones are counted.
const MAX_WAITING: usize = 256;

/// Hands lines to the thread.
pub(super) struct Writer(Arc<Shared>);

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    waiting: VecDeque<String>,
    /// How many lines were taken over, and how many of them are written.
    taken: u64,
    written: u64,
    /// How many there was no room for.
    lost: u64,
    /// A line takes long, so nobody waits.
    is_stuck: bool,
}

impl Writer {
    /// Starts the thread, which writes to `to` what [`line`](Self::line) is called with.
    ///
    /// # Errors
    /// There is no thread to be had.
    pub(super) fn start(to: impl Write + Send + 'static) -> io::Result<Self> {
        let shared = Arc::<Shared>::default();
        let own = Arc::clone(&shared);
        let thread = thread::Builder::new().name("log".to_owned());
        thread.spawn(move || own.write(to))?;
        Ok(Self(shared))
    }

    /// Has a line written, and waits for that unless the file is stuck.
    pub(super) fn line(&self, line: String) {
        let mut state = lock(&self.0.state);
        if state.waiting.len() >= MAX_WAITING {
            state.lost += 1;
            return;
        }
        state.waiting.push_back(line);
        state.taken += 1;
        let number = state.taken;
        self.0.changed.notify_all();
        let waited = self.0.changed.wait_timeout_while(state, PATIENCE, |state| {
            state.written < number && !state.is_stuck
        });
        let (mut state, timeout) = waited.unwrap_or_else(PoisonError::into_inner);
        state.is_stuck |= timeout.timed_out();
    }
}

impl Shared {
    fn write(&self, mut to: impl Write) {
        loop {
            // There is nobody left to tell when it fails.
            let _ = to.write(self.next().as_bytes());
            let mut state = lock(&self.state);
            state.written += 1;
            state.is_stuck &= !state.waiting.is_empty();
            self.changed.notify_all();
        }
    }

    /// The next line; how many were lost when there was no room stands in front of it.
    fn next(&self) -> String {
        let state = lock(&self.state);
        let waited = self
            .changed
            .wait_while(state, |state| state.waiting.is_empty());
        let mut state = waited.unwrap_or_else(PoisonError::into_inner);
        let line = state.waiting.pop_front().unwrap_or_default();
        match mem::take(&mut state.lost) {
            0 => line,
            lost => format!("{lost} lines are lost: they could not be written in time\n{line}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::{BufRead, BufReader, Read, pipe};
    use std::time::Instant;

    use super::*;

    #[test]
    fn a_line_is_written_when_the_call_returns() {
        let (mut read, write) = pipe().expect("a pipe");
        let writer = Writer::start(write).expect("a thread");
        writer.line("a line\n".to_owned());
        let mut buffer = [0; 7];
        read.read_exact(&mut buffer).expect("the line");
        assert_eq!(&buffer, b"a line\n");
    }

    #[test]
    fn a_file_that_is_stuck_holds_up_one_line_for_a_moment() {
        let (read, write) = pipe().expect("a pipe");
        let writer = Writer::start(write).expect("a thread");
        // More than a pipe holds.
        let long = format!("{}\n", "x".repeat(1 << 20));
        let start = Instant::now();
        writer.line(long.clone());
        while !lock(&writer.0.state).waiting.is_empty() {
            thread::yield_now();
        }
        for number in 0..MAX_WAITING + 3 {
            writer.line(format!("{number}\n"));
        }
        assert!(start.elapsed() < PATIENCE * 100);
        let mut lines = BufReader::new(read).lines().map(|line| line.expect("text"));
        assert_eq!(lines.next().map(|line| line.len()), Some(long.len() - 1));
        let first = lines.next();
        assert_eq!(
            first.as_deref(),
            Some("3 lines are lost: they could not be written in time")
        );
        for number in 0..MAX_WAITING {
            assert_eq!(lines.next(), Some(number.to_string()));
        }
    }
}
