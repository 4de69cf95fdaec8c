//! Clients that are attended to even while their commands take long.
//!
//! [`serve`](super::serve) runs a command to its end before it reads on, so a client that has given
//! up waiting cannot make itself heard. An [`Attendant`] serves any number of clients, each on a
//! thread that reads, runs and replies, without any hand-over as long as commands are quick. One
//! more thread, the *watch*, sleeps while nothing runs. It notices a command that takes longer than
//! [`GRACE`], and starts a *stand-in*: a thread that reads on in place of the busy one.
//!
//! The stand-in keeps requests in a backlog, for replies have to come in order: the busy thread
//! goes through it when it is done, and retires. From then on the stand-in is the client's thread.
//! But a command for synchronizing, such as `guest-sync`, says that its sender does not wait for
//! earlier replies any more. Unless the busy thread gets on within its [`PATIENCE`], the stand-in
//! answers and goes on as the client's thread; what was asked for earlier is *abandoned*: it is
//! still done, in order, and nobody is told.
//!
//! | part | lives in |
//! | --- | --- |
//! | the service's say: which commands synchronize, which never take long | [`Commands`] |
//! | when to stand in | `watch.rs` by `alarm.rs`, `turn.rs` |
//! | who reads, runs and replies | `worker.rs`, by `post.rs` |
//! | bytes → messages, and which of them came before the command that runs | `input.rs` |
//! | replies → bytes, unless they are too late | `output.rs` |
//! | requests that wait | `backlog.rs` |
//! | commands that run on for nobody | `abandoned.rs` |
//!
//! # Limits
//! What a client can pile up is bounded. A backlog has at most [`MAX_WAITING`] requests of
//! [`MAX_WAITING_BYTES`] together; behind that, nothing is read until there is room. So many
//! commands may be abandoned, [`MAX_ABANDONED_ALIKE`] with one name and [`MAX_ABANDONED`] in all,
//! and any further one is refused in words before it runs. Only the caller knows how many clients
//! there should be. Each has two threads at most, besides those of its abandoned commands.
//!
//! # What a client may notice
//! A client that synchronizes without having given up, while a command before it takes longer than
//! [`PATIENCE`], does not get the reply to that command. Sent together with the command, in one
//! piece, it does.

mod abandoned;
mod alarm;
mod attendant;
mod backlog;
mod connection;
mod input;
mod output;
mod post;
mod turn;
mod upload_slot;
mod watch;
mod worker;

use std::time::Duration;

pub use self::abandoned::{MAX_ABANDONED, MAX_ABANDONED_ALIKE};
pub use self::attendant::{Attendant, Commands};
pub use self::backlog::{MAX_WAITING, MAX_WAITING_BYTES};
pub use self::connection::Connection;

/// How long a command may run before somebody else reads on, give or take as much again: less than
/// a client notices, and more than nearly all commands need.
pub const GRACE: Duration = Duration::from_millis(10);

/// How long a command that was begun before may go on when its client synchronizes. On a busy
/// machine the client may only be quicker than the replies that it wants.
pub const PATIENCE: Duration = Duration::from_millis(20);

/// How long an [upload](crate::upload) may be at one piece before the rest of its request is
/// collected in memory.
pub const UPLOAD_PATIENCE: Duration = Duration::from_secs(1);
