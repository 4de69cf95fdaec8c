//! Any bytes as a pattern and what may match it.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| qga_server::fuzz::pattern(bytes));
