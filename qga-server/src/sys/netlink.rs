//! Lists that the kernel gives on a socket of its own: `rtnetlink`, a language of messages with
//! attributes.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use rustix::buffer::spare_capacity;
use rustix::io::{Errno, retry_on_intr};
use rustix::net::{
    AddressFamily, RecvFlags, SendFlags, SocketFlags, SocketType, recv, send, socket_with,
};

/// `NLM_F_REQUEST | NLM_F_DUMP`: everything there is.
const REQUEST_ALL: u16 = 0x301;
/// `NLMSG_ERROR`: the request is refused.
const ERROR: u16 = 2;
/// `NLMSG_DONE`: nothing follows.
const DONE: u16 = 3;

/// The size of `struct nlmsghdr`, which stands before each message.
const MESSAGE_HEADER: usize = 16;
/// The size of `struct rtattr`, which stands before each attribute.
const ATTRIBUTE_HEADER: usize = 4;
/// What begins after a message or an attribute does so at a multiple of this.
const ALIGNMENT: usize = 4;
/// The bits of a type that are flags.
const TYPE_FLAGS: u16 = 0xC000;

/// As much as the kernel puts together at a time.
const PIECE: usize = 16 << 10;

/// A connection to the kernel.
#[derive(Debug)]
pub(crate) struct Socket(OwnedFd);

impl Socket {
    /// # Errors
    /// The kernel knows nothing of networks, or a filter denies it.
    pub(crate) fn open() -> Result<Self, Errno> {
        // Routes and devices are what such a socket is for unless another protocol is named.
        let (family, kind) = (AddressFamily::NETLINK, SocketType::RAW);
        socket_with(family, kind, SocketFlags::CLOEXEC, None).map(Self)
    }

    /// Asks for everything of one kind, and reads what `parse` makes of each message: the header
    /// of that kind and the attributes behind it.
    ///
    /// # Errors
    /// `EOPNOTSUPP` if this kernel does not know the kind, and others.
    pub(crate) fn all<T>(
        &self,
        kind: u16,
        header: &[u8],
        parse: impl Fn(&[u8]) -> Option<T>,
    ) -> Result<Vec<T>, Errno> {
        send(&self.0, &request(kind, header), SendFlags::empty())?;
        let mut all = Vec::new();
        let mut piece = Vec::with_capacity(PIECE);
        loop {
            piece.clear();
            let (_, length) =
                retry_on_intr(|| recv(&self.0, spare_capacity(&mut piece), RecvFlags::TRUNC))?;
            if length > piece.len() {
                return Err(Errno::MSGSIZE);
            }
            for message in messages(&piece) {
                match message.kind {
                    DONE | ERROR => return refusal(message.body).map_or(Ok(all), Err),
                    _ => all.extend(parse(message.body)),
                }
            }
        }
    }
}

impl AsFd for Socket {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

fn request(kind: u16, header: &[u8]) -> Vec<u8> {
    let length = u32::try_from(MESSAGE_HEADER + header.len()).expect("a short request");
    let mut request = length.to_ne_bytes().to_vec();
    request.extend(kind.to_ne_bytes());
    request.extend(REQUEST_ALL.to_ne_bytes());
    // Neither replies to others nor other senders come to a socket that was opened for this.
    let (sequence, sender) = (0_u32, 0_u32);
    request.extend(sequence.to_ne_bytes());
    request.extend(sender.to_ne_bytes());
    request.extend(header);
    request
}

/// What ends a list begins with the number of an error, below zero, if one has ended it.
fn refusal(body: &[u8]) -> Option<Errno> {
    let number = body.first_chunk().map(|it| i32::from_ne_bytes(*it))?;
    (number < 0).then(|| Errno::from_raw_os_error(number.saturating_neg()))
}

/// One of the messages that come together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Message<'a> {
    pub(crate) kind: u16,
    pub(crate) body: &'a [u8],
}

/// Takes apart what has come at a time.
pub(crate) fn messages(bytes: &[u8]) -> impl Iterator<Item = Message<'_>> {
    parts(bytes, MESSAGE_HEADER, |header| {
        let length = u32::from_ne_bytes(*header.first_chunk()?);
        Some((usize::try_from(length).ok()?, number(&header[4..])?))
    })
    .map(|(kind, body)| Message { kind, body })
}

/// The attributes in the rest of a message, each with its type.
pub(crate) fn attributes(bytes: &[u8]) -> impl Iterator<Item = (u16, &[u8])> {
    parts(bytes, ATTRIBUTE_HEADER, |header| {
        let kind = number(&header[2..])? & !TYPE_FLAGS;
        Some((usize::from(number(header)?), kind))
    })
}

/// The value of an attribute that is a name, and ends with a zero.
pub(crate) fn name(value: &[u8]) -> String {
    let end = value.iter().position(|byte| *byte == 0);
    String::from_utf8_lossy(&value[..end.unwrap_or(value.len())]).into_owned()
}

fn number(bytes: &[u8]) -> Option<u16> {
    bytes.first_chunk().map(|it| u16::from_ne_bytes(*it))
}

/// Takes apart what stands in a row: a header that tells its length with what follows, and a type.
/// Ends where that is not so.
fn parts(
    bytes: &[u8],
    header: usize,
    read: impl Fn(&[u8]) -> Option<(usize, u16)>,
) -> impl Iterator<Item = (u16, &[u8])> {
    let mut rest = bytes;
    std::iter::from_fn(move || {
        let (length, kind) = read(rest.get(..header)?)?;
        let body = rest.get(header..length)?;
        let next = length.checked_next_multiple_of(ALIGNMENT)?;
        rest = rest.get(next..).unwrap_or_default();
        Some((kind, body))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_taken_apart() {
        let mut row = Vec::new();
        for (kind, body) in [(7_u16, &b"abc"[..]), (0x8009, b""), (8, b"wxyz")] {
            let length = u16::try_from(ATTRIBUTE_HEADER + body.len()).expect("a short one");
            row.extend(length.to_ne_bytes());
            row.extend(kind.to_ne_bytes());
            row.extend(body);
            row.resize(row.len().next_multiple_of(ALIGNMENT), 0);
        }
        let found: Vec<_> = attributes(&row).collect();
        assert_eq!(found, [(7, &b"abc"[..]), (9, b""), (8, b"wxyz")]);
    }

    #[test]
    fn what_is_cut_off_or_has_no_length_ends_it() {
        let mut row = request(16, b"body");
        assert_eq!(messages(&row).count(), 1);
        assert_eq!(messages(&row[..row.len() - 1]).count(), 0);
        for length in [0_u32, 15, u32::MAX] {
            row[..4].copy_from_slice(&length.to_ne_bytes());
            assert_eq!(messages(&row).count(), 0, "{length}");
        }
    }

    #[test]
    fn a_kind_that_nobody_knows_is_refused() {
        let socket = Socket::open().expect("a socket");
        let refused = socket.all(u16::MAX, &[0; 16], |_| Some(()));
        assert_eq!(refused, Err(Errno::OPNOTSUPP));
    }
}
