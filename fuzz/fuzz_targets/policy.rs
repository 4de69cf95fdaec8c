//! Any bytes as a policy file.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| qga_server::fuzz::policy(bytes));
