//! The two agents.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::{panic, thread};

use qapi_tests::{Agent, Setup, need};
use rustix::fs::{CWD, FileType, Mode, mknodat};

use crate::compare::Comparison;

/// The agent to compare with the C one.
pub(crate) fn ours() -> PathBuf {
    need::our_agent(env!("CARGO_BIN_EXE_agent-under-test"))
}

/// The C agent and its version.
pub(crate) struct Theirs {
    program: PathBuf,
    version: String,
}

impl Theirs {
    /// Looks for it; says where it is not there.
    pub(crate) fn find() -> Option<Self> {
        let program = need::c_agent()?;
        let version = need::version(&program)?;
        Some(Self { program, version })
    }

    /// A comparison with it, of nothing yet.
    pub(crate) fn comparison(&self) -> Comparison {
        Comparison::new(&self.version)
    }

    /// Runs the same on both agents, at the same time: theirs, then ours.
    pub(crate) fn both<T: Send>(&self, run: impl Fn(&Path) -> T + Sync) -> (T, T) {
        thread::scope(|scope| {
            let theirs = scope.spawn(|| run(&self.program));
            let ours = run(&ours());
            (
                theirs
                    .join()
                    .unwrap_or_else(|panic| panic::resume_unwind(panic)),
                ours,
            )
        })
    }
}

/// Starts an agent in a home with something of every kind to open and to execute.
pub(crate) fn furnished(program: &Path) -> Agent {
    let mut setup = Setup::new(program);
    setup
        .file("greeting", "Hello, world!")
        .file("other", "hello other file")
        .file("long", &"0123456789".repeat(2000));
    setup
        .file("our-script", "#!/bin/sh\necho \"$0: $1\"\n")
        .file("plain-script", "echo \"$0: $1\"\n");
    setup
        .file("empty-script", "")
        .file("lost-interpreter", "#!/absent/interpreter\n");
    let agent = setup.start();
    let home = agent.home();
    for script in [
        "our-script",
        "plain-script",
        "empty-script",
        "lost-interpreter",
    ] {
        fs::set_permissions(home.join(script), fs::Permissions::from_mode(0o755))
            .expect("a file of ours");
    }
    fs::create_dir(home.join("directory")).expect("a fresh directory");
    for (name, target) in [
        ("dangling", "absent"),
        ("link", "greeting"),
        ("loop", "loop"),
    ] {
        symlink(target, home.join(name)).expect("a fresh link");
    }
    mknodat(
        CWD,
        home.join("pipe"),
        FileType::Fifo,
        Mode::from_raw_mode(0o600),
        0,
    )
    .expect("a fresh pipe");
    agent
}
