//! Any bytes as `/proc/diskstats`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| qga_server::fuzz::disk_stats(bytes));
