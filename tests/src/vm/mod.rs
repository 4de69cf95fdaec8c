//! A virtual machine with an agent in it, for what no other machine may be put through.
//!
//! - [`Setup`] says what the machine has, and boots it: a kernel of Debian, a small system around busybox on an ext4
//!   disk, and the agent as one static program. What the machine writes to its disk is gone with it.
//! - [`Vm`] is the running machine: its agent, its monitor, its console.
//! - [`image`] is what it boots from, for another who boots it.
//! - [`debian`] is a disk with another system, where our package is installed.
//! - [`Door`] is a way in beside the agent, for what has to be seen while that is frozen or dead.
//!
//! Everything is made anew once for each test program, in the directory for temporary files of its target directory.

mod build;
mod debian;
mod door;
mod image;
mod machine;
mod modules;
mod setup;

pub use build::static_agent;
pub use debian::debian;
pub use door::Door;
pub use image::{Image, image};
pub use machine::{Client, Vm};
pub use setup::Setup;
