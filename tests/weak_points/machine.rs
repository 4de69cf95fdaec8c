//! A machine that consists of files, so that nothing of the real one can be seen or touched.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;

use qga_server::channel::memory::Memory;
use qga_server::{Agent, ChannelSettings, Gate, Root, Settings, run};
use serde_json::{Value, json};
use tempfile::TempDir;

/// A directory that stands in for `/`, and an agent that sees it.
pub(crate) struct Machine {
    gate: Gate,
    root: PathBuf,
    dir: TempDir,
}

impl Machine {
    /// A machine with nothing.
    pub(crate) fn new() -> Self {
        let dir = tempfile::tempdir().expect("a directory");
        fs::create_dir(dir.path().join("root")).expect("a fresh directory");
        let root = dir.path().join("root");
        Self::at(dir, root)
    }

    /// One of the captured machines of the agent.
    pub(crate) fn captured(name: &str) -> Self {
        let root = qapi_tests::need::workspace().join("qga-server/tests/roots");
        let dir = tempfile::tempdir().expect("a directory");
        Self::at(dir, root.join(name))
    }

    fn at(dir: TempDir, root: PathBuf) -> Self {
        let settings = Settings {
            channel: ChannelSettings::UnixListen("unused".into()),
            more_channels: Vec::new(),
            state_dir: dir.path().into(),
            verbose: false,
            fsfreeze_hook: None,
            hook_timeout: None,
            freeze_timeout: None,
            guard: None,
            allow: Vec::new(),
            block: Vec::new(),
            policy_dir: None,
            audit: None,
            retry_path: false,
            root: Root::new(&root),
            os_release: None,
            time_zone: None,
        };
        let gate = Gate::new(Agent::start(&settings).expect("a fresh state"));
        Self { gate, root, dir }
    }

    /// A file of the machine.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.root.join(name)
    }

    /// Makes a directory.
    pub(crate) fn directory(&self, name: &str) {
        fs::create_dir_all(self.path(name)).expect("a directory of ours");
    }

    /// Makes a file.
    pub(crate) fn file(&self, name: &str, content: impl AsRef<[u8]>) {
        let path = self.path(name);
        assert!(
            path.starts_with(self.dir.path()),
            "captured machines stay as they are"
        );
        let parent = path.parent().expect("it is below");
        fs::create_dir_all(parent).expect("a directory of ours");
        fs::write(path, content).expect("a file of ours");
    }

    /// Makes a program of a line for a shell.
    pub(crate) fn program(&self, name: &str, line: &str) {
        self.file(name, format!("#!/bin/sh\n{line}\n"));
        fs::set_permissions(self.path(name), Permissions::from_mode(0o755))
            .expect("a file of ours");
    }

    /// The reply to a command.
    pub(crate) fn call(&mut self, command: &str, arguments: Value) -> Value {
        let request = json!({"execute": command, "arguments": arguments}).to_string();
        let (channel, answers) = Memory::new([request.as_bytes()]);
        run(vec![Box::new(channel)], &self.gate).expect("memory cannot fail");
        let reply = answers.get().concat();
        serde_json::from_slice(&reply).unwrap_or_else(|_| panic!("{}", reply.escape_ascii()))
    }
}
