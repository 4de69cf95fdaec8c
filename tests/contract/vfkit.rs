//! vfkit, and so podman machine, CRC and krunkit: sets the clock after a sleep, without a sync, and compares bytes.

use crate::agent;

/// The clock of this machine stays as it is: every command that returns nothing has the same reply, and setting the
/// clock is one of those.
#[test]
fn w02_without_a_sync_the_first_bytes_are_those_of_the_reply() {
    let agent = agent();
    let mut wire = agent.connect();
    wire.send("{\"execute\": \"guest-ping\"}\n");
    assert_eq!(wire.line(), b"{\"return\": {}}\n");
    let commands = qga_types::COMMANDS;
    assert!(
        commands
            .iter()
            .any(|command| command.name == "guest-set-time" && command.success_response)
    );
}
