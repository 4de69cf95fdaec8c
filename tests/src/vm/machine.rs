use std::fs;
use std::os::unix::net::UnixStream;
use std::path::PathBuf;

use qapi_runtime::client::{self, Mark, Options, Qmp};
use qga_types::GuestAgentClient;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::Door;
use crate::{PATIENCE, Qemu, Wire};

/// A client of the agent in the machine.
pub type Client = GuestAgentClient<client::Agent<UnixStream>>;

/// A running machine; it ends when this is dropped.
#[derive(Debug)]
pub struct Vm {
    /// Its monitor.
    pub qmp: Qmp,
    /// The way in beside the agent.
    pub door: Door,
    qemu: Qemu,
    directory: TempDir,
}

impl Vm {
    pub(super) fn new(qemu: Qemu, directory: TempDir) -> Self {
        let socket = qemu.socket();
        let mut options = Options::new();
        options.timeout(PATIENCE);
        let qmp = Qmp::connect_with(move || UnixStream::connect(&socket), &options);
        let door = Door::new(&directory.path().join("door")).expect("QEMU listens");
        let mut vm = Self {
            qmp: qmp.expect("QEMU greets and negotiates"),
            door,
            qemu,
            directory,
        };
        vm.command("cont", json!({}));
        vm.wait_until_booted();
        vm
    }

    /// Waits until it has booted, for the first time or once more.
    ///
    /// # Panics
    /// It does not; the message holds what it said.
    pub fn wait_until_booted(&mut self) {
        if let Err(error) = self.door.wait_until_open() {
            panic!("the machine does not boot: {error}\n{}", self.console());
        }
    }

    /// The socket that leads to the agent.
    pub fn agent_socket(&self) -> PathBuf {
        self.directory.path().join("agent")
    }

    /// A connection to a [port](super::Setup::port) beside that of the agent, in raw bytes.
    ///
    /// # Panics
    /// There is none of that name.
    pub fn port(&self, name: &str) -> Wire {
        Wire::connect(&self.directory.path().join(name)).expect("QEMU listens")
    }

    /// A client of the agent, in step with it.
    ///
    /// # Panics
    /// The agent does not answer; the message holds what the machine said.
    #[track_caller]
    pub fn agent(&self) -> Client {
        let stream = UnixStream::connect(self.agent_socket()).expect("QEMU listens");
        let timeout = stream.set_read_timeout(Some(PATIENCE));
        timeout.expect("it is a time");
        let mut client = GuestAgentClient::over(stream);
        if let Err(error) = client.client().resynchronize() {
            panic!("the agent does not answer: {error}\n{}", self.console());
        }
        client
    }

    /// A connection to the agent, in raw bytes.
    ///
    /// # Panics
    /// QEMU is gone.
    pub fn wire(&self) -> Wire {
        Wire::connect(&self.agent_socket()).expect("QEMU listens")
    }

    /// What a command of the monitor returns.
    ///
    /// # Panics
    /// It fails.
    #[track_caller]
    pub fn command(&self, name: &str, arguments: Value) -> Value {
        match self.qmp.execute(name, &arguments) {
            Ok(value) => value,
            Err(error) => panic!("`{name}` fails: {error}"),
        }
    }

    /// Waits for the next event of that name since `mark`, and gives its data.
    ///
    /// # Panics
    /// It does not come; the message holds what the machine said.
    #[track_caller]
    pub fn event(&self, mark: Mark, name: &str) -> Value {
        match self.qmp.wait_for(mark, |event| event.name == name) {
            Ok(event) => Value::Object(event.data),
            Err(error) => panic!("no {name}: {error}\n{}", self.console()),
        }
    }

    /// Everything that the machine has printed.
    pub fn console(&self) -> String {
        let bytes = fs::read(self.directory.path().join("console")).unwrap_or_default();
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// The process of QEMU and its directory, to wait for its end.
    pub fn qemu(&mut self) -> &mut Qemu {
        &mut self.qemu
    }
}
