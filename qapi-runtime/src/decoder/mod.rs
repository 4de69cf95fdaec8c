//! From bytes to JSON values, in the dialect and with the errors of QEMU.
//!
//! The input is a stream of tokens, not of lines: a message is complete at its
//! last bracket. `lexer` cuts tokens, `parser` puts them into the document as
//! they come, `text` deals with the strings that have escapes. Nothing is read
//! twice, and strings are collected where they will stay; so any input takes
//! linear time, and memory in proportion to one message. That is used again
//! for the next one, unless it is much.

mod error;
mod intake;
mod lexer;
mod parser;
mod text;

use std::sync::Arc;

pub use self::error::JsonError;
use self::intake::Intake;
use self::lexer::{Lexed, Lexer, Token};
use self::parser::Parser;
use crate::document::{Document, Draft};
use crate::upload::{Received, UPLOAD_BYTES};

/// How many brackets and braces may be open at once.
pub const MAX_NESTING: usize = 1024;

/// How many tokens one message may have.
pub const MAX_TOKENS: usize = 1 << 21;

/// How many bytes the tokens of one message have to stay below; white space
/// between them is free.
pub const MAX_MESSAGE_BYTES: usize = 64 << 20;

/// Cuts a stream of bytes into JSON values.
///
/// The dialect is QEMU's: strings may stand in single quotes, keys of one
/// object have to differ, numbers that fit 64 bits stay exact, and text is
/// UTF-8 without noncharacters.
///
/// A broken message is an error, after which decoding goes on: at the next
/// structural character, control character, or byte 0xFE or 0xFF. The byte 0xFF
/// is an error at any place, and leaves a clean decoder behind.
///
/// Two things are better than in QEMU: a number beyond the largest double
/// becomes that, not an infinity which has no spelling, and an error quotes at
/// most 4096 bytes of a broken token.
///
/// ```
/// use qapi_runtime::{Decoder, JsonError};
///
/// let mut decoder = Decoder::new();
/// let mut input = &b"{'a': 1}[tru"[..];
/// let document = decoder.decode(&mut input).expect("a whole message")?;
/// assert_eq!(document.to_value(), serde_json::json!({"a": 1}));
/// assert_eq!(decoder.decode(&mut input), None);
///
/// let mut input = &b"m]"[..];
/// let error = JsonError::Keyword("trum".to_owned());
/// assert_eq!(decoder.decode(&mut input), Some(Err(error)));
/// # Ok::<(), JsonError>(())
/// ```
#[derive(Debug)]
pub struct Decoder {
    lexer: Lexer,
    parser: Parser,
    /// The message that is read.
    draft: Draft,
    /// The message that was read last.
    document: Document,
    /// Where the string at hand goes, if it does not stay here.
    intake: Option<Intake>,
    /// Where it would stand in the document.
    received: Option<u32>,
    /// A string of this message has been found long.
    was_long: bool,
}

/// What a decoder has come to.
#[derive(Debug)]
pub(crate) enum Step {
    /// The end of a message.
    Message(Result<(), JsonError>),
    /// The middle of a string that has become long, the first one of this message. Here is what
    /// there was before it, as if it were empty and the last.
    Long(Document),
    /// A piece of what stands in such a string.
    Piece,
}

impl Decoder {
    /// A decoder that has read nothing yet.
    pub fn new() -> Self {
        Self::with_max_bytes(MAX_MESSAGE_BYTES)
    }

    /// A decoder of messages whose tokens have fewer than `max_bytes`, for the
    /// replies of a peer that is trusted with more than
    /// [`MAX_MESSAGE_BYTES`]. Four gigabytes are the most.
    pub fn with_max_bytes(max_bytes: usize) -> Self {
        /// Places in a document have 32 bits.
        const MOST: usize = u32::MAX as usize;

        let max_bytes = max_bytes.min(MOST);
        Self {
            lexer: Lexer::new(max_bytes),
            parser: Parser::new(max_bytes),
            draft: Draft::default(),
            document: Document::default(),
            intake: None,
            received: None,
            was_long: false,
        }
    }

    /// Makes room for a message of `length`.
    pub(crate) fn expect(&mut self, length: usize) {
        self.draft.reserve(length);
    }

    /// Reads from the front of `input` up to the end of a message.
    ///
    /// `None` means that all of the input is used up and the message is not
    /// complete. A number or keyword outside any bracket is complete only when
    /// something follows it, which is not used up then.
    ///
    /// The document stays with the decoder until the next call, unless it is
    /// [taken](Self::take).
    ///
    /// # Errors
    /// What stands there is not JSON, or exceeds a limit. The next call goes on
    /// behind it.
    pub fn decode(&mut self, input: &mut &[u8]) -> Option<Result<&Document, JsonError>> {
        let mut document = self.take();
        let message = self.decode_into(input, &mut document);
        self.document = document;
        Some(message?.map(|()| &self.document))
    }

