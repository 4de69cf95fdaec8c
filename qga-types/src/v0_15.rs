//! The interface of QEMU 0.15, of August 2011: the first release with an agent.
//!
//! It has `guest-sync`, `guest-ping`, `guest-info`, `guest-shutdown`, seven
//! commands for files, and three that freeze and thaw file systems.
//!
//! There is no `guest-sync-delimited` yet: a client finds its place by
//! `guest-sync` and reads line by line. `guest-info` does not list commands.
//! Shutting down is answered. The schema has no conditions.

include!(concat!(env!("OUT_DIR"), "/qga-0.15.rs"));
