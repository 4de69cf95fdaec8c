//! Any bytes as a time zone.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| qga_server::fuzz::time_zone(bytes));
