//! The same requests to the C agent of QEMU and to ours, and the same replies.
//!
//! Byte for byte where a reply is an error or has one member; where it is an object, the same bytes in any order of
//! its members, since the C agent prints them in the order of a hash table. What differs on purpose or by nature
//! stands in `differences.rs`, with the reason.

mod agents;
mod apart;
mod compare;
mod daemons;
mod differences;
mod island;
mod logs;
mod matrix;
mod policies;
mod random;
mod requests;
mod starts;
mod surroundings;
mod unlike;
mod virtual_machine;
