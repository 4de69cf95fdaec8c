//! The same clients for the runtime tokio.
//!
//! [`Qmp`] and [`Agent`] do what their namesakes one level up do, with futures
//! in place of threads that wait. A future may be dropped at any time: its
//! command is given up, and nothing else suffers.

mod agent;
mod commands;
mod conversation;
mod events;
mod listener;
mod pending;
mod qmp;
mod transport;

pub use self::agent::Agent;
pub use self::listener::Listener;
pub use self::pending::Pending;
pub use self::qmp::Qmp;
pub use self::transport::Transport;
