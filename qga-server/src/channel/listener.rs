//! Clients that connect to a listening socket, in the order of their coming.

use std::io::{self, ErrorKind};
use std::os::fd::{AsRawFd, OwnedFd};
use std::time::Duration;

use nix::sys::socket::sockopt::PeerCredentials;
use nix::sys::socket::{VsockAddr, getpeername, getsockopt};
use rustix::io::Errno;
use rustix::net::{AddressFamily, SendFlags, Shutdown, SocketFlags};

use super::{Channel, Connection};
use crate::client::Peer;
use crate::sys::activation::Inherited;
use crate::sys::error::reason;
use crate::sys::stop::Wake;
use crate::sys::{self, Stop};

/// How many clients may wait for their turn. The C agent lets one wait and turns others away.
pub(super) const BACKLOG: i32 = 16;
/// How sockets are made: no program inherits them, and only [`Stop`] waits for them.
pub(super) const FLAGS: SocketFlags = SocketFlags::CLOEXEC.union(SocketFlags::NONBLOCK);
/// How long to wait when the machine has no resources for another client.
const SHORTAGE_PAUSE: Duration = Duration::from_millis(100);

/// A listening socket, of whatever kind.
#[derive(Debug)]
pub(crate) struct Listener {
    socket: OwnedFd,
    stop: Stop,
    peer: Option<Peer>,
}

impl Listener {
    /// Waits for clients of `socket`, which has to listen and must not block.
    pub(super) fn new(socket: OwnedFd, stop: Stop) -> Self {
        Self {
            socket,
            stop,
            peer: None,
        }
    }

    /// Waits for clients of a socket that somebody else has made.
    ///
    /// # Errors
    /// The kernel has no descriptor left.
    pub(super) fn inherit(socket: &Inherited, stop: Stop) -> Result<Self, sys::Error> {
        let failure = |errno| sys::Error::new("failed to use the socket", errno);
        rustix::io::ioctl_fionbio(socket, true).map_err(failure)?;
        let own = rustix::io::fcntl_dupfd_cloexec(socket, 0).map_err(failure)?;
        Ok(Self::new(own, stop))
    }
}

impl Channel for Listener {
    fn peer(&self) -> Option<Peer> {
        self.peer
    }

    fn next_client(&mut self) -> io::Result<Option<Box<dyn Connection>>> {
        loop {
            if self.stop.wait_readable(&self.socket)? == Wake::Stop {
                return Ok(None);
            }
            match rustix::net::accept_with(&self.socket, FLAGS) {
                Ok(socket) => {
                    self.peer = peer_of(&socket);
                    let stop = self.stop.clone();
                    return Ok(Some(Box::new(Client { socket, stop })));
                }
                // The client was gone before its turn.
                Err(Errno::CONNABORTED) => {}
                Err(error) if is_passing(error) => {}
                Err(error) if is_shortage(error) => {
                    log::warn!("cannot take another client now: {}", reason(error));
                    self.stop.wait_for(SHORTAGE_PAUSE)?;
                }
                Err(error) => return Err(error.into()),
            }
        }
    }
}

/// Who has connected, as the kernel remembers it.
fn peer_of(socket: &OwnedFd) -> Option<Peer> {
    match rustix::net::sockopt::socket_domain(socket).ok()? {
        AddressFamily::UNIX => {
            let process = getsockopt(socket, PeerCredentials).ok()?;
            Some(Peer::Process {
                pid: process.pid(),
                uid: process.uid(),
            })
        }
        AddressFamily::VSOCK => {
            let machine: VsockAddr = getpeername(socket.as_raw_fd()).ok()?;
            Some(Peer::Machine {
                cid: machine.cid(),
                port: machine.port(),
            })
        }
        _ => None,
    }
}

/// There is nothing to do just now, or a signal came between.
fn is_passing(error: Errno) -> bool {
    [Errno::AGAIN, Errno::INTR].contains(&error)
}

fn is_shortage(error: Errno) -> bool {
    [Errno::MFILE, Errno::NFILE, Errno::NOBUFS, Errno::NOMEM].contains(&error)
}

/// One client. Waits without blocking the wish to stop, also while the client does not read.
struct Client {
    socket: OwnedFd,
    stop: Stop,
}

impl Connection for Client {
    fn read(&self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            // The wish to stop ends the client's input, so all it has asked before is answered.
            if self.stop.wait_readable(&self.socket)? == Wake::Stop {
                return Ok(0);
            }
            match rustix::io::read(&self.socket, &mut *buffer) {
                Err(error) if is_passing(error) => {}
                other => return Ok(other?),
            }
        }
    }

    fn write(&self, bytes: &[u8]) -> io::Result<usize> {
        loop {
            match rustix::net::send(&self.socket, bytes, SendFlags::NOSIGNAL) {
                Err(error) if is_passing(error) => {}
                other => return Ok(other?),
            }
            if self.stop.wait_writable(&self.socket)? == Wake::Stop {
                return Err(io::Error::new(ErrorKind::BrokenPipe, "the agent stops"));
            }
        }
    }

    fn hang_up(&self) {
        // A client that is gone needs no telling.
        let _ = rustix::net::shutdown(&self.socket, Shutdown::Both);
    }
}
