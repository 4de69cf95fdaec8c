//! Replies that are sent while they are made.

use std::io::{self, Read, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use qapi_runtime::session::serve;
use qapi_runtime::{Base64Stream, Call, CommandInfo, Empty, Error, Outcome, Service, Session};

/// The most that QEMU's guest agent reads from a file at once.
const LARGE: usize = 48 << 20;

/// A file of `x`, which may fail at its end; tells how much was read of it.
struct File {
    left: usize,
    fails: bool,
    read: Arc<AtomicUsize>,
}

impl Read for File {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.left == 0 && self.fails {
            return Err(io::Error::other("the disk is broken"));
        }
        let length = buffer.len().min(self.left);
        buffer[..length].fill(b'x');
        self.left -= length;
        self.read.fetch_add(length, Relaxed);
        Ok(length)
    }
}

/// Reads files, and counts its calls.
#[derive(Default)]
struct Files {
    calls: usize,
    read: Arc<AtomicUsize>,
}

impl Service for Files {
    fn commands(&self) -> &'static [CommandInfo] {
        &[]
    }

    fn call(&mut self, call: Call<'_>) -> Result<Outcome, Error> {
        self.calls += 1;
        let (left, fails) = match call.command() {
            "ping" => return call.answer(|Empty {}| Ok(Empty {})),
            "read-large" => (LARGE, false),
            "read" => (4 << 20, false),
            "read-broken" => (4 << 20, true),
            "read-broken-small" => (3, true),
            _ => return call.not_found(),
        };
        let read = Arc::clone(&self.read);
        let file = File { left, fails, read };
        call.succeed(&Base64Stream::new(file))
    }
}

/// Takes what it is sent and checks that it comes soon after it was read.
struct Peer {
    read: Arc<AtomicUsize>,
    sent: usize,
    /// What came last.
    end: Vec<u8>,
}

impl Peer {
    fn of(files: &Files) -> Self {
        let read = Arc::clone(&files.read);
        let (sent, end) = (0, Vec::new());
        Self { read, sent, end }
    }
}

impl Write for Peer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let kept = (self.read.load(Relaxed) / 3 * 4).saturating_sub(self.sent);
        assert!(kept < 256 * 1024, "{kept} bytes are in memory");
        self.sent += bytes.len();
        self.end = bytes[bytes.len().saturating_sub(32)..].to_vec();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_large_reply_is_never_in_memory_as_a_whole() {
    let mut files = Files::default();
    let mut peer = Peer::of(&files);
    let mut input = &b"{'execute': 'read-large', 'id': 7}"[..];
    let answered = Session::new().answer(&mut input, &mut files, &mut peer);
    answered.expect("the peer listens");
    assert!(input.is_empty());
    assert_eq!(
        peer.sent,
        "{\"return\": \"\", \"id\": 7}\n".len() + LARGE / 3 * 4
    );
    assert!(peer.end.ends_with(b"eHh4\", \"id\": 7}\n"));
}

#[test]
fn a_failure_before_anything_was_sent_is_an_error_reply() {
    let mut replies = Vec::new();
    let mut input = &b"{'execute': 'read-broken-small', 'id': 1}{'execute': 'ping'}"[..];
    let answered = Session::new().answer(&mut input, &mut Files::default(), &mut replies);
    answered.expect("memory takes everything");
    assert_eq!(
        String::from_utf8(replies).unwrap(),
        "{\"id\": 1, \"error\": {\"class\": \"GenericError\", \
         \"desc\": \"the answer of read-broken-small cannot be sent: the disk is broken\"}}\n\
         {\"return\": {}}\n"
    );
}

#[test]
fn a_reply_that_breaks_off_ends_the_connection() {
    let mut files = Files::default();
    let mut peer = Peer::of(&files);
    let mut input = &b"{'execute': 'read-broken'}{'execute': 'ping'}"[..];
    let answered = Session::new().answer(&mut input, &mut files, &mut peer);
    let error = answered.expect_err("the client must learn of it");
    assert_eq!(error.to_string(), "the disk is broken");
    assert_eq!(input, b"{'execute': 'ping'}");

    let mut stream = Deaf(b"{'execute': 'read-broken'}{'execute': 'ping'}", usize::MAX);
    let mut files = Files::default();
    let error = serve(&mut stream, &mut files).expect_err("the connection ends");
    assert_eq!(
        (error.to_string().as_str(), files.calls),
        ("the disk is broken", 1)
    );
}

#[test]
fn who_stops_listening_amid_a_large_reply_is_obeyed_all_the_same() {
    let mut stream = Deaf(b"{'execute': 'read'}{'execute': 'ping'}", 1 << 20);
    let mut files = Files::default();
    let error = serve(&mut stream, &mut files).expect_err("a reply got lost");
    assert_eq!(error.kind(), io::ErrorKind::BrokenPipe);
    assert_eq!(files.calls, 2);
}

/// A peer that has sent something, takes so many bytes, and no more.
struct Deaf(&'static [u8], usize);

impl Read for Deaf {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer)
    }
}

impl Write for Deaf {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.1 = self
            .1
            .checked_sub(bytes.len())
            .ok_or(io::ErrorKind::BrokenPipe)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
