//! Any bytes as a table of mounts.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| qga_server::fuzz::mounts(bytes));
