//! Any bytes as the state of an agent.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| qga_server::fuzz::state(bytes));
