//! What a monitor can be reached over.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpStream};
#[cfg(unix)]
use std::os::unix::net::UnixStream;
use std::time::Duration;

use super::fds::{self, Fd};

/// A connection that is read by one thread while others write to it.
pub trait Stream: Read + Write + Send + 'static {
    /// Another handle on the same connection, whose reads wait.
    ///
    /// # Errors
    /// The system has none to give.
    fn try_clone(&self) -> io::Result<Box<dyn Stream>>;

    /// Closes the connection for all handles, and wakes whoever reads.
    ///
    /// # Errors
    /// It is closed already.
    fn shutdown(&self) -> io::Result<()>;

    /// Limits how long a write may take. Does nothing unless implemented.
    ///
    /// # Errors
    /// The stream does not want to.
    fn set_write_timeout(&self, _: Option<Duration>) -> io::Result<()> {
        Ok(())
    }

    /// Writes some of `bytes` and passes file descriptors along with them.
    ///
    /// # Errors
    /// Writing fails, or the stream is none that can do this.
    fn write_with_fds(&mut self, _: &[u8], _: &[Fd<'_>]) -> io::Result<usize> {
        Err(fds::unsupported())
    }
}

impl Stream for TcpStream {
    fn try_clone(&self) -> io::Result<Box<dyn Stream>> {
        let stream = self.try_clone()?;
        stream.set_nonblocking(false)?;
        stream.set_read_timeout(None)?;
        Ok(Box::new(stream))
    }

    fn shutdown(&self) -> io::Result<()> {
        self.shutdown(Shutdown::Both)
    }

    fn set_write_timeout(&self, timeout: Option<Duration>) -> io::Result<()> {
        self.set_write_timeout(timeout)
    }
}

#[cfg(unix)]
impl Stream for UnixStream {
    fn try_clone(&self) -> io::Result<Box<dyn Stream>> {
        let stream = self.try_clone()?;
        stream.set_nonblocking(false)?;
        stream.set_read_timeout(None)?;
        Ok(Box::new(stream))
    }

    fn shutdown(&self) -> io::Result<()> {
        self.shutdown(Shutdown::Both)
    }

    fn set_write_timeout(&self, timeout: Option<Duration>) -> io::Result<()> {
        self.set_write_timeout(timeout)
    }

    fn write_with_fds(&mut self, bytes: &[u8], fds: &[Fd<'_>]) -> io::Result<usize> {
        fds::send(&*self, bytes, fds)
    }
}
