//! Who sends requests.

use std::sync::Arc;

use crate::channel::GENERAL;

/// A client, as far as it matters for what it may do.
#[derive(Clone, Debug)]
pub(crate) struct Client {
    /// The name of the channel that it came by.
    pub(crate) channel: Arc<str>,
}

impl Client {
    /// One that came by the channel of that name.
    pub(crate) fn of(channel: &str) -> Self {
        Self {
            channel: channel.into(),
        }
    }
}

/// Somebody who came by the usual channel.
impl Default for Client {
    fn default() -> Self {
        Self::of(GENERAL)
    }
}
