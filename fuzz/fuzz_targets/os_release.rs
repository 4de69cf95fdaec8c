//! Any bytes as the name of a distribution.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| qga_server::fuzz::os_release(bytes));
