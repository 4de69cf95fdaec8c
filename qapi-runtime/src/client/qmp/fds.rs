//! File descriptors on their way to another process.

use std::io;

/// A file descriptor to pass along with a command.
#[cfg(unix)]
pub type Fd<'a> = std::os::fd::BorrowedFd<'a>;

/// There are none on this system.
#[cfg(not(unix))]
pub type Fd<'a> = std::convert::Infallible;

/// How many file descriptors a command may bring: QEMU takes no more.
pub const MAX_FDS: usize = 16;

/// Writes some of `bytes` to the socket, with `fds` attached to the first of them.
///
/// # Errors
/// There are too many file descriptors, or the system refuses.
#[cfg(unix)]
pub(in crate::client) fn send(
    socket: impl std::os::fd::AsFd,
    bytes: &[u8],
    fds: &[Fd<'_>],
) -> io::Result<usize> {
    use rustix::net::{SendAncillaryBuffer, SendAncillaryMessage, SendFlags, sendmsg};

    if fds.len() > MAX_FDS {
        return Err(io::Error::new(
            io::ErrorKind::InvalidInput,
            "more file descriptors than a command can bring",
        ));
    }
    let mut space = [std::mem::MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(MAX_FDS))];
    let mut control = SendAncillaryBuffer::new(&mut space);
    // There is room for as many.
    control.push(SendAncillaryMessage::ScmRights(fds));
    // A peer that is gone is an error here, not the end of the program.
    let flags = SendFlags::NOSIGNAL;
    let bytes = [io::IoSlice::new(bytes)];
    Ok(sendmsg(socket, &bytes, &mut control, flags)?)
}

/// The error of a stream that is no UNIX socket.
pub(in crate::client) fn unsupported() -> io::Error {
    io::Error::new(
        io::ErrorKind::Unsupported,
        "only a UNIX socket passes file descriptors",
    )
}
