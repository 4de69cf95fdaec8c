//! What a monitor can be reached over.

use std::fmt;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt, Interest};
use tokio::net::UnixStream;
use tokio::net::unix::OwnedWriteHalf;

use crate::client::qmp::fds;

/// A connection, in two halves.
pub struct Transport {
    pub(super) reader: Box<dyn AsyncRead + Send + Unpin>,
    pub(super) writer: Writer,
}

/// The half that is written to.
pub(super) enum Writer {
    /// A UNIX socket, which passes file descriptors.
    Unix(OwnedWriteHalf),
    Other(Box<dyn AsyncWrite + Send + Unpin>),
}

impl Transport {
    /// A connection that passes no file descriptors.
    ///
    /// ```
    /// use qapi_runtime::client::tokio::Transport;
    ///
    /// let (near, far) = tokio::io::duplex(64);
    /// let (reader, writer) = tokio::io::split(near);
    /// let transport = Transport::new(reader, writer);
    /// ```
    pub fn new(
        reader: impl AsyncRead + Send + Unpin + 'static,
        writer: impl AsyncWrite + Send + Unpin + 'static,
    ) -> Self {
        Self {
            reader: Box::new(reader),
            writer: Writer::Other(Box::new(writer)),
        }
    }
}

impl From<UnixStream> for Transport {
    fn from(stream: UnixStream) -> Self {
        let (reader, writer) = stream.into_split();
        Self {
            reader: Box::new(reader),
            writer: Writer::Unix(writer),
        }
    }
}

impl fmt::Debug for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transport").finish_non_exhaustive()
    }
}

impl Writer {
    pub(super) fn passes_fds(&self) -> bool {
        matches!(self, Self::Unix(_))
    }

    /// Writes `request` as a whole, with `fds` attached to its first byte.
    pub(super) async fn write(&mut self, request: &[u8], fds: &[OwnedFd]) -> io::Result<()> {
        match self {
            Self::Unix(writer) if !fds.is_empty() => {
                let fds: Vec<BorrowedFd<'_>> = fds.iter().map(AsFd::as_fd).collect();
                let socket = writer.as_ref();
                let send = || fds::send(socket, request, &fds);
                let written = socket.async_io(Interest::WRITABLE, send).await?;
                writer.write_all(&request[written..]).await
            }
            Self::Unix(writer) => writer.write_all(request).await,
            Self::Other(writer) => {
                writer.write_all(request).await?;
                writer.flush().await
            }
        }
    }
}
