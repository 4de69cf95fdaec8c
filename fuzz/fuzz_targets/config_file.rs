//! Any bytes as the configuration file.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| qga_server::fuzz::config_file(bytes));
