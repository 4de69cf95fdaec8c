//! guest-info: which agent this is, and what it can do.

use qapi_runtime::Error;
use qga_types::{COMMANDS, GuestAgentCommandInfo, GuestAgentInfo};

use crate::agent::SharedAgent;

/// The version of the C agent whose behaviour this agent has. Hosts compare it.
pub(crate) const VERSION: &str = "10.2.2";

/// Lists the commands, last of the schema first, as the C agent does.
pub(crate) fn info(agent: &SharedAgent) -> Result<GuestAgentInfo, Error> {
    let commands = COMMANDS.iter().rev().map(|command| {
        let enabled = agent.policy.allows(&agent.client, command.name);
        GuestAgentCommandInfo::new(command.name, enabled, command.success_response)
    });
    Ok(GuestAgentInfo::new(VERSION, commands.collect::<Vec<_>>()))
}
