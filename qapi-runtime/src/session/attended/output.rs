//! The replies to one client: each whole, in order, and none to a request that was given up.

use std::io::{self, Write};
use std::sync::{Condvar, Mutex, PoisonError};

use super::Connection;
use crate::lock::lock;

/// How much is held back of replies that are ready, until those to the next requests are. The
/// client can go through them while more are made.
const MAX_HELD: usize = 4 * 1024;

/// The way back to a client, for several threads.
///
/// Threads are numbered as they follow each other at one client. The replies of those before a
/// certain one are dropped from the moment when that one has the word.
#[derive(Debug, Default)]
pub(super) struct Output {
    state: Mutex<State>,
    /// A reply that was sent in pieces is complete.
    complete: Condvar,
}

#[derive(Debug, Default)]
struct State {
    /// The first thread whose replies are sent.
    first: u64,
    /// Whose reply has been begun and not ended.
    begun: Option<u64>,
    /// Nothing can be sent any more.
    failed: bool,
    /// Why not, until that is told.
    failure: Option<io::Error>,
}

impl Output {
    /// Drops the replies of all threads before `number` from now on. One that is being sent is
    /// completed first.
    pub(super) fn silence_before(&self, number: u64) {
        let mut state = lock(&self.state);
        state.first = state.first.max(number);
        while state.begun.is_some() {
            let waited = self.complete.wait(state);
            state = waited.unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Whether the replies of the thread `number` are sent.
    pub(super) fn listens_to(&self, number: u64) -> bool {
        let state = lock(&self.state);
        state.first <= number || state.begun == Some(number)
    }

    /// Sends nothing any more, because a reply broke off.
    pub(super) fn fail(&self, error: io::Error) {
        let mut state = lock(&self.state);
        state.failed = true;
        state.failure.get_or_insert(error);
        state.begun = None;
        self.complete.notify_all();
    }

    /// Why something could not be sent, if that is so; told once.
    pub(super) fn take_failure(&self) -> Option<io::Error> {
        lock(&self.state).failure.take()
    }

    /// Where the thread `number` puts replies. Those in `held` go first.
    pub(super) fn voice<'a, C: Connection>(
        &'a self,
        connection: &'a C,
        number: u64,
        held: &'a mut Vec<u8>,
    ) -> Voice<'a, C> {
        Voice {
            output: self,
            connection,
            number,
            held,
        }
    }

    fn send(
        &self,
        connection: &impl Connection,
        number: u64,
        bytes: &[u8],
        is_end: bool,
    ) -> io::Result<()> {
        let mut state = lock(&self.state);
        let was_begun = state.begun == Some(number);
        // A peer that stops listening is obeyed all the same.
        if state.failed || (state.first > number && !was_begun) {
            return Ok(());
        }
        state.begun = (!is_end).then_some(number);
        let sent = write_all(connection, bytes);
        if let Err(error) = &sent {
            state.failed = true;
            state.failure = Some(io::Error::new(error.kind(), error.to_string()));
            state.begun = None;
            // Who waits for this reply must learn that it does not come.
            connection.hang_up();
        }
        if was_begun && state.begun.is_none() {
            self.complete.notify_all();
        }
        sent
    }
}

fn write_all(connection: &impl Connection, mut bytes: &[u8]) -> io::Result<()> {
    while !bytes.is_empty() {
        match connection.write(bytes) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(length) => bytes = &bytes[length..],
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// One thread's right to reply.
pub(super) struct Voice<'a, C> {
    output: &'a Output,
    connection: &'a C,
    number: u64,
    /// Whole replies that wait for others, so that one system call sends them all.
    held: &'a mut Vec<u8>,
}

impl<C: Connection> Voice<'_, C> {
    /// Sends the end of a reply, or all of it if nothing was sent before. Nothing at all ends one too.
    ///
    /// # Errors
    /// The client takes nothing any more.
    pub(super) fn end(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.release()?;
        self.output.send(self.connection, self.number, bytes, true)
    }

    /// Takes a whole reply that may be sent a moment later: others follow at once, or
    /// [`release`](Self::release) does.
    ///
    /// # Errors
    /// The client takes nothing any more.
    pub(super) fn hold(&mut self, bytes: &[u8]) -> io::Result<()> {
        if self.held.len() + bytes.len() > MAX_HELD {
            return self.end(bytes);
        }
        self.held.extend_from_slice(bytes);
        Ok(())
    }

    /// Sends what is held.
    ///
    /// # Errors
    /// The client takes nothing any more.
    pub(super) fn release(&mut self) -> io::Result<()> {
        if self.held.is_empty() {
            return Ok(());
        }
        let sent = self
            .output
            .send(self.connection, self.number, self.held, true);
        self.held.clear();
        sent
    }
}

/// What is written is the beginning of a reply, until its [end](Voice::end).
impl<C: Connection> Write for Voice<'_, C> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.release()?;
        self.output
            .send(self.connection, self.number, bytes, false)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
