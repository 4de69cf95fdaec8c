//! Any bytes as a file of keys.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| qga_server::fuzz::authorized_keys(bytes));
