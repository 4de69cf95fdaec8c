//! Replies out of a stream, one line each.

use std::io::{self, Read};

use super::{ClientError, MAX_REPLY};

/// How much is read at a time.
const CHUNK: usize = 64 * 1024;

/// Bytes that were read and not yet asked for.
#[derive(Debug, Default)]
pub(super) struct Lines {
    buffer: Vec<u8>,
    /// Where the bytes begin that nobody has been given.
    start: usize,
    /// The end of a line that was too long is still to be passed over.
    skipping: bool,
}

impl Lines {
    /// The next line, without its end.
    ///
    /// A failure loses nothing: what was read so far is part of the next line.
    pub(super) fn next(&mut self, stream: &mut impl Read) -> Result<&[u8], ClientError> {
        self.buffer.drain(..self.start);
        self.start = 0;
        self.buffer.shrink_to(CHUNK);
        let mut seen = 0;
        loop {
            let newline = self.buffer[seen..].iter().position(|&byte| byte == b'\n');
            match newline.map(|offset| seen + offset) {
                Some(end) if self.skipping => {
                    self.buffer.drain(..=end);
                    self.skipping = false;
                    seen = 0;
                }
                Some(end) => {
                    self.start = end + 1;
                    return Ok(&self.buffer[..end]);
                }
                None if self.buffer.len() > MAX_REPLY => {
                    self.buffer = Vec::new();
                    self.skipping = true;
                    return Err(ClientError::TooLong);
                }
                None => {
                    if self.skipping {
                        self.buffer.clear();
                    }
                    seen = self.buffer.len();
                    self.fill(stream)?;
                }
            }
        }
    }

    fn fill(&mut self, stream: &mut impl Read) -> Result<(), ClientError> {
        let filled = self.buffer.len();
        self.buffer.resize(filled + CHUNK, 0);
        let read = stream.read(&mut self.buffer[filled..]);
        self.buffer.truncate(filled + *read.as_ref().unwrap_or(&0));
        match read {
            Ok(0) => Err(ClientError::Closed),
            Ok(_) => Ok(()),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => Ok(()),
            // How a socket says that its peer went away with something unread.
            Err(error) if error.kind() == io::ErrorKind::ConnectionReset => {
                Err(ClientError::Closed)
            }
            Err(error) => Err(error.into()),
        }
    }
}
