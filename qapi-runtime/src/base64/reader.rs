//! Decoding, a few kilobytes at a time.

use std::borrow::Cow;
use std::fmt;
use std::io::{self, BufRead, Read};

use base64::Engine;

use super::{BYTES, Base64Error, DIGITS, ENGINE, GROUPS};
use crate::wipe::wipe;

/// How many groups that are nothing special are decoded at a time, to be written at once.
const LINE: usize = 4 * GROUPS;

/// Reads the bytes of a [`Base64Text`](super::Base64Text).
///
/// What is not base64 is an error of the kind [`io::ErrorKind::InvalidData`]
/// when it is reached.
pub struct Base64Reader<'a> {
    /// What is not decoded yet.
    text: &'a [u8],
    decoded: Cow<'a, [u8]>,
    /// The bytes of `decoded` that nobody has taken yet.
    start: usize,
    end: usize,
}

impl<'a> Base64Reader<'a> {
    /// The bytes that `text` stands for.
    pub(super) fn decoding(text: &'a str) -> Self {
        // Whether there is room is decided before padding is looked at.
        let groups = (text.len() / DIGITS).min(LINE) + 1;
        Self {
            text: text.as_bytes(),
            decoded: Cow::Owned(vec![0; groups * BYTES]),
            start: 0,
            end: 0,
        }
    }

    /// Bytes that never were text.
    pub(super) fn plain(bytes: &'a [u8]) -> Self {
        Self {
            text: &[],
            decoded: Cow::Borrowed(bytes),
            start: 0,
            end: bytes.len(),
        }
    }

    /// The next bytes; none at the end.
    pub(super) fn next_chunk(&mut self) -> Result<&[u8], Base64Error> {
        self.decode_more()?;
        let start = std::mem::replace(&mut self.start, self.end);
        Ok(&self.decoded[start..self.end])
    }

    /// Decodes some more when all that was decoded is taken.
    fn decode_more(&mut self) -> Result<(), Base64Error> {
        while self.start == self.end && !self.text.is_empty() {
            self.end = self.fill()?;
            self.start = 0;
        }
        Ok(())
    }

    /// Decodes some groups, and says how many bytes they are.
    fn fill(&mut self) -> Result<usize, Base64Error> {
        // Nearly every peer sends one piece in one line.
        let groups = (self.text.len() / DIGITS).min(LINE);
        let (line, rest) = self.text.split_at(groups * DIGITS);
        if groups > 0
            && let Ok(length) = ENGINE.decode_slice(line, self.decoded.to_mut())
        {
            self.text = rest;
            return Ok(length);
        }
        let mut digits = [0; GROUPS * DIGITS];
        let length = self.collect(&mut digits)?;
        let decoded = ENGINE.decode_slice(&digits[..length], self.decoded.to_mut());
        wipe(&mut digits[..length]);
        decoded.map_err(|_| Base64Error)
    }

    /// Takes whole groups off the text, up to the first with padding.
    fn collect(&mut self, digits: &mut [u8]) -> Result<usize, Base64Error> {
        let mut length = 0;
        let mut is_padded = false;
        while let Some((&byte, rest)) = self.text.split_first() {
            self.text = rest;
            if byte == b'\n' {
                continue;
            }
            if !is_digit(byte) {
                return Err(Base64Error);
            }
            digits[length] = byte;
            length += 1;
            is_padded |= byte == b'=';
            if length == digits.len() || is_padded && length.is_multiple_of(DIGITS) {
                break;
            }
        }
        Ok(length / DIGITS * DIGITS)
    }
}

impl Read for Base64Reader<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let chunk = self.fill_buf()?;
        let taken = chunk.len().min(buffer.len());
        buffer[..taken].copy_from_slice(&chunk[..taken]);
        self.consume(taken);
        Ok(taken)
    }
}

impl BufRead for Base64Reader<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.decode_more()?;
        Ok(&self.decoded[self.start..self.end])
    }

    fn consume(&mut self, amount: usize) {
        self.start += amount;
    }
}

/// What is decoded may be a password.
impl Drop for Base64Reader<'_> {
    fn drop(&mut self) {
        if let Cow::Owned(decoded) = &mut self.decoded {
            wipe(decoded);
        }
    }
}

impl fmt::Debug for Base64Reader<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Base64Reader").finish_non_exhaustive()
    }
}

fn is_digit(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=')
}
