use std::io::{self, Read as _, Write as _};
use std::os::unix::net::UnixStream;
use std::path::Path;

use qapi_tests::PATIENCE;
use serde_json::Value;

/// How much is read at once.
const PIECE: usize = 256 << 10;

/// A connection that measures: it looks at no more of a reply than where it ends.
#[derive(Debug)]
pub(super) struct Line {
    stream: UnixStream,
    piece: Vec<u8>,
}

impl Line {
    pub(super) fn connect(socket: &Path) -> io::Result<Self> {
        let stream = UnixStream::connect(socket)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        Ok(Self {
            stream,
            piece: vec![0; PIECE],
        })
    }

    pub(super) fn send(&mut self, request: &[u8]) -> io::Result<()> {
        self.stream.write_all(request)
    }

    /// Sends a request and waits for the one reply to it, whose length this is.
    pub(super) fn ask(&mut self, request: &[u8]) -> io::Result<usize> {
        self.send(request)?;
        self.reply()
    }

    /// Waits for one reply, behind which nothing comes.
    pub(super) fn reply(&mut self) -> io::Result<usize> {
        let mut length = 0;
        loop {
            let count = self.read()?;
            length += count;
            if self.piece[count - 1] == b'\n' {
                return Ok(length);
            }
        }
    }

    /// Waits for so many replies.
    pub(super) fn replies(&mut self, mut awaited: usize) -> io::Result<()> {
        while awaited > 0 {
            let count = self.read()?;
            let piece = &self.piece[..count];
            awaited -= piece.iter().filter(|byte| **byte == b'\n').count();
        }
        Ok(())
    }

    /// Waits for a reply that contains this text.
    pub(super) fn wait_for(&mut self, text: &str) -> io::Result<()> {
        let mut received = Vec::new();
        while !received.windows(text.len()).any(|it| it == text.as_bytes()) {
            let count = self.read()?;
            received.extend_from_slice(&self.piece[..count]);
        }
        Ok(())
    }

    /// Sends a request and gives what it returns.
    pub(super) fn value(&mut self, request: &[u8]) -> io::Result<Value> {
        self.send(request)?;
        let mut received = Vec::new();
        while received.last() != Some(&b'\n') {
            let count = self.read()?;
            received.extend_from_slice(&self.piece[..count]);
        }
        let mut reply: Value = serde_json::from_slice(&received)?;
        if reply.get("return").is_none() {
            return Err(io::Error::other(reply.to_string()));
        }
        Ok(reply["return"].take())
    }

    fn read(&mut self) -> io::Result<usize> {
        match self.stream.read(&mut self.piece)? {
            0 => Err(io::ErrorKind::UnexpectedEof.into()),
            count => Ok(count),
        }
    }
}
