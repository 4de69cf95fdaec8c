//! The system log: datagrams to a socket, as every syslog daemon and the journal take them.

use std::io::{self, ErrorKind};
use std::os::unix::net::UnixDatagram;
use std::path::Path;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use super::stamp::Clock;
use crate::sys::clock;

/// Where a daemon of whatever kind listens.
const SOCKET: &str = "/dev/log";
/// Facility user, severity info: 8 times 1 and 6.
const PRIORITY: u8 = 14;
/// The name of the C agent, by which administrators look for messages.
const IDENT: &str = "qemu-ga";

/// How long nothing is sent after nobody listened. To find that out again takes longer than most
/// commands that there are messages about, and a daemon that comes back misses no more than this.
const ABSENCE: Duration = Duration::from_millis(100);

/// Sends messages and never waits: one that finds no room, or nobody who listens, is lost.
#[derive(Debug)]
pub(super) struct Syslog {
    /// Not connected, so that a daemon that is started anew, or later, gets the next message.
    socket: UnixDatagram,
    clock: Clock,
    absence: Absence,
}

impl Syslog {
    /// Prepares for messages; nobody needs to listen yet.
    ///
    /// # Errors
    /// The machine has no socket left.
    pub(super) fn open(clock: Clock) -> io::Result<Self> {
        let socket = UnixDatagram::unbound()?;
        socket.set_nonblocking(true)?;
        Ok(Self {
            socket,
            clock,
            absence: Absence::default(),
        })
    }

    /// Whether somebody may listen, as far as is known.
    pub(super) fn is_wanted(&self) -> bool {
        !self.absence.lasts()
    }

    /// Sends one message.
    pub(super) fn send(&self, text: &str) {
        self.send_to(Path::new(SOCKET), text);
    }

    fn send_to(&self, path: &Path, text: &str) {
        let date = self.clock.date(clock::now());
        let message = format!("<{PRIORITY}>{date} {IDENT}: {text}");
        let sent = self.socket.send_to(message.as_bytes(), path);
        if sent.is_err_and(|error| is_absent(error.kind())) {
            self.absence.begin();
        }
    }
}

/// There is no socket, or nobody behind it.
fn is_absent(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::NotFound | ErrorKind::ConnectionRefused)
}

/// The time for which nobody is expected to listen.
#[derive(Debug, Default)]
struct Absence {
    /// When it ends, in nanoseconds since the [`origin`].
    end: AtomicU64,
}

impl Absence {
    fn begin(&self) {
        let end = origin().elapsed() + ABSENCE;
        self.end.store(nanos(end), Ordering::Relaxed);
    }

    fn lasts(&self) -> bool {
        let end = self.end.load(Ordering::Relaxed);
        // Most machines have a system log, and need no clock for this.
        end != 0 && nanos(origin().elapsed()) < end
    }
}

/// A moment that others are told by.
fn origin() -> Instant {
    static ORIGIN: OnceLock<Instant> = OnceLock::new();
    *ORIGIN.get_or_init(Instant::now)
}

fn nanos(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
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
    fn nobody_is_expected_for_a_while_after_nobody_listened() {
        let dir = tempdir().expect("a directory");
        let path = dir.path().join("log");
        let syslog = syslog();
        assert!(syslog.is_wanted());
        let daemon = UnixDatagram::bind(&path).expect("a socket");
        syslog.send_to(&path, "heard");
        assert!(syslog.is_wanted());
        drop(daemon);
        let start = Instant::now();
        syslog.send_to(&path, "lost");
        assert!(!syslog.is_wanted() || start.elapsed() >= ABSENCE);
        while !syslog.is_wanted() {
            std::thread::yield_now();
        }
        assert!(start.elapsed() >= ABSENCE);
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
