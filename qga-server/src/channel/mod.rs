//! Channels: where clients come from and how their bytes travel.
//!
//! A channel knows nothing of requests and answers. Losing a client never ends a channel.

use std::io;
use std::path::PathBuf;

pub use qapi_runtime::session::Connection;
use thiserror::Error;

pub use crate::client::GENERAL;
use crate::client::Peer;
use crate::config::{ChannelSettings, Settings};
use crate::sys::{self, Stop};

mod listener;
pub mod memory;
pub mod serial;
pub mod unix;
pub mod vsock;

use listener::Listener;

/// Where clients come from.
pub trait Channel: Send {
    /// What the administrator calls it.
    ///
    /// A channel that says nothing is the usual one.
    fn name(&self) -> &str {
        GENERAL
    }

    /// Who the last client is, if that is known.
    fn peer(&self) -> Option<Peer> {
        None
    }

    /// Waits for the next client, who need not be the only one. There is none any more once the agent is asked to stop.
    ///
    /// # Errors
    /// The channel is lost for good.
    fn next_client(&mut self) -> io::Result<Option<Box<dyn Connection>>>;
}

/// A channel that cannot be opened.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ChannelError {
    /// A socket's path has to fit into its address, about 100 bytes.
    #[error("UNIX socket path '{}' is too long", .0.display())]
    PathTooLong(PathBuf),
    /// Something that is not a socket lies where the socket should be. It is left alone.
    #[error("Failed to bind socket to {}: a file that is not a socket is in the way", .0.display())]
    NotASocket(PathBuf),
    /// The kernel refuses.
    #[error(transparent)]
    Sys(#[from] sys::Error),
}

/// Opens the channels that the settings tell of, the usual one first.
///
/// A further one that cannot be opened does not keep the host from the others.
///
/// # Errors
/// The usual one cannot be opened.
pub fn open(settings: &Settings, stop: &Stop) -> Result<Vec<Box<dyn Channel>>, ChannelError> {
    let mut channels = vec![open_one(&settings.channel, settings, stop)?];
    for channel in &settings.more_channels {
        match open_one(&channel.settings, settings, stop) {
            Ok(opened) => channels.push(Box::new(Named {
                name: channel.name.clone(),
                channel: opened,
            })),
            Err(error) => log::error!("{error}"),
        }
    }
    Ok(channels)
}

fn open_one(
    channel: &ChannelSettings,
    settings: &Settings,
    stop: &Stop,
) -> Result<Box<dyn Channel>, ChannelError> {
    let serial = |kind, path: &PathBuf| {
        let (path, root) = (path.clone(), settings.root.clone());
        serial::Serial::open(kind, path, root, settings.retry_path, stop.clone())
    };
    Ok(match channel {
        ChannelSettings::VirtioSerial(path) => Box::new(serial(serial::Kind::Virtio, path)?),
        ChannelSettings::IsaSerial(path) => Box::new(serial(serial::Kind::Line, path)?),
        ChannelSettings::UnixListen(path) => Box::new(unix::UnixListen::bind(path, stop.clone())?),
        ChannelSettings::VsockListen(address) => {
            Box::new(vsock::VsockListen::bind(*address, stop.clone())?)
        }
        ChannelSettings::Inherited(socket) => Box::new(Listener::inherit(socket, stop.clone())?),
    })
}

/// A channel that was given a name.
struct Named {
    name: String,
    channel: Box<dyn Channel>,
}

impl Channel for Named {
    fn name(&self) -> &str {
        &self.name
    }

    fn peer(&self) -> Option<Peer> {
        self.channel.peer()
    }

    fn next_client(&mut self) -> io::Result<Option<Box<dyn Connection>>> {
        self.channel.next_client()
    }
}
