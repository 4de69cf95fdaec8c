//! The client's side of a conversation with an agent, without its input and output.

use std::time::{SystemTime, UNIX_EPOCH};

use serde::Serialize;

use crate::client::ClientError;
use crate::client::lines::{Lines, TooLong};
use crate::client::message::Answer;
use crate::client::request::{Verb, encode};
use crate::document::{Document, Json};
use crate::response::{DELIMITER, Response};

/// The state of a conversation: one request, one reply.
#[derive(Debug, Default)]
pub(in crate::client) struct Core {
    /// What was read.
    pub(in crate::client) lines: Lines,
    request: Vec<u8>,
    /// A reply may be on its way that nobody waits for.
    out_of_step: bool,
}

/// The wait for the answer to a `guest-sync-delimited`.
#[derive(Debug)]
pub(in crate::client) struct Synchronization {
    id: i64,
    /// What became of the silent command before it.
    outcome: Result<(), ClientError>,
}

impl Core {
    /// Makes the request to run `command`.
    ///
    /// # Errors
    /// The arguments cannot be written, or this is not the time for it.
    pub(in crate::client) fn begin<A>(
        &mut self,
        command: &str,
        arguments: &A,
    ) -> Result<(), ClientError>
    where
        A: Serialize + ?Sized,
    {
        if self.out_of_step {
            return Err(ClientError::OutOfStep);
        }
        self.clear();
        encode(&mut self.request, Verb::Execute, command, arguments, None)?;
        Ok(())
    }

    /// Makes the request to run `command`, and one that shows when it is done.
    ///
    /// # Errors
    /// As for [`Core::begin`].
    pub(in crate::client) fn begin_silently<A>(
        &mut self,
        command: &str,
        arguments: &A,
    ) -> Result<Synchronization, ClientError>
    where
        A: Serialize + ?Sized,
    {
        self.begin(command, arguments)?;
        self.add_sync()
    }

    /// Makes the request that ends any other, whole or not.
    pub(in crate::client) fn begin_sync(&mut self) -> Result<Synchronization, ClientError> {
        self.clear();
        self.request.push(DELIMITER);
        self.add_sync()
    }

    fn add_sync(&mut self) -> Result<Synchronization, ClientError> {
        let id = sync_id();
        let arguments = serde_json::json!({ "id": id });
        let command = "guest-sync-delimited";
        encode(&mut self.request, Verb::Execute, command, &arguments, None)?;
        let outcome = Ok(());
        Ok(Synchronization { id, outcome })
    }

    fn clear(&mut self) {
        /// Room that is kept from one request to the next.
        const ROOM: usize = 64 * 1024;

        self.request.clear();
        self.request.shrink_to(ROOM);
    }

    /// The request, to be sent. Its reply is taken for one that nobody waits
    /// for until it has come, since whoever waits may give up at any time.
    pub(in crate::client) fn request(&mut self) -> &[u8] {
        self.out_of_step = true;
        &self.request
    }

    /// Says that the stream failed; nothing comes any more from a closed one.
    pub(in crate::client) fn failed(&mut self, error: ClientError) -> ClientError {
        if matches!(error, ClientError::Closed) {
            self.out_of_step = false;
        }
        error
    }

    /// The reply, if it is there.
    pub(in crate::client) fn reply(&mut self) -> Option<Result<Answer, ClientError>> {
        let line = self.lines.next()?;
        let reply = match line {
            Ok(line) => read(line).and_then(Answer::new),
            Err(TooLong) => Err(ClientError::TooLong),
        };
        self.out_of_step = false;
        Some(reply)
    }

    /// Whether the answer is there that `sync` waits for; what comes before it
    /// is thrown away.
    pub(in crate::client) fn is_synchronized(&mut self, sync: &mut Synchronization) -> bool {
        while let Some(line) = self.lines.next() {
            let Ok(line) = line else {
                continue;
            };
            let document = read(line).unwrap_or_default();
            if !line.contains(&DELIMITER) {
                sync.note(&document);
                continue;
            }
            // An answer with another id is one to an earlier client.
            if document.root().get("return").and_then(Json::as_i64) == Some(sync.id) {
                self.out_of_step = false;
                return true;
            }
        }
        false
    }
}

impl Synchronization {
    fn note(&mut self, reply: &Document) {
        let response = Response::parse(reply.root());
        if let Ok(Err(error)) = response.map(|response| response.result) {
            self.outcome = Err(ClientError::Command(error));
        }
    }

    /// What became of the silent command, now that the wait has ended like this.
    ///
    /// Most of these commands turn the machine off, so a connection that is
    /// closed is a success.
    pub(in crate::client) fn outcome(
        self,
        waited: Result<(), ClientError>,
    ) -> Result<(), ClientError> {
        match waited {
            Ok(()) | Err(ClientError::Closed) => self.outcome,
            // The failure of the command says more than one of the connection after it.
            Err(error) => self.outcome.and(Err(error)),
        }
    }
}

/// The message in a line; whatever comes before the delimiter is not part of it.
fn read(line: &[u8]) -> Result<Document, ClientError> {
    let delimiter = line.iter().rposition(|&byte| byte == DELIMITER);
    let text = &line[delimiter.map_or(0, |position| position + 1)..];
    Ok(Document::parse(text)?)
}

/// An id that no earlier client of this agent is likely to have used.
fn sync_id() -> i64 {
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH);
    let nanoseconds = since_epoch.map_or(0, |elapsed| elapsed.as_nanos());
    // 62 bits: every agent takes such a number for an integer.
    i64::try_from(nanoseconds & (u128::MAX >> 66)).unwrap_or(0)
}
