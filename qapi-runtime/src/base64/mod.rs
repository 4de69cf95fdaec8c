//! Bytes that travel as base64 text.
//!
//! To a schema such a member is a string. A type of this module in its place,
//! which `qapi_codegen::Config::replace` puts there, makes it bytes:
//!
//! | type | as an argument, at the server | as a return, at the server | at the client |
//! | --- | --- | --- | --- |
//! | [`Base64`] | bytes | bytes | bytes |
//! | [`Base64Text`] | the text of the request, decoded when it is asked for | - | bytes, borrowed |
//! | [`Base64Upload`] | that text, or what took the bytes while the request was still being read | - | bytes, borrowed |
//! | [`Base64Stream`] | - | a reader, encoded while the reply is sent | bytes |
//!
//! `Base64` is for passwords and keys. The others are for what is too large to
//! be in memory twice: neither ever holds more than a few kilobytes of what it
//! converts. All write padded text without line ends, and read what QEMU's guest
//! agent reads:
//!
//! - Line ends are fine anywhere.
//! - Padded pieces may follow each other: `YQ==Yg==` is `ab`.
//! - A last group with too few characters is dropped: `YQ` is nothing.
//! - Any other character is refused, and so is padding where none can be.

mod engine;
mod groups;
mod owned;
mod reader;
mod stream;
mod text;
mod upload;

pub(crate) use self::groups::GroupDecoder;
use self::groups::push_whole;
pub use self::owned::Base64;
pub use self::reader::Base64Reader;
pub use self::stream::Base64Stream;
pub use self::text::Base64Text;
pub use self::upload::{Base64Upload, Delivery};

use std::fmt;
use std::io;

use base64::Engine;
use serde::Serializer;

use self::engine::ENGINE;
use crate::encode::PLAIN;
use crate::error::Error;

/// The number of characters in a group.
const DIGITS: usize = 4;
/// The number of bytes that a group stands for.
const BYTES: usize = 3;
/// How many groups are converted at a time: a few calls per megabyte, on little stack.
const GROUPS: usize = 4096;

/// A text is no base64.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("Base64 data contains invalid characters")]
pub struct Base64Error;

impl From<Base64Error> for Error {
    fn from(error: Base64Error) -> Self {
        Self::generic(error.to_string())
    }
}

impl From<Base64Error> for io::Error {
    fn from(error: Base64Error) -> Self {
        Self::new(io::ErrorKind::InvalidData, error)
    }
}

/// The text of some bytes, made piece by piece.
struct Encoded<'a>(&'a [u8]);

impl fmt::Display for Encoded<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = TEXT;
        let mut chunks = self.0.chunks(GROUPS * BYTES);
        chunks.try_for_each(|chunk| encode(chunk, &mut text, f))
    }
}

/// Serializes a text of this module, in which no serializer has to look for what it escapes.
fn serialize<S: Serializer>(text: &impl fmt::Display, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_newtype_struct(PLAIN, &format_args!("{text}"))
}

/// Room for the text of [`GROUPS`] groups.
const TEXT: [u8; GROUPS * DIGITS] = [0; GROUPS * DIGITS];

/// Writes the text of a chunk for which `text` has room.
fn encode(chunk: &[u8], text: &mut [u8], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let length = ENGINE.encode_slice(chunk, text);
    let text = &text[..length.expect("there is room for every group")];
    f.write_str(std::str::from_utf8(text).expect("base64 is ASCII"))
}
