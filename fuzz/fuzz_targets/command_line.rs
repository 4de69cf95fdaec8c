//! Any bytes as arguments.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| qga_server::fuzz::command_line(bytes));
