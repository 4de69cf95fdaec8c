//! The machine protocol of two releases of QEMU, as generated from their schemas, for the tests of this package.
//!
//! They are here so that generated code is compiled once, and not with each test. Where the schemas of QEMU are not, they
//! are missing: see `build.rs`.

#![forbid(unsafe_code)]

/// A few commands, whatever the release, without waiting for any of them.
pub mod asynchronous {
    include!(concat!(env!("OUT_DIR"), "/machine.rs"));
}

/// An old one: QEMU has changed much since.
#[cfg(corpus)]
pub mod v7_2 {
    include!(concat!(env!("OUT_DIR"), "/machine-7.2.rs"));
}

/// A new one: it knows what no QEMU of a distribution has yet.
#[cfg(corpus)]
pub mod v10_2 {
    include!(concat!(env!("OUT_DIR"), "/machine-10.2.rs"));
}
