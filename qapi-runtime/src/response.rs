//! A response: the envelope around an answer or an error.

use std::io::{self, Write};

use crate::document::Json;
use crate::encode::Encoder;
use crate::error::{Error, ErrorClass};

/// The byte that no JSON text contains, by which peers find each other again.
pub(crate) const DELIMITER: u8 = 0xFF;

/// A response as a client sees it.
#[derive(Debug, Clone, PartialEq)]
pub struct Response<'de> {
    /// The id of the request, if it had one that could be read.
    pub id: Option<Json<'de>>,
    /// What the command returned, or why it failed.
    pub result: Result<Json<'de>, Error>,
}

/// A JSON value is not a response.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the message is neither a return nor an error: {excerpt}")]
pub struct NotAResponse {
    /// The start of the message.
    excerpt: String,
}

impl<'de> Response<'de> {
    /// Takes a message apart; members it does not know are ignored.
    ///
    /// # Errors
    /// There is neither `return` nor a well-formed `error`.
    pub fn parse(message: Json<'de>) -> Result<Self, NotAResponse> {
        parse_members(message).ok_or_else(|| NotAResponse::new(message))
    }
}

fn parse_members(message: Json<'_>) -> Option<Response<'_>> {
    let result = match message.get("error") {
        Some(error) => Err(parse_error(error)?),
        None => Ok(message.get("return")?),
    };
    let id = message.get("id");
    Some(Response { id, result })
}

fn parse_error(error: Json<'_>) -> Option<Error> {
    let class = error.get("class")?.as_str()?;
    let desc = error.get("desc")?.as_str()?;
    Some(Error::new(ErrorClass::from(class), desc))
}

impl NotAResponse {
    fn new(message: Json<'_>) -> Self {
        // A value may be huge, so no more of it is written than is shown.
        let mut head = Head(Vec::with_capacity(EXCERPT));
        let complete = Encoder::new(&mut head).encode(&message).is_ok();
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::document::{Document, Kind};

    #[test]
    fn responses_read_back() {
        let success = Document::from(json!({"return": null, "id": 3, "new": 1}));
        let response = Response::parse(success.root()).unwrap();
        assert_eq!(response.result.unwrap().kind(), Kind::Null);
        assert_eq!(response.id.and_then(Json::as_i64), Some(3));

        let error = json!({"error": {"class": "KVMMissingCap", "desc": "d", "data": {}}});
        let error = Document::from(error);
        let error = Response::parse(error.root()).unwrap().result.unwrap_err();
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
            let document = Document::from_value(&message);
            let refusal = Response::parse(document.root()).unwrap_err();
            let text = crate::to_string(&message).unwrap();
            assert!(refusal.to_string().ends_with(&text), "{refusal}");
        }
        let long = Document::from(json!(["x".repeat(1000)]));
        let long = Response::parse(long.root()).unwrap_err();
        assert!(long.to_string().len() < 200, "{long}");
    }
}
