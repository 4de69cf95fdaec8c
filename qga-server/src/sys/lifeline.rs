//! A pair of sockets between two processes, by which each also learns that the other is gone.
//!
//! Messages are whole and short, and may carry open files.

use std::io::{IoSlice, IoSliceMut};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags};
use rustix::io::Errno;
use rustix::net::{
    AddressFamily, RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendAncillaryBuffer,
    SendAncillaryMessage, SendFlags, SocketFlags, SocketType, recvmsg, sendmsg, socketpair,
};

use super::stop::poll;

/// How many files go with one message; the kernel takes 253.
pub(crate) const MAX_FILES: usize = 128;
/// The longest message. What a helper has printed may be in it, which is cut at half of that.
pub(crate) const MAX_BYTES: usize = 128 << 10;

/// What one end has sent.
#[derive(Debug, Default)]
pub(crate) struct Message {
    pub(crate) bytes: Vec<u8>,
    pub(crate) files: Vec<OwnedFd>,
}

/// Two ends that are joined. Both close when another program is executed.
pub(crate) fn pair() -> Result<(OwnedFd, OwnedFd), Errno> {
    let kind = SocketType::SEQPACKET;
    socketpair(AddressFamily::UNIX, kind, SocketFlags::CLOEXEC, None)
}

/// Sends a message.
///
/// # Errors
/// `EPIPE` if the other end is gone, and others.
pub(crate) fn send(end: impl AsFd, bytes: &[u8], files: &[BorrowedFd<'_>]) -> Result<(), Errno> {
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(MAX_FILES))];
    let mut ancillary = SendAncillaryBuffer::new(&mut space);
    if !files.is_empty() && !ancillary.push(SendAncillaryMessage::ScmRights(files)) {
        return Err(Errno::TOOBIG);
    }
    let bytes = [IoSlice::new(bytes)];
    loop {
        match sendmsg(&end, &bytes, &mut ancillary, SendFlags::NOSIGNAL) {
            Err(Errno::INTR) => {}
            other => return other.map(drop),
        }
    }
}

/// Waits for a message; there is none if the other end is gone.
///
/// # Errors
/// The kernel refuses, for example because there is no room for the files.
pub(crate) fn receive(end: impl AsFd) -> Result<Option<Message>, Errno> {
    let mut bytes = vec![0; MAX_BYTES];
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(MAX_FILES))];
    let mut ancillary = RecvAncillaryBuffer::new(&mut space);
    let received = loop {
        let mut slices = [IoSliceMut::new(&mut bytes)];
        match recvmsg(&end, &mut slices, &mut ancillary, RecvFlags::CMSG_CLOEXEC) {
            Err(Errno::INTR) => {}
            // What it was about to read when it went.
            Err(Errno::CONNRESET) => return Ok(None),
            other => break other?,
        }
    };
    if received.bytes == 0 {
        return Ok(None);
    }
    bytes.truncate(received.bytes);
    let files = ancillary.drain().filter_map(|message| match message {
        RecvAncillaryMessage::ScmRights(files) => Some(files),
        _ => None,
    });
    Ok(Some(Message {
        files: files.flatten().collect(),
        bytes,
    }))
}

/// Waits until there is a message, or the other end is gone; says whether that came in time.
///
/// # Errors
/// The kernel refuses.
pub(crate) fn has_news(end: impl AsFd, time: Option<Duration>) -> Result<bool, Errno> {
    let mut fds = [PollFd::new(&end, PollFlags::IN)];
    poll(&mut fds, time)?;
    Ok(!fds[0].revents().is_empty())
}

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::io::Read;

    use super::*;

    #[test]
    fn messages_come_whole_with_their_files() {
        let (here, there) = pair().expect("sockets");
        assert_eq!(has_news(&there, Some(Duration::ZERO)), Ok(false));
        let (read, write) = std::io::pipe().expect("a pipe");
        send(&here, b"first", &[write.as_fd()]).expect("room");
        send(&here, b"second", &[]).expect("room");
        drop(write);
        assert_eq!(has_news(&there, None), Ok(true));
        let message = receive(&there).expect("a socket").expect("a message");
        assert_eq!((&*message.bytes, message.files.len()), (&b"first"[..], 1));
        drop(message);
        let message = receive(&there).expect("a socket").expect("a message");
        assert_eq!((&*message.bytes, message.files.len()), (&b"second"[..], 0));
        // The file that was sent was the last one that kept the pipe open.
        let mut read = File::from(OwnedFd::from(read));
        assert_eq!(read.read(&mut [0]).expect("a pipe"), 0);
    }

    #[test]
    fn an_end_that_is_gone_is_news() {
        let (here, there) = pair().expect("sockets");
        send(&there, b"unread", &[]).expect("room");
        let long = vec![b'x'; MAX_BYTES];
        send(&here, &long, &[]).expect("room");
        let message = receive(&there).expect("a socket").expect("a message");
        assert_eq!(message.bytes, long);
        drop(here);
        assert_eq!(has_news(&there, None), Ok(true));
        assert!(receive(&there).expect("a socket").is_none());
        assert_eq!(send(&there, b"x", &[]), Err(Errno::PIPE));
    }
}
