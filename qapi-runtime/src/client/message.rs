//! What a monitor says: a greeting, a response or an event.

use super::ClientError;
use super::lines::TooLong;
use super::qmp::Greeting;
use crate::decode::{DecodeError, DecodeMembers, DecodeOwned, Input, Object, Unknown};
use crate::document::{Document, Json};
use crate::event::{RawEvent, Timestamp};
use crate::response::Response;

/// One message of a monitor.
#[derive(Debug)]
pub(super) enum Message {
    Greeting(Greeting),
    Event(RawEvent),
    Answer(Answer),
}

/// A response, with the document it lies in.
#[derive(Debug)]
pub(super) struct Answer {
    document: Document,
}

impl Message {
    /// What stands in a line; nothing, if that is blank.
    pub(super) fn read(line: Result<&[u8], TooLong>) -> Option<Result<Self, ClientError>> {
        match line {
            Ok(line) if line.trim_ascii().is_empty() => None,
            Ok(line) => Some(Self::parse(line)),
            Err(TooLong) => Some(Err(ClientError::TooLong)),
        }
    }

    /// Takes a line apart; members that are not known are ignored.
    ///
    /// # Errors
    /// It is not JSON, or none of the three.
    fn parse(line: &[u8]) -> Result<Self, ClientError> {
        let document = Document::parse(line)?;
        let root = document.root();
        if let Some(greeting) = root.get("QMP") {
            Ok(Self::Greeting(Greeting::read(greeting)))
        } else if root.get("event").is_some() {
            let event = document.input("event", Unknown::Ignore).members();
            event.map(Self::Event).map_err(|error| ClientError::Decode {
                of: "an event".to_owned(),
                error,
            })
        } else {
            Answer::new(document).map(Self::Answer)
        }
    }
}

impl Answer {
    /// The response that `document` is.
    ///
    /// # Errors
    /// It is none.
    pub(super) fn new(document: Document) -> Result<Self, ClientError> {
        Response::parse(document.root())?;
        Ok(Self { document })
    }

    /// What the request was called.
    pub(super) fn id(&self) -> Option<Json<'_>> {
        self.document.root().get("id")
    }

    /// Whether the command failed.
    pub(super) fn is_error(&self) -> bool {
        self.document.root().get("error").is_some()
    }

    /// What `command` returned.
    ///
    /// # Errors
    /// It failed, or returned something else than an `R`.
    pub(super) fn decode<R: DecodeOwned>(&self, command: &str) -> Result<R, ClientError> {
        let response = Response::parse(self.document.root())?;
        let returned = response.result.map_err(ClientError::Command)?;
        let decoded = Input::named("return", returned, Unknown::Ignore).decode();
        decoded.map_err(|error| ClientError::Decode {
            of: command.to_owned(),
            error,
        })
    }
}

impl<'de> DecodeMembers<'de> for RawEvent {
    fn decode_members(object: &mut Object<'_, 'de>) -> Result<Self, DecodeError> {
        Ok(Self {
            name: object.required("event")?,
            data: object.optional("data")?.unwrap_or_default(),
            // The storage daemon and old releases have one too, but nothing
            // that is worth losing the event for.
            timestamp: object.optional("timestamp")?.unwrap_or(Timestamp::UNKNOWN),
        })
    }
}

impl<'de> DecodeMembers<'de> for Timestamp {
    fn decode_members(object: &mut Object<'_, 'de>) -> Result<Self, DecodeError> {
        Ok(Self {
            seconds: object.required("seconds")?,
            microseconds: object.required("microseconds")?,
        })
    }
}
