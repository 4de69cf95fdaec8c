//! The system log: datagrams to a socket, as every syslog daemon and the journal take them.

use std::io;
use std::os::unix::net::UnixDatagram;
use std::path::Path;

use super::stamp::Clock;
use crate::sys::clock;

/// Where a daemon of whatever kind listens.
const SOCKET: &str = "/dev/log";
/// Facility user, severity info: 8 times 1 and 6.
const PRIORITY: u8 = 14;
/// The name of the C agent, by which administrators look for messages.
const IDENT: &str = "qemu-ga";

/// Sends messages and never waits: one that finds no room, or nobody who listens, is lost.
#[derive(Debug)]
pub(super) struct Syslog {
    /// Not connected, so that a daemon that is started anew, or later, gets the next message.
    socket: UnixDatagram,
    clock: Clock,
}

impl Syslog {
    /// Prepares for messages; nobody needs to listen yet.
    ///
    /// # Errors
    /// The machine has no socket left.
    pub(super) fn open(clock: Clock) -> io::Result<Self> {
        let socket = UnixDatagram::unbound()?;
        socket.set_nonblocking(true)?;
        Ok(Self { socket, clock })
    }

    /// Sends one message.
    pub(super) fn send(&self, text: &str) {
        self.send_to(Path::new(SOCKET), text);
    }

    fn send_to(&self, path: &Path, text: &str) {
        let date = self.clock.date(clock::now());
        let message = format!("<{PRIORITY}>{date} {IDENT}: {text}");
        let _ = self.socket.send_to(message.as_bytes(), path);
    }
}

#[cfg(test)]
mod tests {
    use tempfile::tempdir;

    use super::*;

    fn syslog() -> Syslog {
        Syslog::open(Clock::of_machine()).expect("a socket")
    }

    #[test]
    fn a_daemon_gets_the_messages_from_the_moment_it_listens() {
        let dir = tempdir().expect("a directory");
        let path = dir.path().join("log");
        let syslog = syslog();
        syslog.send_to(&path, "lost");
        for round in ["first", "second"] {
            let daemon = UnixDatagram::bind(&path).expect("a socket");
            syslog.send_to(&path, &format!("info: {round}"));
            let mut buffer = [0; 100];
            let count = daemon.recv(&mut buffer).expect("a message");
            let message = str::from_utf8(&buffer[..count]).expect("text");
            assert!(message.starts_with("<14>"), "{message}");
            // The date has fifteen characters.
            assert_eq!(message[19..], format!(" qemu-ga: info: {round}"));
            std::fs::remove_file(&path).expect("the socket");
        }
    }

    #[test]
    fn a_daemon_that_does_not_read_holds_up_nobody() {
        let dir = tempdir().expect("a directory");
        let path = dir.path().join("log");
        let _daemon = UnixDatagram::bind(&path).expect("a socket");
        let syslog = syslog();
        for _ in 0..10_000 {
            syslog.send_to(&path, "one more");
        }
    }
}
