//! The interface of QEMU 10.2, of December 2025, on Linux.
//!
//! New since 3.1: the disks and their health, the keys by which users log in
//! over SSH, statistics of disks and processors, the load, and the routes.
//!
//! This is the first version here whose schema has conditions. Fulfilled are
//! `CONFIG_LINUX`, `CONFIG_FSFREEZE`, `CONFIG_FSTRIM`, `CONFIG_LIBUDEV`,
//! `CONFIG_GETLOADAVG`, `HAVE_GETIFADDRS` and `HAVE_UTMPX`, as in a full build
//! for Linux. `CONFIG_WIN32` is not: what exists on Windows only is left out,
//! and of the commands that is one, `guest-get-devices`.

include!(concat!(env!("OUT_DIR"), "/qga-10.2.rs"));
