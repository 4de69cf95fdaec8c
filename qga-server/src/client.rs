//! Who sends requests.

use std::fmt;
use std::sync::Arc;

/// What the usual channel is called, as is the group of the configuration file that describes it.
pub const GENERAL: &str = "general";

/// A client, as far as it matters for what it may do and for what is told of it.
#[derive(Clone, Debug)]
pub(crate) struct Client {
    /// The name of the channel that it came by.
    pub(crate) channel: Arc<str>,
    /// Who it is, if that is known.
    pub(crate) peer: Option<Peer>,
}

impl Client {
    /// One that came by the channel of that name.
    pub(crate) fn of(channel: &str) -> Self {
        Self {
            channel: channel.into(),
            peer: None,
        }
    }
}

/// Somebody who came by the usual channel.
impl Default for Client {
    fn default() -> Self {
        Self::of(GENERAL)
    }
}

/// Who is at the other end of a socket, as the kernel tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Peer {
    /// A process of this machine, by its number and its user.
    Process {
        /// The number, which may be another process's when it is read.
        pid: i32,
        /// The user that it was when it connected.
        uid: u32,
    },
    /// Another machine, by its number and the port there.
    Machine {
        /// The number of the machine; 2 is the host.
        cid: u32,
        /// The port.
        port: u32,
    },
}

impl fmt::Display for Peer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Process { pid, uid } => write!(f, "pid {pid}, uid {uid}"),
            Self::Machine { cid, port } => write!(f, "vsock {cid}:{port}"),
        }
    }
}