    /// The same with a document that does not stay here, such as the message before, whose room is
    /// used again.
    pub(crate) fn decode_into(
        &mut self,
        input: &mut &[u8],
        document: &mut Document,
    ) -> Option<Result<(), JsonError>> {
        match self.step(input, document, false)? {
            Step::Message(message) => Some(message),
            Step::Long(_) | Step::Piece => unreachable!("nobody has asked for uploads"),
        }
    }

    /// The same, with a stop where an argument may begin to be uploaded, and at each piece of it.
    /// Without such stops, what is left of an upload is collected.
    #[inline]
    pub(crate) fn step(
        &mut self,
        input: &mut &[u8],
        document: &mut Document,
        stops: bool,
    ) -> Option<Step> {
        self.draft.recycle(document);
        let message = loop {
            if self.intake.is_some() && self.take_in(input) && stops {
                return Some(Step::Piece);
            }
            let Some(lexed) = self.lexer.next(input, &mut self.draft.text) else {
                return self.pause(stops);
            };
            let accepted = match lexed {
                Lexed::Token(token) => self.accept(token),
                Lexed::Stray => Some(Err(JsonError::Stray(self.lexer.stray(&self.draft.text)))),
                Lexed::TooLong => Some(Err(JsonError::Size)),
            };
            let accepted = accepted.or_else(|| self.parser.accept_separator(&self.lexer, input));
            if let Some(message) = accepted {
                break message;
            }
        };
        self.parser.reset();
        self.was_long = false;
        Some(Step::Message(self.finish(message, document)))
    }

    #[inline]
    fn accept(&mut self, token: Token) -> Option<Result<(), JsonError>> {
        let ends = self.intake.is_some() && self.received.is_none();
        if ends {
            self.end_upload();
        }
        self.parser.accept(token, &self.lexer, &mut self.draft)
    }

    /// What there is to tell when the input is used up.
    #[cold]
    fn pause(&mut self, stops: bool) -> Option<Step> {
        if let Some(intake) = &mut self.intake {
            if self.received.is_none() {
                intake.push(self.lexer.unforgotten(&self.draft.text));
                self.lexer.forget(&mut self.draft.text);
            }
            return (stops && intake.has_piece()).then_some(Step::Piece);
        }
        if !stops || self.was_long {
            return None;
        }
        let text = &self.draft.text;
        self.lexer.long_string(text, UPLOAD_BYTES)?;
        self.was_long = true;
        self.parser
            .opening(&self.draft, self.lexer.start())
            .map(Step::Long)
    }

    /// Begins to give the string at hand away, if that has not begun yet.
    pub(crate) fn begin_upload(&mut self) {
        if self.intake.is_some() {
            return;
        }
        let text = &mut self.draft.text;
        if let Some(quote) = self.lexer.long_string(text, 0) {
            let mut intake = Intake::new(quote);
            intake.push(&text[self.lexer.start()..]);
            self.lexer.forget(text);
            self.intake = Some(intake);
        }
    }

    /// Whether a string is being given away.
    pub(crate) fn is_uploading(&self) -> bool {
        self.intake.is_some()
    }

    /// Takes what has been decoded of it away, in exchange for room.
    pub(crate) fn take_piece(&mut self, piece: &mut Vec<u8>) {
        if let Some(intake) = &mut self.intake {
            intake.take_piece(piece);
        }
    }

    /// Decodes what it can of the string at hand without the lexer. Says whether there is a piece.
    fn take_in(&mut self, input: &mut &[u8]) -> bool {
        let Some(intake) = self.intake.as_mut().filter(|_| self.received.is_none()) else {
            return false;
        };
        let text = &mut self.draft.text;
        // What the lexer has taken comes first.
        intake.push(self.lexer.unforgotten(text));
        self.lexer.forget(text);
        let room = self.lexer.room(text).min(input.len());
        let taken = intake.push_digits(&input[..room]);
        self.lexer.pass(taken);
        *input = &input[taken..];
        intake.has_piece()
    }

    /// The string that is given away is complete, and the next value in the document.
    #[cold]
    fn end_upload(&mut self) {
        let text = &mut self.draft.text;
        if let Some(intake) = &mut self.intake {
            let result = intake.finish(self.lexer.unforgotten(text));
            self.lexer.replace(result, text);
            self.received = Some(self.draft.next_place());
        }
    }

    fn finish(
        &mut self,
        message: Result<(), JsonError>,
        document: &mut Document,
    ) -> Result<(), JsonError> {
        let (intake, received) = (self.intake.take(), self.received.take());
        if intake.is_some() {
            self.lexer.end_upload();
        }
        if let Err(error) = message {
            self.draft.clear();
            return Err(error);
        }
        *document = self.draft.finish().ok_or(JsonError::Size)?;
        if let (Some(intake), Some(place)) = (intake, received) {
            let (checked, rest) = intake.into_rest();
            document.received = Some(Arc::new(Received::new(place, checked, rest)));
        }
        Ok(())
    }

    /// The document that was decoded last, to keep.
    pub fn take(&mut self) -> Document {
        std::mem::take(&mut self.document)
    }
}

impl Default for Decoder {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests;
