//! The messages of one client, as they come out of its bytes.

use std::io;

use super::Connection;
use crate::decoder::{Decoder, Step};
use crate::document::Document;
use crate::session::{CHUNK, LARGE_CHUNK};
use crate::wipe::wipe;

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

    /// Decodes what is here, up to the end of a message. That takes the place of the `document`
    /// that was decoded before, whose room is used again. `stops` are those of an upload.
    pub(super) fn step(&mut self, document: &mut Document, stops: bool) -> Option<Step> {
        let mut bytes = &self.chunk[self.used..self.filled];
        let step = self.decoder.step(&mut bytes, document, stops);
        self.used = self.filled - bytes.len();
        step
    }

    /// Whether a string is being given away.
    pub(super) fn is_uploading(&self) -> bool {
        self.decoder.is_uploading()
    }

    /// Begins to give away the string that is being read.
    pub(super) fn begin_upload(&mut self) {
        self.decoder.begin_upload();
    }

    /// Takes a piece of it, in exchange for room.
    pub(super) fn take_piece(&mut self, piece: &mut Vec<u8>) {
        self.decoder.take_piece(piece);
    }

    /// The number of the chunk that was read last.
    pub(super) fn chunk(&self) -> u64 {
        self.number
    }

    /// Waits for more bytes, when those that were here are decoded. Says whether there are any.
    pub(super) fn read(&mut self, connection: &impl Connection) -> io::Result<bool> {
        // Nobody knows how long it takes.
        wipe(&mut self.chunk[..self.filled]);
        let wanted = match self.filled {
            CHUNK.. => LARGE_CHUNK,
            _ => CHUNK,
        };
        if self.chunk.len() != wanted {
            self.chunk = vec![0; wanted];
        }
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
