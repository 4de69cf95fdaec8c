//! Configuration: raw [`Fragment`]s become validated [`Settings`].
//!
//! After start-up only [`Settings`] exist.

mod fragment;
mod settings;

pub(crate) use fragment::Fragment;
pub use settings::{ChannelSettings, Settings};
pub(crate) use settings::{DEFAULT_FSFREEZE_HOOK, DEFAULT_STATE_DIR};
