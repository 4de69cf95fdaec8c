//! The interface of a greenhouse, generated from `greenhouse.json`.

include!(concat!(env!("OUT_DIR"), "/greenhouse.rs"));
