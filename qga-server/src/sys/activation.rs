//! Sockets that whoever started the agent has opened for it, in the way of systemd.
//!
//! The variables that tell of them are taken out of the environment, so that no program that the
//! agent starts thinks that they are its own.

use std::os::fd::{AsFd, BorrowedFd, FromRawFd, OwnedFd, RawFd};
use std::sync::Arc;
use std::{env, process};

use rustix::io::{Errno, FdFlags, fcntl_setfd};
use rustix::net::sockopt::{socket_acceptconn, socket_domain, socket_type};
use rustix::net::{AddressFamily, SocketType};
use thiserror::Error;

use super::alone;
use super::error::reason;

/// The number of the first socket.
const FIRST: RawFd = 3;
const VARIABLES: [&str; 3] = ["LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"];

/// A socket that listens already.
#[derive(Clone, Debug)]
pub struct Inherited {
    socket: Arc<OwnedFd>,
    family: Family,
}

/// How clients reach an inherited socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Family {
    /// By its place in the file system.
    Unix,
    /// By the number of the machine.
    Vsock,
}

/// Sockets that the agent cannot use.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub(crate) enum ActivationError {
    /// One is not there.
    #[error("Socket activation failed: invalid file descriptor fd = {0}: {why}", why = reason(*.1))]
    Descriptor(RawFd, Errno),
    /// There are several, and nothing tells which is which.
    #[error("qemu-ga only supports listening on one socket")]
    Several,
    /// It is no socket that clients could connect to.
    #[error("unsupported listen fd type")]
    Type,
    /// It is too late to change the environment.
    #[error("cannot take the sockets that were given to the agent: {0}")]
    Late(String),
}

impl Inherited {
    pub(crate) fn family(&self) -> Family {
        self.family
    }
}

impl AsFd for Inherited {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }
}

/// Equal if it is the same socket.
impl PartialEq for Inherited {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.socket, &other.socket)
    }
}

impl Eq for Inherited {}

/// Takes the socket that was opened for this process, if the environment tells of one. No program
/// inherits it, nor any other that was announced.
///
/// # Errors
/// There are several, it is none that clients could connect to, or this process has more than one
/// thread.
pub(crate) fn take() -> Result<Option<Inherited>, ActivationError> {
    let count = announced(process::id(), |name| env::var(name).ok());
    if count == 0 {
        return Ok(None);
    }
    for name in VARIABLES {
        alone::remove_variable(name).map_err(|errno| ActivationError::Late(reason(errno)))?;
    }
    let mut sockets = Vec::new();
    for number in (FIRST..).take(count) {
        let socket = own(number).map_err(|errno| ActivationError::Descriptor(number, errno))?;
        sockets.push(socket);
    }
    match <[OwnedFd; 1]>::try_from(sockets) {
        Ok([socket]) => {
            let family = family(&socket).ok_or(ActivationError::Type)?;
            let socket = Arc::new(socket);
            Ok(Some(Inherited { socket, family }))
        }
        Err(_) => Err(ActivationError::Several),
    }
}

/// How many sockets there are for `process`.
fn announced(process: u32, variable: impl Fn(&str) -> Option<String>) -> usize {
    let is_meant = variable("LISTEN_PID").and_then(|pid| pid.parse().ok()) == Some(process);
    let count = variable("LISTEN_FDS").and_then(|count| count.parse().ok());
    count.filter(|_| is_meant).unwrap_or(0)
}

/// Takes over a descriptor that this process was started with.
#[expect(
    unsafe_code,
    reason = "what was opened before the process began has only a number"
)]
fn own(number: RawFd) -> Result<OwnedFd, Errno> {
    // SAFETY: it is used in the next line only, where the kernel tells whether it is open.
    let descriptor = unsafe { BorrowedFd::borrow_raw(number) };
    fcntl_setfd(descriptor, FdFlags::CLOEXEC)?;
    // SAFETY: it is open, and whoever opened it says that it is for this process. It is taken but
    // once, for the variables that tell of it are gone.
    Ok(unsafe { OwnedFd::from_raw_fd(number) })
}

fn family(socket: &OwnedFd) -> Option<Family> {
    let takes_clients =
        socket_type(socket).ok()? == SocketType::STREAM && socket_acceptconn(socket).ok()?;
    match socket_domain(socket).ok()? {
        AddressFamily::UNIX if takes_clients => Some(Family::Unix),
        AddressFamily::VSOCK if takes_clients => Some(Family::Vsock),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::net::TcpListener;
    use std::os::unix::net::{UnixDatagram, UnixListener, UnixStream};

    use tempfile::tempdir;

    use super::*;

    #[test]
    fn sockets_for_another_process_are_not_ours() {
        let count = |pid: Option<&str>, count: Option<&str>| {
            announced(7, |name| match name {
                "LISTEN_PID" => pid.map(str::to_owned),
                "LISTEN_FDS" => count.map(str::to_owned),
                _ => None,
            })
        };
        assert_eq!(count(Some("7"), Some("1")), 1);
        assert_eq!(count(Some("7"), Some("2")), 2);
        for (pid, fds) in [
            (None, Some("1")),
            (Some("8"), Some("1")),
            (Some("x"), Some("1")),
            (Some("7"), None),
            (Some("7"), Some("0")),
            (Some("7"), Some("-1")),
        ] {
            assert_eq!(count(pid, fds), 0, "{pid:?} {fds:?}");
        }
    }

    #[test]
    fn only_a_listening_socket_can_be_used() {
        let dir = tempdir().expect("a directory");
        let listener = UnixListener::bind(dir.path().join("socket")).expect("a socket");
        assert_eq!(family(&listener.into()), Some(Family::Unix));
        let (stream, _peer) = UnixStream::pair().expect("sockets");
        let datagram = UnixDatagram::unbound().expect("a socket");
        let tcp = TcpListener::bind(("127.0.0.1", 0)).expect("a socket");
        let file = File::open("/dev/null").expect("a file");
        for other in [stream.into(), datagram.into(), tcp.into(), file.into()] {
            assert_eq!(family(&other), None, "{other:?}");
        }
    }
}
