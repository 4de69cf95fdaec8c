//! A socket that the host reaches by the machine's number instead of a network address.

use std::io;
use std::os::fd::{AsRawFd, OwnedFd};

use nix::sys::socket::VsockAddr;
use rustix::io::Errno;
use rustix::net::{AddressFamily, SocketType};

use super::listener::{BACKLOG, FLAGS, Listener};
use super::{Channel, ChannelError, Connection};
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
    fn next_client(&mut self) -> io::Result<Option<Box<dyn Connection>>> {
        self.0.next_client()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_of_another_machine_is_refused() {
        let (wish, _wisher) = io::pipe().expect("a pipe");
        // The number of the host, which a guest never has.
        let address = VsockAddress { cid: 2, port: 1 };
        let error = VsockListen::bind(address, Stop::from(OwnedFd::from(wish)));
        let error = error.expect_err("a refusal").to_string();
        assert!(error.starts_with("Failed to bind socket: "), "{error}");
    }
}
