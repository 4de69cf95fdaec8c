//! The interface of QEMU 1.5, of May 2013; that of 1.6 is the same.
//!
//! New since 1.1: the clock (`guest-get-time`, `guest-set-time`),
//! `guest-fstrim`, and the processors.
//!
//! `guest-fstrim` returns nothing yet. The schema has no conditions.

include!(concat!(env!("OUT_DIR"), "/qga-1.5.rs"));
