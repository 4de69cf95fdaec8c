//! Any bytes as the clock in hardware.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| qga_server::fuzz::rtc(bytes));
