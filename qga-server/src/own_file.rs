//! Files that the agent makes for itself: its state, its log, its pid file.

use std::fs::OpenOptions;
use std::os::unix::fs::OpenOptionsExt;

/// Who may use them: the owner only, whatever the mask that the agent was started with.
pub(crate) const MODE: u32 = 0o600;

/// How such a file is made.
pub(crate) fn options() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.mode(MODE);
    options
}
