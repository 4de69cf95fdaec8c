//! What `qmp-client` needs of QEMU's machine protocol, generated from `machine.json`.

#![forbid(unsafe_code)]

include!(concat!(env!("OUT_DIR"), "/machine.rs"));
