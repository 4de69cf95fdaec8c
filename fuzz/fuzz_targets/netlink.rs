//! Any bytes as messages of the kernel about network devices.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| qga_server::fuzz::netlink(bytes));
