//! Commands that the command line allows or refuses.

use super::{Fixture, NOT_FOUND};

const LISTED: [&str; 2] = ["guest-ping", "guest-get-time"];

impl Fixture {
    /// Whether the command is refused, in the words for that.
    fn refuses(&mut self, command: &str) -> bool {
        let reply = self.ask(&format!("{{'execute': '{command}'}}"));
        let desc = reply["error"]["desc"].as_str().unwrap_or_default();
        reply["error"]["class"] == NOT_FOUND && desc.contains("has been disabled")
    }
}

#[test]
fn blockedrpcs() {
    let mut fixture = Fixture::with(&["-b", "guest-ping,guest-get-time"], &[]);
    for command in LISTED {
        assert!(fixture.refuses(command), "{command}");
    }
    fixture.returned("guest-get-fsinfo");
}

#[test]
fn allowedrpcs() {
    let mut fixture = Fixture::with(&["-a", "guest-ping,guest-get-time"], &[]);
    for command in LISTED {
        fixture.returned(command);
    }
    assert!(fixture.refuses("guest-get-fsinfo"));
}
