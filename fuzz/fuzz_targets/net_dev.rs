//! Any bytes as `/proc/net/dev`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| qga_server::fuzz::net_dev(bytes));
