//! Any bytes as an address.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| qga_server::fuzz::vsock_address(bytes));
