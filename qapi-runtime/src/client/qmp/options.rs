//! How a client behaves.

use std::time::Duration;

use super::history::HISTORY;

/// How a client of a monitor behaves.
///
/// ```
/// use std::time::Duration;
///
/// use qapi_runtime::client::Options;
///
/// let mut options = Options::new();
/// options.timeout(Duration::from_secs(10)).history(100);
/// ```
#[derive(Debug, Clone)]
pub struct Options {
    pub(in crate::client) timeout: Option<Duration>,
    pub(in crate::client) history: usize,
    pub(in crate::client) out_of_band: bool,
}

impl Options {
    /// The defaults, which each method here names.
    pub fn new() -> Self {
        Self::default()
    }

    /// How long to wait for the greeting, and for each answer. Default: as
    /// long as it takes.
    pub fn timeout(&mut self, timeout: impl Into<Option<Duration>>) -> &mut Self {
        self.timeout = timeout.into();
        self
    }

    /// How many events are kept for those who have not asked for them yet.
    /// Default: [`HISTORY`].
    pub fn history(&mut self, events: usize) -> &mut Self {
        self.history = events;
        self
    }

    /// Whether to ask for commands out of band where the peer offers them.
    /// Default: yes.
    pub fn out_of_band(&mut self, wanted: bool) -> &mut Self {
        self.out_of_band = wanted;
        self
    }
}

impl Default for Options {
    fn default() -> Self {
        Self {
            timeout: None,
            history: HISTORY,
            out_of_band: true,
        }
    }
}
