//! Any bytes as a log page of a controller.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| qga_server::fuzz::nvme(bytes));
