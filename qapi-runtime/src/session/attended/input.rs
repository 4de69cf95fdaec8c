//! The messages of one client, as they come out of its bytes.

use std::io;

use super::Connection;
use crate::decoder::{Decoder, JsonError};
use crate::document::Document;
use crate::session::CHUNK;

/// Belongs to the thread that reads.
#[derive(Debug)]
pub(super) struct Input {
    decoder: Decoder,
    chunk: Vec<u8>,
    /// What has been read of the chunk, and how far it has been decoded.
    filled: usize,
    used: usize,
    /// How many chunks there were before.
    number: u64,
}

impl Input {
    pub(super) fn new() -> Self {
        Self {
            decoder: Decoder::new(),
            chunk: vec![0; CHUNK],
            filled: 0,
            used: 0,
            number: 0,
        }
    }

    /// The next message of those whose bytes are here, in place of the `document` that was decoded
    /// before, whose room is used again.
    pub(super) fn next(&mut self, document: &mut Document) -> Option<Result<(), JsonError>> {
        let mut bytes = &self.chunk[self.used..self.filled];
        let message = self.decoder.decode_into(&mut bytes, document);
        self.used = self.filled - bytes.len();
        message
    }

    /// The number of the chunk that was read last.
    pub(super) fn chunk(&self) -> u64 {
        self.number
    }

    /// Waits for more bytes, when those that were here are decoded. Says whether there are any.
    pub(super) fn read(&mut self, connection: &impl Connection) -> io::Result<bool> {
        (self.filled, self.used) = (0, 0);
        loop {
            match connection.read(&mut self.chunk) {
                Ok(length) => {
                    self.filled = length;
                    self.number += 1;
                    return Ok(length > 0);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }
}
