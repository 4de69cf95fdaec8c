//! Any bytes as a file of udev's database.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| qga_server::fuzz::udev(bytes));
