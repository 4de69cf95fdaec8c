//! A socket that the host reaches by the machine's number instead of a network address.

use std::io;
use std::os::fd::{AsRawFd, OwnedFd};

use nix::sys::socket::VsockAddr;
use rustix::io::Errno;
use rustix::net::{AddressFamily, SocketType};

use super::listener::{BACKLOG, FLAGS, Listener};
use super::{Channel, ChannelError, Connection};
use crate::client::Peer;
use crate::config::VsockAddress;
use crate::sys::error::from_nix;
use crate::sys::{self, Stop};

/// A socket that listens at a port of the machine.
#[derive(Debug)]
pub struct VsockListen(Listener);

impl VsockListen {
    /// Listens at `address`.
    ///
    /// # Errors
    /// The machine has another number, or none, or the port is taken.
    pub fn bind(address: VsockAddress, stop: Stop) -> Result<Self, ChannelError> {
        let socket =
            listen(address).map_err(|errno| sys::Error::new("Failed to bind socket", errno))?;
        Ok(Self(Listener::new(socket, stop)))
    }
}

fn listen(address: VsockAddress) -> Result<OwnedFd, Errno> {
    let socket = rustix::net::socket_with(AddressFamily::VSOCK, SocketType::STREAM, FLAGS, None)?;
    let address = VsockAddr::new(address.cid, address.port);
    // Of the crates at hand only this one knows such addresses.
    nix::sys::socket::bind(socket.as_raw_fd(), &address).map_err(from_nix)?;
    rustix::net::listen(&socket, BACKLOG)?;
    Ok(socket)
}

impl Channel for VsockListen {
    fn peer(&self) -> Option<Peer> {
        self.0.peer()
    }

    fn next_client(&mut self) -> io::Result<Option<Box<dyn Connection>>> {
        self.0.next_client()
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::os::unix::net::UnixStream;
    use std::thread;

    use nix::sys::socket::{connect, getsockname};

    use super::*;

    /// The machine itself, for those in it. It cannot be listened at where there is no loopback, so
    /// nothing is ever sent to the host.
    const LOCAL: u32 = 1;

    fn stop() -> (Stop, io::PipeWriter) {
        let (wish, wisher) = io::pipe().expect("a pipe");
        (Stop::from(OwnedFd::from(wish)), wisher)
    }

    #[test]
    fn the_number_of_another_machine_is_refused() {
        // The number of the host, which a guest never has.
        let address = VsockAddress { cid: 2, port: 1 };
        let error = VsockListen::bind(address, stop().0).expect_err("a refusal");
        let error = error.to_string();
        assert!(error.starts_with("Failed to bind socket: "), "{error}");
    }

    #[test]
    fn clients_on_the_machine_itself_are_served() {
        let Some((socket, client)) = pair() else {
            // Past the capture of the test runner; a terminal that is gone is no reason to fail.
            let _ = writeln!(io::stderr(), "skipped: needs a kernel with vsock_loopback");
            return;
        };
        let (stop, _wisher) = stop();
        let mut listen = VsockListen(Listener::new(socket, stop));
        let served = listen.next_client().expect("a channel").expect("a client");
        // A stream is a stream, whatever its family.
        let mut client = UnixStream::from(client);
        client.write_all(b"request").expect("room");
        let mut buffer = [0; 7];
        assert_eq!(served.read(&mut buffer).expect("bytes"), 7);
        assert_eq!(&buffer, b"request");
        let answers = thread::spawn(move || {
            let mut answer = [0; 6];
            client.read_exact(&mut answer).expect("an answer");
            answer
        });
        assert_eq!(served.write(b"answer").expect("room"), 6);
        assert_eq!(&answers.join().expect("an answer"), b"answer");
    }

    /// A listening socket and one that is connected to it.
    fn pair() -> Option<(OwnedFd, OwnedFd)> {
        // The kernel chooses the port.
        let address = VsockAddress {
            cid: LOCAL,
            port: u32::MAX,
        };
        let socket = listen(address).ok()?;
        let bound: VsockAddr = getsockname(socket.as_raw_fd()).ok()?;
        let kind = (AddressFamily::VSOCK, SocketType::STREAM);
        let client = rustix::net::socket(kind.0, kind.1, None).ok()?;
        let address = VsockAddr::new(LOCAL, bound.port());
        connect(client.as_raw_fd(), &address).ok()?;
        Some((socket, client))
    }
}
