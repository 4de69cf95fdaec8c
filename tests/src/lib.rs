//! What the tests of the whole project share.
//!
//! - [`Agent`] starts an agent, ours or the C one, on a private socket in a temporary directory and stops it again.
//! - [`Wire`] talks to it in raw bytes. It waits for bytes and never for time to pass: where a test needs to know that
//!   nothing more comes, it sends a `guest-sync-delimited` behind the request and reads up to the answer of that.
//! - [`Conversation`] is a text file of requests, one write each.
//! - [`Qemu`] starts a machine that has nothing and does not run, with two monitors at sockets.
//! - [`vm`] boots a virtual machine with an agent in it, for what no other machine may be put through.
//! - [`need`] looks for what a machine may lack: a tool, the corpus.
//!
//! Deliberately absent: expectations. What a reply has to be stands in the tests.

mod agent;
mod conversation;
pub mod need;
mod qemu;
pub mod vm;
mod wire;

pub use agent::{Agent, Setup, files_below};
pub use conversation::{Conversation, Step};
pub use qemu::Qemu;
pub use wire::{PATIENCE, RESET_REPLY, Wire};
