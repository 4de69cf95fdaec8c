//! What survives a restart, in the state directory.
//!
//! The files are the C agent's, so either agent can take over from the other: numbers of handles
//! are not given out twice, and file systems that one of them has frozen are thawed by the other.

pub(crate) mod counter;
mod marker;

pub use counter::StateError;
pub(crate) use counter::{HandleCounter, Missing};
pub(crate) use marker::Marker;
