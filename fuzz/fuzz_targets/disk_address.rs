//! Any bytes as a path in sysfs.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| qga_server::fuzz::disk_address(bytes));
