//! A long string on its way through, of which no more stays here than a piece.

use super::JsonError;
use super::text::{self, ESCAPE};
use crate::base64::{Base64Error, GroupDecoder};
use crate::{scan, unicode};

/// Turns the inside of a string token, as it comes, into the bytes whose base64 it is.
///
/// Nothing that may be wrong with it is told before its end.
#[derive(Debug)]
pub(super) struct Intake {
    quote: u8,
    /// The beginning of an escape or character whose end has not come yet.
    held: Vec<u8>,
    groups: GroupDecoder,
    /// What has been decoded and not been taken away.
    bytes: Vec<u8>,
    /// How many bytes there were before those.
    taken: usize,
    /// What is wrong with the string, for JSON and else for base64.
    mistake: Option<JsonError>,
    refusal: Option<Base64Error>,
}

impl Intake {
    /// So many bytes are worth to be passed on.
    const PIECE: usize = 64 * 1024;

    pub(super) fn new(quote: u8) -> Self {
        Self {
            quote,
            held: Vec::new(),
            groups: GroupDecoder::new(),
            bytes: Vec::new(),
            taken: 0,
            mistake: None,
            refusal: None,
        }
    }

    /// Whether there is enough to be passed on.
    pub(super) fn has_piece(&self) -> bool {
        self.bytes.len() >= Self::PIECE
    }

    /// Takes what has been decoded away, in exchange for room.
    pub(super) fn take_piece(&mut self, piece: &mut Vec<u8>) {
        piece.clear();
        self.taken += self.bytes.len();
        std::mem::swap(piece, &mut self.bytes);
    }

    /// Decodes what stands for itself at the front of `input`, and says how much that is. This is
    /// the quick way for nearly everything.
    pub(super) fn push_digits(&mut self, input: &[u8]) -> usize {
        if !self.held.is_empty() || self.refusal.is_some() || self.mistake.is_some() {
            return 0;
        }
        self.groups.push_digits(input, &mut self.bytes)
    }

    /// Takes more of the string, as it is written.
    pub(super) fn push(&mut self, written: &[u8]) {
        self.push_until(written, false);
    }

    /// Takes the end of the string.
    ///
    /// # Errors
    /// What the string is, is no text.
    pub(super) fn finish(&mut self, written: &[u8]) -> Result<(), JsonError> {
        self.push_until(written, true);
        self.mistake.take().map_or(Ok(()), Err)
    }

    /// How many bytes there are, if all of it is base64, and those that were not taken away.
    pub(super) fn into_rest(self) -> (Result<usize, Base64Error>, Vec<u8>) {
        let length = self.taken + self.bytes.len();
        (self.refusal.map_or(Ok(length), Err), self.bytes)
    }

    fn push_until(&mut self, written: &[u8], is_end: bool) {
        if self.mistake.is_some() {
            return;
        }
        let held = std::mem::take(&mut self.held);
        let parsed = match held.is_empty() {
            true => self.parse(written, is_end),
            false => self.parse(&[&held, written].concat(), is_end),
        };
        self.mistake = parsed.err();
    }

    fn parse(&mut self, mut written: &[u8], is_end: bool) -> Result<(), JsonError> {
        while let Some(place) = scan::find(written, |byte| byte == b'\\') {
            let (run, escape) = written.split_at(place);
            self.push_run(run)?;
            // An escape is followed by another one at most, for half a character.
            if !is_end && escape.len() < 2 * ESCAPE {
                self.held = escape.to_vec();
                return Ok(());
            }
            let (c, length) = text::parse_escape(escape, self.quote)?;
            self.push_text(c.encode_utf8(&mut [0; 4]).as_bytes());
            written = &escape[length..];
        }
        let whole = match is_end {
            true => written.len(),
            false => whole_characters(written),
        };
        self.push_run(&written[..whole])?;
        self.held = written[whole..].to_vec();
        Ok(())
    }

    /// Takes what stands between escapes.
    fn push_run(&mut self, run: &[u8]) -> Result<(), JsonError> {
        if !run.is_ascii() {
            // It is no base64 in any case, but may be no text either.
            unicode::push(&mut String::new(), run).ok_or(JsonError::Utf8)?;
        }
        self.push_text(run);
        Ok(())
    }

    fn push_text(&mut self, text: &[u8]) {
        if self.refusal.is_none() {
            self.refusal = self.groups.push(text, &mut self.bytes).err();
        }
    }
}

/// How much of `bytes` comes before a character that may not be complete.
fn whole_characters(bytes: &[u8]) -> usize {
    let (most, mut place) = (bytes.len().saturating_sub(3), bytes.len());
    while place > most && bytes[place - 1] & 0xC0 == 0x80 {
        place -= 1;
    }
    match place.checked_sub(1) {
        Some(lead) if bytes[lead] >= 0xC0 => lead,
        // No character has so many bytes, so this is a mistake and no character.
        _ => bytes.len(),
    }
}
