//! The cases of QEMU's own test of its agent, 29 in release 10.2, under their names there.
//!
//! That program starts `qga/qemu-ga` below its working directory, gives it an empty directory for everything, waits
//! for the socket and ends the agent with a signal, upon which it has to end well. So do these tests; another build of
//! an agent that passes them can be expected to pass that program, and the other way round.

mod environment;
mod exec;
mod files;
mod policy;
mod protocol;
mod system;

use std::fs;
use std::io;
use std::os::unix::fs::symlink;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use qapi_tests::{PATIENCE, Wire};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use tempfile::TempDir;

use crate::program;

/// The classes of errors.
const BAD_CLASS: &str = "GenericError";
const NOT_FOUND: &str = "CommandNotFound";

/// How long to leave the agent alone between two attempts to connect.
const BETWEEN_ATTEMPTS: Duration = Duration::from_millis(2);

/// An agent as that program starts it, and a connection to it.
struct Fixture {
    directory: TempDir,
    agent: Child,
    wire: Wire,
}

impl Fixture {
    fn new() -> Self {
        Self::with(&[], &[])
    }

    /// One with arguments and environment variables more.
    fn with(args: &[&str], env: &[(&str, &str)]) -> Self {
        let directory = tempfile::tempdir().expect("a directory");
        let place = directory.path();
        fs::create_dir_all(place.join("build/qga")).expect("a fresh directory");
        fs::create_dir(place.join("test")).expect("a fresh directory");
        let qemu_ga = place.join("build/qga/qemu-ga");
        symlink(program(), &qemu_ga).expect("a fresh link");
        let place = place.join("test");
        let mut agent = Command::new(qemu_ga)
            .args(["-m", "unix-listen", "-t"])
            .arg(&place)
            .arg("-p")
            .arg(place.join("sock"))
            .args(args)
            .envs(env.iter().copied())
            .current_dir(&place)
            .stdin(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("the program starts");
        let deadline = Instant::now() + PATIENCE;
        let wire = loop {
            match Wire::connect(&place.join("sock")) {
                Ok(wire) => break wire,
                Err(error) => assert!(
                    matches!(
                        error.kind(),
                        io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused
                    ),
                    "{error}"
                ),
            }
            assert!(matches!(agent.try_wait(), Ok(None)), "the agent has ended");
            assert!(Instant::now() < deadline, "the agent does not listen");
            thread::sleep(BETWEEN_ATTEMPTS);
        };
        Self {
            directory,
            agent,
            wire,
        }
    }

    /// The whole reply to a request, which is written in single quotes there.
    fn ask(&mut self, request: &str) -> Value {
        self.wire.ask(request)
    }

    /// What a command without arguments returns.
    fn returned(&mut self, command: &str) -> Value {
        let mut reply = self.ask(&format!("{{'execute': '{command}'}}"));
        assert!(reply["error"].is_null(), "{command}: {reply}");
        assert!(reply.get("return").is_some(), "{command}: {reply}");
        reply["return"].take()
    }

    /// The class and the description of an error.
    fn error(&mut self, request: &str) -> (String, String) {
        let reply = self.ask(request);
        let text = |member: &str| reply["error"][member].as_str().map(str::to_owned);
        text("class")
            .zip(text("desc"))
            .unwrap_or_else(|| panic!("{request}: {reply}"))
    }
}

impl Drop for Fixture {
    fn drop(&mut self) {
        let pid = Pid::from_child(&self.agent);
        kill_process(pid, Signal::TERM).expect("the process is ours");
        let status = self.agent.wait().expect("the process is ours");
        if !thread::panicking() {
            assert_eq!(status.code(), Some(0), "the agent has to end well");
        }
    }
}

/// Whether an object has all of these members.
fn has(object: &Value, members: &[&str]) -> bool {
    members.iter().all(|member| object.get(member).is_some())
}
