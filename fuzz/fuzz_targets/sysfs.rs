//! Any bytes as a small file of sysfs.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| qga_server::fuzz::sysfs(bytes));
