//! The other end of the wire: a client that waits for its answers.

mod error;
mod lines;

use std::io::{Read, Write};
use std::time::{SystemTime, UNIX_EPOCH};

use serde::Serialize;

pub use self::error::ClientError;
use self::lines::Lines;
use crate::decode::{DecodeOwned, Input, Unknown};
use crate::document::{Document, Json};
use crate::encode::Encoder;
use crate::response::{DELIMITER, Response};

/// How long a reply may be.
///
/// The largest that QEMU's guest agent makes is a read of 48 MiB from a file,
/// which is 64 MiB of base64 and an envelope.
pub const MAX_REPLY: usize = 72 << 20;

/// A client over a stream: one request, one reply.
///
/// Generated code wraps it with one method per command. To limit how long a
/// reply may take, set a time-out on the stream; a command given up that way
/// leaves its reply behind, and [`Client::resynchronize`] gets rid of it.
#[derive(Debug)]
pub struct Client<S> {
    stream: S,
    lines: Lines,
    request: Vec<u8>,
    /// A reply may be on its way that nobody waits for.
    out_of_step: bool,
}

impl<S> Client<S> {
    /// A client that talks over `stream`, which is assumed to be quiet.
    ///
    /// A guest agent may still be at the reply to an earlier client; start with
    /// [`Client::resynchronize`] there.
    pub fn new(stream: S) -> Self {
        Self {
            stream,
            lines: Lines::default(),
            request: Vec::new(),
            out_of_step: false,
        }
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

impl<S: Read + Write> Client<S> {
    /// Runs `command` and waits for what it returns.
    ///
    /// Members of the answer that `R` does not have are ignored. A command
    /// without a return answers an empty object, which is
    /// [`Empty`](crate::Empty).
    ///
    /// # Errors
    /// The command fails, the connection does, or the answer is not what it
    /// should be. Only after [`ClientError::Io`] and [`ClientError::OutOfStep`]
    /// does the client need [`Client::resynchronize`].
    pub fn execute<A, R>(&mut self, command: &str, arguments: &A) -> Result<R, ClientError>
    where
        A: Serialize + ?Sized,
        R: DecodeOwned,
    {
        if self.out_of_step {
            return Err(ClientError::OutOfStep);
        }
        self.request.clear();
        self.add_request(command, arguments)?;
        self.send()?;
        let line = self.lines.next(&mut self.stream).inspect_err(|error| {
            // Given up, for example at a time-out: the reply may still come.
            self.out_of_step = matches!(error, ClientError::Io(_));
        })?;
        let document = read(line)?;
        let response = Response::parse(document.root())?;
        let returned = response.result.map_err(ClientError::Command)?;
        Ok(Input::named("return", returned, Unknown::Ignore).decode()?)
    }

    /// Runs a command of a guest agent that answers only when it fails.
    ///
    /// A second request follows the command, and its answer shows that none
    /// came to the first. So this waits until the agent has dealt with the
    /// command; a connection that closes meanwhile is a success, for most of
    /// these commands turn the machine off.
    ///
    /// # Errors
    /// As for [`Client::execute`].
    pub fn execute_silently<A>(&mut self, command: &str, arguments: &A) -> Result<(), ClientError>
    where
        A: Serialize + ?Sized,
    {
        if self.out_of_step {
            return Err(ClientError::OutOfStep);
        }
        self.request.clear();
        self.add_request(command, arguments)?;
        let mut outcome = Ok(());
        let synchronized = self.synchronize(|line| {
            let document = read(line).unwrap_or_default();
            if let Ok(Err(error)) = Response::parse(document.root()).map(|response| response.result)
            {
                outcome = Err(ClientError::Command(error));
            }
        });
        match synchronized {
            Ok(()) | Err(ClientError::Closed) => outcome,
            // The failure of the command says more than one of the connection after it.
            Err(error) => outcome.and(Err(error)),
        }
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
        self.request.clear();
        self.request.push(DELIMITER);
        self.synchronize(|_| {})
    }

    /// Adds a `guest-sync-delimited` to the request and waits for its answer;
    /// `other` gets the lines before it.
    fn synchronize(&mut self, mut other: impl FnMut(&[u8])) -> Result<(), ClientError> {
        let id = sync_id();
        self.add_request("guest-sync-delimited", &serde_json::json!({ "id": id }))?;
        self.send()?;
        self.out_of_step = true;
        loop {
            let line = match self.lines.next(&mut self.stream) {
                Ok(line) => line,
                Err(ClientError::TooLong) => continue,
                Err(error) => return Err(error),
            };
            if !line.contains(&DELIMITER) {
                other(line);
                continue;
            }
            // An answer with another id is one to an earlier client.
            let document = read(line).unwrap_or_default();
            if document.root().get("return").and_then(Json::as_i64) == Some(id) {
                self.out_of_step = false;
                return Ok(());
            }
        }
    }

    fn add_request<A>(&mut self, command: &str, arguments: &A) -> Result<(), ClientError>
    where
        A: Serialize + ?Sized,
    {
        self.request.extend_from_slice(b"{\"execute\": ");
        Encoder::new(&mut self.request).encode(command)?;
        let end = self.request.len();
        self.request.extend_from_slice(b", \"arguments\": ");
        let start = self.request.len();
        Encoder::new(&mut self.request).encode(arguments)?;
        if &self.request[start..] == b"{}" {
            self.request.truncate(end);
        }
        self.request.extend_from_slice(b"}\n");
        Ok(())
    }

    fn send(&mut self) -> Result<(), ClientError> {
        /// Room that is kept from one request to the next.
        const ROOM: usize = 64 * 1024;

        let sent = self.stream.write_all(&self.request);
        let sent = sent.and_then(|()| self.stream.flush());
        self.request.clear();
        self.request.shrink_to(ROOM);
        sent.inspect_err(|_| self.out_of_step = true)?;
        Ok(())
    }
}

/// The message in a line; whatever comes before the delimiter is not part of it.
fn read(line: &[u8]) -> Result<Document, ClientError> {
    let delimiter = line.iter().rposition(|&byte| byte == DELIMITER);
    let text = &line[delimiter.map_or(0, |position| position + 1)..];
    Document::parse(text).map_err(|error| ClientError::Json(error.to_string()))
}

/// An id that no earlier client of this agent is likely to have used.
fn sync_id() -> i64 {
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH);
    let nanoseconds = since_epoch.map_or(0, |elapsed| elapsed.as_nanos());
    // 62 bits: every agent takes such a number for an integer.
    i64::try_from(nanoseconds & (u128::MAX >> 66)).unwrap_or(0)
}
