//! Any bytes as a list of users.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| qga_server::fuzz::passwd(bytes));
