//! The client of an agent in a machine.

mod core;

use std::io::{self, Read, Write};

use serde::Serialize;

pub(super) use self::core::{Core, Synchronization};
use super::ClientError;
use crate::decode::DecodeOwned;

/// A client of a guest agent, or of any service without greeting and events:
/// one request, one reply.
///
/// To limit how long a reply may take, set a time-out on the stream; a command
/// given up that way leaves its reply behind, and [`Agent::resynchronize`] gets
/// rid of it.
///
/// ```
/// use std::io::Write;
/// use std::os::unix::net::UnixStream;
///
/// use qapi_runtime::Empty;
/// use qapi_runtime::client::Agent;
///
/// let (near, mut far) = UnixStream::pair()?;
/// far.write_all(b"{\"return\": 1}\n")?;
///
/// let mut agent = Agent::new(near);
/// let answer: i64 = agent.execute("guest-count", &Empty {})?;
/// assert_eq!(answer, 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Agent<S> {
    stream: S,
    core: Core,
}

impl<S> Agent<S> {
    /// A client that talks over `stream`, which is assumed to be quiet.
    ///
    /// A guest agent may still be at the reply to an earlier client; start with
    /// [`Agent::resynchronize`] there.
    pub fn new(stream: S) -> Self {
        let core = Core::default();
        Self { stream, core }
    }

    /// The stream, to set a time-out for example.
    pub fn stream(&self) -> &S {
        &self.stream
    }

    /// The stream, without what was read from it and not yet asked for.
    pub fn into_stream(self) -> S {
        self.stream
    }
}

impl<S: Read + Write> Agent<S> {
    /// Runs `command` and waits for what it returns.
    ///
    /// Members of the answer that `R` does not have are ignored. A command
    /// without a return answers an empty object, which is
    /// [`Empty`](crate::Empty).
    ///
    /// # Errors
    /// The command fails, the connection does, or the answer is not what it
    /// should be. Only after [`ClientError::Timeout`], [`ClientError::Io`] and
    /// [`ClientError::OutOfStep`] does the client need [`Agent::resynchronize`].
    pub fn execute<A, R>(&mut self, command: &str, arguments: &A) -> Result<R, ClientError>
    where
        A: Serialize + ?Sized,
        R: DecodeOwned,
    {
        self.core.begin(command, arguments)?;
        self.send()?;
        loop {
            if let Some(answer) = self.core.reply() {
                return answer?.decode(command);
            }
            self.receive()?;
        }
    }

    /// Runs a command of a guest agent that answers only when it fails.
    ///
    /// A second request follows the command, and its answer shows that none
    /// came to the first. So this waits until the agent has dealt with the
    /// command; a connection that closes meanwhile is a success, for most of
    /// these commands turn the machine off.
    ///
    /// # Errors
    /// As for [`Agent::execute`].
    pub fn execute_silently<A>(&mut self, command: &str, arguments: &A) -> Result<(), ClientError>
    where
        A: Serialize + ?Sized,
    {
        let mut sync = self.core.begin_silently(command, arguments)?;
        self.send()?;
        let waited = self.synchronize(&mut sync);
        sync.outcome(waited)
    }

    /// Gets back into step with a guest agent, whatever was going on before.
    ///
    /// Sends the byte 0xFF, which ends any half request, and
    /// `guest-sync-delimited`; then throws everything away up to its answer. An
    /// agent that refuses this command never sends it: have a time-out.
    ///
    /// # Errors
    /// The connection fails.
    pub fn resynchronize(&mut self) -> Result<(), ClientError> {
        let mut sync = self.core.begin_sync()?;
        self.send()?;
        self.synchronize(&mut sync)
    }

    fn synchronize(&mut self, sync: &mut Synchronization) -> Result<(), ClientError> {
        while !self.core.is_synchronized(sync) {
            self.receive()?;
        }
        Ok(())
    }

    fn send(&mut self) -> Result<(), ClientError> {
        let sent = self.stream.write_all(self.core.request());
        let sent = sent.and_then(|()| self.stream.flush());
        sent.map_err(|error| self.core.failed(error.into()))
    }

    /// Reads some more.
    fn receive(&mut self) -> Result<(), ClientError> {
        match self.stream.read(self.core.lines.room()) {
            Ok(0) => Err(self.core.failed(ClientError::Closed)),
            Ok(length) => {
                self.core.lines.filled(length);
                Ok(())
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => Ok(()),
            Err(error) => Err(self.core.failed(error.into())),
        }
    }
}
