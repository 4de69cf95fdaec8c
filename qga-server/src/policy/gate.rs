//! The agent behind its policy.

use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use qapi_runtime::layer::{self, Log, Record};
use qapi_runtime::{Call, CommandInfo, Error, Opening, Outcome, Service, Upload, UploadInfo};
use qga_types::GuestAgentServer;

use super::Policy;
use crate::Agent;
use crate::agent::SharedAgent;
use crate::client::{Client, Peer};
use crate::handler::fsfreeze;
use crate::quiet;

/// How long thawing at the end may take, its hook included.
const END_PATIENCE: Duration = Duration::from_secs(10);

/// The agent behind its policy, and a line in the log for every call. Each client has a clone.
#[derive(Clone, Debug)]
pub struct Gate(Log<layer::Gate<Server, Check>, Tell>);

type Server = GuestAgentServer<SharedAgent>;
type Check = fn(&Server, &str) -> Result<(), Error>;
type Tell = fn(&Record<'_>);

impl Gate {
    /// Puts `agent` behind its policy.
    pub fn new(agent: Agent) -> Self {
        let server = GuestAgentServer(SharedAgent::new(agent));
        Self(Log::new(layer::Gate::new(server, check), |record| {
            log::debug!("{record}");
        }))
    }

    /// The agent as the client of this clone has it.
    fn agent(&self) -> &SharedAgent {
        &self.0.get_ref().get_ref().0
    }

    /// The same gate, for the client of its channel that is this one.
    pub(crate) fn of_client(&self, peer: Option<Peer>) -> Self {
        let mut gate = self.clone();
        gate.0.get_mut().get_mut().0.client.peer = peer;
        gate
    }

    /// The same gate, for clients of the channel of that name.
    pub(crate) fn of_channel(&self, name: &str) -> Self {
        let mut gate = self.clone();
        gate.0.get_mut().get_mut().0.client = Client::of(name);
        gate
    }

    /// Whether something is to be done when the process is told to read its files anew.
    pub(crate) fn heeds_hangups(&self) -> bool {
        let agent = self.agent();
        agent.policy.has_rules() || agent.audit.has_file()
    }

    /// Reads anew what administrators change while the agent runs. While file systems are frozen
    /// this waits for the thaw: what is allowed then is little, and nothing could be told.
    pub(crate) fn reload(&self) {
        let agent = self.agent().clone();
        let reload = move || {
            agent.policy.reload();
            agent.audit.reopen();
        };
        match quiet::is_now() {
            true => quiet::postpone(reload),
            false => reload(),
        }
    }

    /// Sees to it that what a former agent has left frozen is thawed some time.
    pub(crate) fn take_over(&self) {
        fsfreeze::take_over(self.agent());
    }

    /// Thaws what is frozen, as if the host asked for it.
    ///
    /// # Errors
    /// Not everything is as it was.
    pub(crate) fn thaw(&self) -> Result<i64, Error> {
        fsfreeze::thaw(self.agent())
    }

    /// Thaws what is frozen, since there will be nobody to ask for it. From here on nothing is
    /// frozen any more, by a command that still runs.
    ///
    /// Whatever hangs, this comes to an end, so that the process does.
    pub fn end(&self) {
        let agent = self.agent().clone();
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
    let agent = &server.0;
    if agent.policy.allows(&agent.client, command) {
        return Ok(());
    }
    agent.note(|facts| facts.rule = agent.policy.refuser(&agent.client, command));
    Err(Policy::refusal(command))
}

impl Service for Gate {
    fn commands(&self) -> &'static [CommandInfo] {
        self.0.commands()
    }

    fn call(&mut self, call: Call<'_>) -> Result<Outcome, Error> {
        let agent = self.agent();
        let Some(entry) = agent.audit.begin(&call, &agent.client) else {
            return self.0.call(call);
        };
        // Nothing is left of a command that has panicked.
        agent.take_facts();
        let result = self.0.call(call);
        entry.end(&result, self.agent().take_facts());
        result
    }

    fn uploads(&self) -> &'static [UploadInfo] {
        self.0.uploads()
    }

    fn upload(&mut self, opening: &Opening<'_>) -> Option<Box<dyn Upload>> {
        self.0.upload(opening)
    }
}
