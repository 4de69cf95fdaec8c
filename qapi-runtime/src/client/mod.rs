//! The other end of the wire: clients that wait for their answers.
//!
//! | client | of | |
//! | --- | --- | --- |
//! | [`Agent`] | a guest agent, or any service on a stream | one request, one reply; resynchronisation |
//! | [`Qmp`] | a monitor of QEMU: the machine protocol | negotiation, commands of many threads, events, file descriptors, reconnecting |
//!
//! Both run commands by their names; generated clients are a method per command
//! around one of them, through [`Execute`]. With the feature `tokio` there are
//! the same two for that runtime, which are used through [`AsyncExecute`].
//!
//! A client is told by peers that may be older or newer than its schema. So it
//! ignores members that it does not know, keeps values and errors that it does
//! not know as they came, and a message that it does not understand costs
//! nothing but that message.

mod agent;
mod async_execute;
mod error;
mod execute;
mod introspection;
mod limits;
mod lines;
mod message;
mod qmp;
mod request;
#[cfg(all(unix, feature = "tokio"))]
pub mod tokio;

pub use self::agent::Agent;
pub use self::async_execute::AsyncExecute;
pub use self::error::ClientError;
pub use self::execute::{Execute, OutOfBand};
pub use self::introspection::Introspection;
pub use self::qmp::{
    Fd, Greeting, HISTORY, Listener, MAX_FDS, Mark, Notice, Options, Pending, Qmp, Stream, Version,
};

/// How long a reply may be.
///
/// The largest that QEMU's guest agent makes is a read of 48 MiB from a file,
/// which is 64 MiB of base64 and an envelope.
pub const MAX_REPLY: usize = 72 << 20;
