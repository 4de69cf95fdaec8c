//! What an attended conversation goes over.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpStream};
#[cfg(unix)]
use std::os::unix::net::UnixStream;
use std::sync::Arc;

/// A way to a client that one thread reads from while another one writes.
pub trait Connection: Send + Sync {
    /// Waits for bytes, as [`Read::read`] does: none are the end.
    ///
    /// # Errors
    /// The connection is lost.
    fn read(&self, buffer: &mut [u8]) -> io::Result<usize>;

    /// Sends some of `bytes`, as [`Write::write`] does, and does not keep them back.
    ///
    /// # Errors
    /// The client takes nothing any more.
    fn write(&self, bytes: &[u8]) -> io::Result<usize>;

    /// Ends both directions, because a reply broke off: whoever reads comes to the end.
    fn hang_up(&self);
}

macro_rules! connection {
    ($stream:ty) => {
        impl Connection for $stream {
            fn read(&self, buffer: &mut [u8]) -> io::Result<usize> {
                Read::read(&mut { self }, buffer)
            }

            fn write(&self, bytes: &[u8]) -> io::Result<usize> {
                Write::write(&mut { self }, bytes)
            }

            fn hang_up(&self) {
                // One that is down already is what is wanted.
                let _ = self.shutdown(Shutdown::Both);
            }
        }
    };
}

connection!(TcpStream);
#[cfg(unix)]
connection!(UnixStream);

impl<C: Connection + ?Sized> Connection for Box<C> {
    fn read(&self, buffer: &mut [u8]) -> io::Result<usize> {
        (**self).read(buffer)
    }

    fn write(&self, bytes: &[u8]) -> io::Result<usize> {
        (**self).write(bytes)
    }

    fn hang_up(&self) {
        (**self).hang_up();
    }
}

impl<C: Connection + ?Sized> Connection for Arc<C> {
    fn read(&self, buffer: &mut [u8]) -> io::Result<usize> {
        (**self).read(buffer)
    }

    fn write(&self, bytes: &[u8]) -> io::Result<usize> {
        (**self).write(bytes)
    }

    fn hang_up(&self) {
        (**self).hang_up();
    }
}
