//! The reply to one request, while it is being made.

use std::fmt;
use std::io::{self, Write};

use serde::Serialize;

use crate::document::Json;
use crate::encode::{EncodeError, Encoder};
use crate::error::Error;
use crate::response::DELIMITER;

/// Where replies go that are too large to be kept until they are complete.
pub(crate) type Sink<'a> = &'a mut (dyn Write + Send);

/// How much of a reply is kept, so that a handler which fails half-way leaves
/// nothing behind; also the room that stays from one reply to the next.
/// Enough for 64 KiB of a file in base64, which then go in one piece.
pub(crate) const MAX_KEPT: usize = 96 * 1024;

/// The reply to one request, while it is being made.
///
/// This is the only place that knows where reply bytes go. They are collected,
/// without a tree of JSON values in between. A reply that exceeds [`MAX_KEPT`]
/// goes into a sink while it is made, if there is one, and cannot be taken back
/// from then on.
#[derive(Default)]
pub(crate) struct Reply {
    bytes: Vec<u8>,
    delimited: bool,
    /// The beginning of the reply is not in `bytes` any more.
    sent: bool,
    /// Why the rest of a reply cannot follow.
    failure: Option<EncodeError>,
}

impl Reply {
    /// Starts a reply.
    pub(crate) fn begin(&mut self) {
        self.withdraw();
        self.delimited = false;
        self.sent = false;
        self.failure = None;
    }

    /// Puts the delimiter in front of the reply, should it be a success.
    pub(crate) fn delimit(&mut self) {
        self.delimited = true;
    }

    /// The reply, but for what has been sent.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Whether the beginning of the reply has been sent.
    pub(crate) fn is_sent(&self) -> bool {
        self.sent
    }

    /// Why the rest of the reply cannot follow its beginning, if it cannot.
    pub(crate) fn take_failure(&mut self) -> Option<EncodeError> {
        self.failure.take()
    }

    /// Writes the success reply to the request `id`.
    pub(crate) fn succeed<R>(
        &mut self,
        value: &R,
        id: Option<Json<'_>>,
        sink: Option<Sink<'_>>,
    ) -> Result<(), EncodeError>
    where
        R: Serialize + ?Sized,
    {
        if self.delimited {
            self.bytes.push(DELIMITER);
        }
        self.bytes.extend_from_slice(b"{\"return\": ");
        let mut overflow = Overflow { reply: self, sink };
        Encoder::new(&mut overflow).encode(value)?;
        if let Some(id) = id {
            overflow.reply.bytes.extend_from_slice(b", \"id\": ");
            Encoder::new(&mut overflow).encode(&id)?;
        }
        self.bytes.extend_from_slice(b"}\n");
        Ok(())
    }

    /// Remembers why the reply could not be written, if it is too late to take it back.
    pub(crate) fn give_up(&mut self, error: EncodeError) {
        if self.sent {
            self.failure = Some(error);
        }
    }

    /// Drops what there is of the reply, and most of the room it took.
    pub(crate) fn withdraw(&mut self) {
        self.bytes.clear();
        self.bytes.shrink_to(MAX_KEPT);
    }

    /// Writes an error reply in place of anything there is. The id comes
    /// first here, which is how QEMU does it.
    pub(crate) fn fail(&mut self, error: &Error, id: Option<Json<'_>>) {
        self.bytes.clear();
        self.bytes.push(b'{');
        if let Some(id) = id {
            self.bytes.extend_from_slice(b"\"id\": ");
            self.encode_plain(&id);
            self.bytes.extend_from_slice(b", ");
        }
        self.bytes.extend_from_slice(b"\"error\": {\"class\": ");
        self.encode_plain(error.class.as_str());
        self.bytes.extend_from_slice(b", \"desc\": ");
        self.encode_plain(&error.desc);
        self.bytes.extend_from_slice(b"}}\n");
    }

    fn encode_plain<T: Serialize + ?Sized>(&mut self, value: &T) {
        let encoded = Encoder::new(&mut self.bytes).encode(value);
        encoded.expect("memory takes every write, and text and JSON values every form");
    }
}

impl fmt::Debug for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reply").finish_non_exhaustive()
    }
}

/// A reply that flows over into a sink.
struct Overflow<'r, 's> {
    reply: &'r mut Reply,
    sink: Option<Sink<'s>>,
}

impl Write for Overflow<'_, '_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.write_all(bytes)?;
        Ok(bytes.len())
    }

    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        let Reply {
            bytes: kept, sent, ..
        } = &mut *self.reply;
        if let Some(sink) = &mut self.sink
            && kept.len() + bytes.len() > MAX_KEPT
        {
            *sent = true;
            sink.write_all(kept)?;
            kept.clear();
        }
        kept.extend_from_slice(bytes);
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::document::Document;
    use crate::service::Empty;

    fn reply(write: impl FnOnce(&mut Reply)) -> String {
        let mut reply = Reply::default();
        reply.begin();
        write(&mut reply);
        String::from_utf8_lossy(reply.bytes()).into_owned()
    }

    #[test]
    fn the_id_follows_a_return_and_precedes_an_error() {
        let one = Document::from(json!(1));
        assert_eq!(
            reply(|r| r.succeed(&Empty {}, Some(one.root()), None).unwrap()),
            "{\"return\": {}, \"id\": 1}\n"
        );
        let null = Document::default();
        assert_eq!(
            reply(|r| r.fail(&Error::generic("no"), Some(null.root()))),
            "{\"id\": null, \"error\": {\"class\": \"GenericError\", \"desc\": \"no\"}}\n"
        );
    }

    #[test]
    fn an_error_takes_the_place_of_what_was_written() {
        let text = reply(|r| {
            r.delimit();
            r.succeed(&1, None, None).unwrap();
            r.fail(&Error::command_not_found("x"), None);
        });
        assert_eq!(
            text,
            "{\"error\": {\"class\": \"CommandNotFound\", \
             \"desc\": \"The command x has not been found\"}}\n"
        );
    }

    #[test]
    fn only_what_exceeds_the_room_goes_to_the_sink() {
        let mut reply = Reply::default();
        let mut sink = Vec::new();
        reply.begin();
        let fits = "x".repeat(MAX_KEPT - 100);
        reply.succeed(&fits, None, Some(&mut sink)).unwrap();
        assert!(!reply.is_sent() && sink.is_empty());

        reply.begin();
        let parts = vec!["x".repeat(1000); 1000];
        reply.succeed(&parts, None, Some(&mut sink)).unwrap();
        assert!(reply.is_sent() && reply.bytes.capacity() <= MAX_KEPT);
        sink.extend_from_slice(reply.bytes());
        let text = crate::to_string(&parts).unwrap();
        assert!(sink == format!("{{\"return\": {text}}}\n").into_bytes());
    }
}
