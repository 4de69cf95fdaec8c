//! Which commands may be used.

use qapi_runtime::{Call, CommandInfo, Error, Outcome, Service};
use qga_types::GuestAgentServer;

use crate::Agent;

/// The commands that this agent answers. Those of the schema that are missing here are listed
/// and refused like commands that an administrator has switched off.
const AVAILABLE: [&str; 17] = [
    "guest-sync-delimited",
    "guest-sync",
    "guest-ping",
    "guest-get-time",
    "guest-info",
    "guest-file-open",
    "guest-file-close",
    "guest-file-read",
    "guest-file-write",
    "guest-file-seek",
    "guest-file-flush",
    "guest-network-get-interfaces",
    "guest-exec-status",
    "guest-exec",
    "guest-get-host-name",
    "guest-get-timezone",
    "guest-get-osinfo",
];

/// Decides which commands may be used.
#[derive(Clone, Debug, Default)]
pub(crate) struct Policy {}

impl Policy {
    /// Whether `command` may be used now.
    pub(crate) fn allows(&self, command: &str) -> bool {
        AVAILABLE.contains(&command)
    }

    /// What the host is told about a command that it may not use.
    pub(crate) fn refusal(command: &str) -> Error {
        Error::command_disabled(command, "the command is not allowed")
    }
}

/// The agent behind its policy: a command that may not be used is refused before its arguments
/// are looked at.
#[derive(Debug)]
pub struct Gate(GuestAgentServer<Agent>);

impl Gate {
    /// Puts `agent` behind its policy.
    pub fn new(agent: Agent) -> Self {
        Self(GuestAgentServer(agent))
    }
}

impl Service for Gate {
    fn commands(&self) -> &'static [CommandInfo] {
        self.0.commands()
    }

    fn call(&mut self, call: Call<'_>) -> Result<Outcome, Error> {
        let command = call.command();
        let is_known = || self.commands().iter().any(|known| known.name == command);
        // An unknown command goes on: it is not found, which is another answer than refused.
        if !self.0.0.policy.allows(command) && is_known() {
            return Err(Policy::refusal(command));
        }
        log::debug!("processing command {command}");
        self.0.call(call)
    }
}

#[cfg(test)]
mod tests {
    use qga_types::COMMANDS;

    use super::*;

    #[test]
    fn every_available_command_is_in_the_schema() {
        for command in AVAILABLE {
            assert!(
                COMMANDS.iter().any(|known| known.name == command),
                "{command}"
            );
        }
    }
}
