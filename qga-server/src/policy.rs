//! Which commands may be used.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use qapi_runtime::layer::{self, Log, Record};
use qapi_runtime::{Call, CommandInfo, Error, Outcome, Service};
use qga_types::GuestAgentServer;

use crate::Agent;
use crate::agent::SharedAgent;
use crate::handler::fsfreeze;

/// The commands that write nothing and wait for nothing, so that they can be used while file
/// systems are frozen.
const WHILE_FROZEN: [&str; 6] = [
    "guest-ping",
    "guest-info",
    "guest-sync",
    "guest-sync-delimited",
    "guest-fsfreeze-status",
    "guest-fsfreeze-thaw",
];

/// How long thawing at the end may take, its hook included.
const END_PATIENCE: Duration = Duration::from_secs(10);

/// Decides which commands may be used.
#[derive(Debug, Default)]
pub(crate) struct Policy {
    /// The only commands that may be used, if there are any here.
    pub(crate) allow: Vec<String>,
    /// Commands that may not be used, even if they are allowed.
    pub(crate) block: Vec<String>,
    /// Whether file systems are frozen, so that a command that writes would never end.
    frozen: AtomicBool,
}

impl Policy {
    /// A policy with these lists, for a machine that is frozen or not.
    pub(crate) fn new(allow: Vec<String>, block: Vec<String>, frozen: bool) -> Self {
        Self {
            allow,
            block,
            frozen: AtomicBool::new(frozen),
        }
    }

    /// Whether file systems are frozen.
    pub(crate) fn is_frozen(&self) -> bool {
        self.frozen.load(Ordering::Relaxed)
    }

    /// Notes that file systems are frozen, or not any more.
    pub(crate) fn set_frozen(&self, frozen: bool) {
        self.frozen.store(frozen, Ordering::Relaxed);
    }

    /// Whether `command` may be used now.
    pub(crate) fn allows(&self, command: &str) -> bool {
        match self.is_frozen() {
            // Whatever the lists say: somebody has to be able to thaw.
            true => WHILE_FROZEN.contains(&command),
            false => self.lists_allow(command),
        }
    }

    fn lists_allow(&self, command: &str) -> bool {
        let is_in = |list: &[String]| list.iter().any(|name| name == command);
        (self.allow.is_empty() || is_in(&self.allow)) && !is_in(&self.block)
    }

    /// What the host is told about a command that it may not use.
    pub(crate) fn refusal(command: &str) -> Error {
        Error::command_disabled(command, "the command is not allowed")
    }
}

/// The agent behind its policy, and a line in the log for every call. Each client has a clone.
#[derive(Clone, Debug)]
pub struct Gate(Log<layer::Gate<Server, Check>, Tell>);

type Server = GuestAgentServer<SharedAgent>;
type Check = fn(&Server, &str) -> Result<(), Error>;
type Tell = fn(&Record<'_>);

impl Gate {
    /// Puts `agent` behind its policy.
    pub fn new(agent: Agent) -> Self {
        let server = GuestAgentServer(SharedAgent(Arc::new(agent)));
        Self(Log::new(layer::Gate::new(server, check), |record| {
            log::debug!("{record}");
        }))
    }

    /// Thaws what is frozen, since there will be nobody to ask for it. From here on nothing is
    /// frozen any more, by a command that still runs.
    ///
    /// Whatever hangs, this comes to an end, so that the process does.
    pub fn end(&self) {
        let agent = self.0.get_ref().get_ref().0.clone();
        let (done, ended) = mpsc::channel::<()>();
        let thaw = move || {
            fsfreeze::thaw_at_end(&agent);
            drop(done);
        };
        if thread::Builder::new().spawn(thaw).is_ok() {
            // Nothing is sent: it is dropped at the end.
            let _ = ended.recv_timeout(END_PATIENCE);
        }
    }
}

/// Asks the policy that the agent has now, for a command can change it.
fn check(server: &Server, command: &str) -> Result<(), Error> {
    match server.0.policy.allows(command) {
        true => Ok(()),
        false => Err(Policy::refusal(command)),
    }
}

impl Service for Gate {
    fn commands(&self) -> &'static [CommandInfo] {
        self.0.commands()
    }

    fn call(&mut self, call: Call<'_>) -> Result<Outcome, Error> {
        self.0.call(call)
    }
}

#[cfg(test)]
mod tests {
    use qga_types::COMMANDS;

    use super::*;

    #[test]
    fn little_is_allowed_while_frozen() {
        let policy = Policy::default();
        assert!(policy.allows("guest-file-open") && policy.allows("guest-fsfreeze-thaw"));
        policy.set_frozen(true);
        assert!(!policy.allows("guest-file-open") && policy.allows("guest-fsfreeze-thaw"));
    }

    #[test]
    fn the_lists_of_the_administrator_count_until_something_is_frozen() {
        let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        let allow = names(&["guest-ping", "guest-info"]);
        let block = names(&["guest-info", "guest-fsfreeze-thaw"]);
        let mut policy = Policy::new(allow, block, false);
        let allowed = |policy: &Policy| {
            ["guest-ping", "guest-info", "guest-sync"].map(|command| policy.allows(command))
        };
        assert_eq!(allowed(&policy), [true, false, false]);
        policy.allow.clear();
        assert_eq!(allowed(&policy), [true, false, true]);
        policy.allow = names(&["", ""]);
        assert_eq!(allowed(&policy), [false, false, false]);
        assert!(!policy.allows("guest-fsfreeze-thaw"));
        policy.set_frozen(true);
        assert_eq!(allowed(&policy), [true, true, true]);
        assert!(policy.allows("guest-fsfreeze-thaw"));
    }

    #[test]
    fn every_command_with_a_rule_is_in_the_schema() {
        for command in &WHILE_FROZEN {
            assert!(
                COMMANDS.iter().any(|known| known.name == *command),
                "{command}"
            );
        }
    }
}
