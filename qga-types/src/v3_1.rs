//! The interface of QEMU 3.1, of December 2018.
//!
//! New since 2.3: running programs (`guest-exec`), the name of the host, the
//! users, the time zone and the operating system.
//!
//! `guest-file-seek` takes a word as well as a number, and `guest-fstrim` tells
//! what it did. The schema has no conditions: what exists on Windows only, or
//! on Linux only, is described and does not work elsewhere.

include!(concat!(env!("OUT_DIR"), "/qga-3.1.rs"));
