//! The interface of QEMU 2.3, of April 2015.
//!
//! New since 1.5: freezing some file systems only, the list of file systems,
//! `guest-set-user-password`, and the memory blocks.
//!
//! `guest-set-time` can be told to read the hardware clock, and `guest-info`
//! says which commands answer when they succeed. The schema has no conditions.

include!(concat!(env!("OUT_DIR"), "/qga-2.3.rs"));
