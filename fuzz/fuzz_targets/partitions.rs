//! Any bytes as the table of disks and partitions that have a size.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| qga_server::fuzz::partitions(bytes));
