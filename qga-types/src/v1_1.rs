//! The interface of QEMU 1.1, of June 2012.
//!
//! New since 0.15: `guest-sync-delimited`, suspending in three ways, the
//! network interfaces, and the list of commands in `guest-info`.
//!
//! `guest-shutdown` and the suspending commands no longer answer when they
//! succeed. Freezing has lost its state `error`. The schema has no conditions.

include!(concat!(env!("OUT_DIR"), "/qga-1.1.rs"));
