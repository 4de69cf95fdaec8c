//! What one source of configuration says.

use std::path::PathBuf;

/// Options as they were given, unchecked; what was not given is absent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Fragment {
    /// How the host reaches the agent.
    pub(crate) method: Option<String>,
    /// The socket or device.
    pub(crate) path: Option<PathBuf>,
    /// Where state is kept between runs.
    pub(crate) state_dir: Option<PathBuf>,
    /// Whether to log everything.
    pub(crate) verbose: Option<bool>,
    /// What to run before freezing and after thawing.
    pub(crate) fsfreeze_hook: Option<PathBuf>,
}
