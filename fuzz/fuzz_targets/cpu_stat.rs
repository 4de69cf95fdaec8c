//! Any bytes as `/proc/stat`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| qga_server::fuzz::cpu_stat(bytes));
