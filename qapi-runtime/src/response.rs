//! A response: the envelope around an answer or an error.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::{Map, Value};

use crate::encode::{EncodeError, Encoder};
use crate::error::{Error, ErrorClass};

/// The byte that no JSON text contains, by which peers find each other again.
pub(crate) const DELIMITER: u8 = 0xFF;

/// A response as a client sees it.
#[derive(Debug, Clone, PartialEq)]
pub struct Response {
    /// The id of the request, if it had one that could be read.
    pub id: Option<Value>,
    /// What the command returned, or why it failed.
    pub result: Result<Value, Error>,
}

/// A JSON value is not a response.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the message is neither a return nor an error: {excerpt}")]
pub struct NotAResponse {
    /// The start of the message.
    excerpt: String,
}

impl Response {
    /// Takes a message apart; members it does not know are ignored.
    ///
    /// # Errors
    /// There is neither `return` nor a well-formed `error`.
    pub fn parse(mut message: Value) -> Result<Self, NotAResponse> {
        let response = message.as_object_mut().and_then(parse_members);
        response.ok_or_else(|| NotAResponse::new(&message))
    }
}

fn parse_members(members: &mut Map<String, Value>) -> Option<Response> {
    let result = match members.get("error") {
        Some(error) => Err(parse_error(error)?),
        None => Ok(members.swap_remove("return")?),
    };
    let id = members.swap_remove("id");
    Some(Response { id, result })
}

fn parse_error(error: &Value) -> Option<Error> {
    let class = error.get("class")?.as_str()?;
    let desc = error.get("desc")?.as_str()?;
    Some(Error::new(ErrorClass::from(class), desc))
}

impl NotAResponse {
    fn new(message: &Value) -> Self {
        // A value may be huge, so no more of it is written than is shown.
        let mut head = Head(Vec::with_capacity(EXCERPT));
        let complete = Encoder::new(&mut head).encode(message).is_ok();
        let mut excerpt = String::from_utf8_lossy(&head.0).into_owned();
        if !complete {
            excerpt.push('…');
        }
        Self { excerpt }
    }
}

/// As much of a message as an error message has room for.
const EXCERPT: usize = 80;

/// Takes bytes until it is full.
struct Head(Vec<u8>);

impl Write for Head {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let room = EXCERPT - self.0.len();
        let taken = bytes.len().min(room);
        self.0.extend_from_slice(&bytes[..taken]);
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The reply to one request, while it is being made.
///
/// This is the only place that knows where reply bytes go. They are collected
/// so that a handler which fails half-way leaves nothing behind, and written
/// without a tree of JSON values in between.
#[derive(Debug, Default)]
pub(crate) struct Reply {
    bytes: Vec<u8>,
    id: Option<Value>,
    delimited: bool,
}

impl Reply {
    /// Starts the reply to a request with this `id`.
    pub(crate) fn begin(&mut self, id: Option<Value>) {
        self.withdraw();
        self.id = id;
        self.delimited = false;
    }

    /// Puts the delimiter in front of the reply, should it be a success.
    pub(crate) fn delimit(&mut self) {
        self.delimited = true;
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Writes a success reply.
    pub(crate) fn succeed<R: Serialize>(&mut self, value: &R) -> Result<(), EncodeError> {
        if self.delimited {
            self.bytes.push(DELIMITER);
        }
        self.bytes.extend_from_slice(b"{\"return\": ");
        Encoder::new(&mut self.bytes).encode(value)?;
        if let Some(id) = &self.id {
            self.bytes.extend_from_slice(b", \"id\": ");
            Encoder::new(&mut self.bytes).encode(id)?;
        }
        self.bytes.extend_from_slice(b"}\n");
        Ok(())
    }

    /// Drops what there is of the reply, and most of the room it took.
    pub(crate) fn withdraw(&mut self) {
        /// Room that is kept from one reply to the next.
        const ROOM: usize = 64 * 1024;

        self.bytes.clear();
        self.bytes.shrink_to(ROOM);
    }

    /// Writes an error reply in place of anything there is. The id comes
    /// first here, which is how QEMU does it.
    pub(crate) fn fail(&mut self, error: &Error) {
        self.bytes.clear();
        self.bytes.push(b'{');
        if let Some(id) = self.id.take() {
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::service::Empty;

    fn reply(id: Option<Value>, write: impl FnOnce(&mut Reply)) -> String {
        let mut reply = Reply::default();
        reply.begin(id);
        write(&mut reply);
        String::from_utf8_lossy(reply.bytes()).into_owned()
    }

    #[test]
    fn the_id_follows_a_return_and_precedes_an_error() {
        assert_eq!(
            reply(Some(json!(1)), |r| r.succeed(&Empty {}).unwrap()),
            "{\"return\": {}, \"id\": 1}\n"
        );
        assert_eq!(
            reply(Some(json!(null)), |r| r.fail(&Error::generic("no"))),
            "{\"id\": null, \"error\": {\"class\": \"GenericError\", \"desc\": \"no\"}}\n"
        );
    }

    #[test]
    fn an_error_takes_the_place_of_what_was_written() {
        let text = reply(None, |r| {
            r.delimit();
            r.succeed(&1).unwrap();
            r.fail(&Error::command_not_found("x"));
        });
        assert_eq!(
            text,
            "{\"error\": {\"class\": \"CommandNotFound\", \
             \"desc\": \"The command x has not been found\"}}\n"
        );
    }

    #[test]
    fn responses_read_back() {
        let response = Response::parse(json!({"return": null, "id": 3, "new": 1})).unwrap();
        assert_eq!(response.result, Ok(Value::Null));
        assert_eq!(response.id, Some(json!(3)));

        let error = json!({"error": {"class": "KVMMissingCap", "desc": "d", "data": {}}});
        let error = Response::parse(error).unwrap().result.unwrap_err();
        assert_eq!(error, Error::new(ErrorClass::KvmMissingCap, "d"));
    }

    #[test]
    fn other_messages_are_not_responses() {
        for message in [
            json!([]),
            json!({}),
            json!({"error": {"class": 1}}),
            json!({"error": 1}),
            json!({"error": 1, "return": 1}),
        ] {
            let refusal = Response::parse(message.clone()).unwrap_err();
            let text = crate::to_string(&message).unwrap();
            assert!(refusal.to_string().ends_with(&text), "{refusal}");
        }
        let long = Response::parse(json!(["x".repeat(1000)])).unwrap_err();
        assert!(long.to_string().len() < 200, "{long}");
    }
}
