//! Any bytes as what a guest says to a client, which must not trust it: every command ends, and so does the wait for the
//! answer to another one.

#![no_main]

use std::io::{self, Read, Write};

use libfuzzer_sys::fuzz_target;
use qga_types::GuestAgentClient;

fuzz_target!(|bytes: &[u8]| {
    let mut agent = GuestAgentClient::over(Guest { said: bytes });
    // The end of the stream is an error, so there is an end.
    let answers = [
        agent.guest_info().map(drop),
        agent.guest_get_fsinfo().map(drop),
        agent.guest_network_get_interfaces().map(drop),
        agent.guest_get_diskstats().map(drop),
        agent.client().resynchronize(),
        agent.guest_get_vcpus().map(drop),
        agent.guest_get_osinfo().map(drop),
    ];
    // An error tells what the guest said, which may be nothing.
    for error in answers.into_iter().filter_map(Result::err) {
        drop(error.to_string());
    }
});

/// Says the same whatever it hears.
struct Guest<'a> {
    said: &'a [u8],
}

impl Read for Guest<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.said.read(buffer)
    }
}

impl Write for Guest<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
