//! Any bytes as tables of routes.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| qga_server::fuzz::routes(bytes));
