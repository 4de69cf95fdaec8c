//! Configuration: raw [`Fragment`]s, of the command line and of a file, are laid one over the
//! other and become validated [`Settings`] of the
//! agent and the [`Process`] that it runs in.
//!
//! After start-up only [`Settings`] exist.

mod dump;
pub(crate) mod file;
mod fragment;
mod process;
mod settings;
mod vsock;

pub(crate) use dump::dump;
pub(crate) use file::{DEFAULT_CONFIG, load};
pub(crate) use fragment::{Fragment, command_list};
pub(crate) use process::Process;
pub use settings::{ChannelSettings, MoreSettings, Settings};
pub(crate) use settings::{
    DEFAULT_FREEZE_TIMEOUT, DEFAULT_FSFREEZE_HOOK, DEFAULT_HOOK_TIMEOUT, DEFAULT_PID_FILE,
    DEFAULT_POLICY_DIR, DEFAULT_STATE_DIR, SettingsError,
};
pub use vsock::VsockAddress;
