//! Configuration: raw [`Fragment`]s become validated [`Settings`].
//!
//! After start-up only [`Settings`] exist.

mod fragment;
mod settings;

pub(crate) use fragment::Fragment;
pub(crate) use settings::DEFAULT_STATE_DIR;
pub use settings::{ChannelSettings, Settings};
