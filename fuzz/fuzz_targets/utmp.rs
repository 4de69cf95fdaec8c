//! Any bytes as the list of logins.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| qga_server::fuzz::utmp(bytes));
