//! A greenhouse on the wire: types, a trait and a client, all generated from `greenhouse.json`, and a [`House`] that
//! implements the trait.

#![forbid(unsafe_code)]

mod house;

pub use house::House;

include!(concat!(env!("OUT_DIR"), "/greenhouse.rs"));
