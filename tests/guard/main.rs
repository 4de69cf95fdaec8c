//! A freeze always ends: with the agent, with its time, and with whatever else goes wrong.
//!
//! All of it happens on an island, whose file systems are images of its own.

mod ending;
mod order;

use std::fs;
use std::os::fd::AsRawFd;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process;
use std::thread;
use std::time::{Duration, Instant};

use qapi_tests::{Agent, Setup, need};
use rustix::process::Pid;
use serde_json::json;

/// How long what has to happen at once may take on a machine that is busy.
const MOMENT: Duration = Duration::from_secs(10);

fn setup() -> Option<Setup> {
    need::island()?;
    Some(Setup::new(need::our_agent(env!(
        "CARGO_BIN_EXE_agent-under-test"
    ))))
}

/// The island of an agent, which stays while this does, whatever becomes of the agent.
struct Island(fs::File);

impl Island {
    fn of(agent: &Agent) -> Self {
        Self(fs::File::open(agent.island()).expect("a directory"))
    }

    fn path(&self, name: &str) -> PathBuf {
        // For programs that the test starts, too.
        let (test, fd) = (process::id(), self.0.as_raw_fd());
        Path::new(&format!("/proc/{test}/fd/{fd}")).join(name)
    }

    /// What the hook has heard so far.
    fn heard(&self) -> String {
        fs::read_to_string(self.path("run/heard")).unwrap_or_default()
    }

    fn is_marked(&self) -> bool {
        self.path("run/qga.state.isfrozen").exists()
    }

    /// Writes to each of the file systems, which does not end while one is frozen.
    fn write(&self) {
        for name in ["ext4/file", "xfs/file", "btrfs/file"] {
            let mut options = fs::OpenOptions::new();
            let file = options.write(true).create(true).mode(0o600);
            file.open(self.path(name)).expect("room for a file");
        }
    }
}

/// Waits for what has to come.
#[track_caller]
fn wait_for(what: &str, is_there: impl Fn() -> bool) {
    let deadline = Instant::now() + MOMENT;
    while !is_there() {
        assert!(Instant::now() < deadline, "{what} does not come");
        thread::sleep(Duration::from_millis(1));
    }
}

/// The guard of an agent, if it has one.
fn guard(agent: &Agent) -> Option<Pid> {
    let tasks = format!("/proc/{}/task", agent.process().as_raw_nonzero());
    let children = fs::read_dir(tasks).ok()?.flatten().filter_map(|task| {
        let children = fs::read_to_string(task.path().join("children")).ok()?;
        Some(
            children
                .split_whitespace()
                .map(str::to_owned)
                .collect::<Vec<_>>(),
        )
    });
    let is_guard = |pid: &String| {
        fs::read_to_string(format!("/proc/{pid}/comm")).is_ok_and(|name| name == "qga-guard\n")
    };
    let pid = children.flatten().find(is_guard)?;
    Pid::from_raw(pid.parse().ok()?)
}

/// Freezes the three file systems of the island.
#[track_caller]
fn freeze(agent: &Agent) {
    let reply = agent.connect().call("guest-fsfreeze-freeze", json!({}));
    assert_eq!(reply["return"], 3, "{reply}");
}

/// What the agent says of itself.
fn status(agent: &Agent) -> String {
    let reply = agent.connect().call("guest-fsfreeze-status", json!({}));
    reply["return"].as_str().expect("a word").to_owned()
}
