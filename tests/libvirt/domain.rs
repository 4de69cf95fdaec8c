//! The machine, as libvirt runs it.

use std::fs;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Instant;

use qapi_tests::PATIENCE;
use qapi_tests::vm::{self, Door};
use serde_json::Value;

use crate::host::{BETWEEN_LOOKS, Host};

/// Its name for libvirt.
pub(crate) const NAME: &str = "guest";

/// What it is made of; what stands in capitals is put in.
const DESCRIPTION: &str = include_str!("domain.xml");

/// A machine whose agent libvirt talks to; it ends when this is dropped.
pub(crate) struct Domain {
    /// The way in beside the agent.
    pub(crate) door: Door,
    /// The libvirt that runs it.
    pub(crate) host: Host,
    /// Held as long as there is a machine, for one is enough to do for the processors of this one.
    _alone: MutexGuard<'static, ()>,
}

static ALONE: Mutex<()> = Mutex::new(());

impl Domain {
    /// Boots it and waits until its agent answers; none where something is missing that it takes.
    pub(crate) fn boot() -> Option<Self> {
        let image = vm::image(Path::new(env!("CARGO_TARGET_TMPDIR")))?;
        let alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
        let host = Host::start()?;
        let files = [
            ("KERNEL", host.take(&image.kernel, "kernel")),
            ("INITRAMFS", host.take(&image.initramfs, "initramfs")),
            ("DISK", host.take(&image.disk, "disk")),
            ("CONSOLE", host.path("console")),
            ("DOOR", host.path("door")),
        ];
        let mut description = DESCRIPTION.to_owned();
        for (word, path) in files {
            description = description.replace(word, &path.display().to_string());
        }
        // The second processor waits to be wanted: two that boot on an emulator with little time may lose their timers.
        let words = image.words("-m virtio-serial") + " maxcpus=1";
        let description = description.replace("WORDS", &words);
        let description = host.write("domain.xml", &description);
        let description = description.to_str().expect("temporary paths are text");
        for words in [&["define", description][..], &["start", NAME]] {
            if let Err(error) = host.try_virsh(words) {
                panic!("{words:?}: {error}\n{}", host.said());
            }
        }
        let door = Door::new(&host.path("door")).expect("QEMU listens");
        let mut domain = Self {
            door,
            host,
            _alone: alone,
        };
        domain.wait_until_booted();
        Some(domain)
    }

    /// Waits until it has booted, for the first time or once more, and its agent answers.
    pub(crate) fn wait_until_booted(&mut self) {
        if let Err(error) = self.door.wait_until_open() {
            panic!("the machine does not boot: {error}\n{}", self.console());
        }
        self.wait_until_the_agent_answers();
    }

    /// Waits until libvirt knows that the agent is there.
    pub(crate) fn wait_until_the_agent_answers(&self) {
        let ping = r#"{"execute":"guest-ping"}"#;
        self.wait_for(|domain| {
            domain
                .try_virsh(&["qemu-agent-command", NAME, ping])
                .is_ok()
        });
    }

    /// Waits until libvirt says that this is the state of the machine.
    pub(crate) fn wait_until(&self, state: &str) {
        self.wait_for(|domain| domain.virsh(&["domstate", NAME]) == state);
    }

    fn wait_for(&self, is_so: impl Fn(&Self) -> bool) {
        let deadline = Instant::now() + PATIENCE;
        while !is_so(self) {
            let state = || self.virsh(&["domstate", NAME, "--reason"]);
            assert!(Instant::now() < deadline, "{}\n{}", state(), self.console());
            thread::sleep(BETWEEN_LOOKS);
        }
    }

    /// What `virsh` prints.
    #[track_caller]
    pub(crate) fn virsh(&self, args: &[&str]) -> String {
        match self.try_virsh(args) {
            Ok(text) => text,
            Err(error) => panic!("{args:?}: {error}\n{}", self.console()),
        }
    }

    /// What `virsh` prints, or why it fails.
    pub(crate) fn try_virsh(&self, args: &[&str]) -> Result<String, String> {
        self.host.try_virsh(args)
    }

    /// What the agent returns to a command that libvirt only passes on.
    #[track_caller]
    pub(crate) fn returned(&self, command: &str) -> Value {
        let request = format!("{{\"execute\": \"{command}\"}}");
        let text = self.virsh(&["qemu-agent-command", NAME, &request]);
        let mut reply: Value = serde_json::from_str(&text).expect("a reply is JSON");
        reply["return"].take()
    }

    /// Everything that the machine has printed.
    pub(crate) fn console(&self) -> String {
        fs::read_to_string(self.host.path("console")).unwrap_or_default()
    }
}
