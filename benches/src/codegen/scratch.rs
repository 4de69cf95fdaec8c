//! The scratch workspace.

use std::error::Error;
use std::path::PathBuf;
use std::{fmt, fs};

use qapi_codegen::{Conditions, Config};
use qapi_parser::{Checked, Schema};

use crate::cargo::{Workspace, write_if_changed};
use crate::schema::{self, Subject};

/// The crate with our code.
pub(super) const OURS: &str = "ours";

/// The crate with our code for ten copies of the schema.
pub(super) const TENFOLD: &str = "tenfold";

/// What the peer publishes for the interface at hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Peer {
    /// The machine protocol.
    Machine,
    /// The guest agent.
    Agent,
}

impl Peer {
    /// The one that is nearer to a schema.
    pub(crate) fn of(schema: &Schema) -> Self {
        match schema.find("guest-sync") {
            Some(_) => Self::Agent,
            None => Self::Machine,
        }
    }

    fn feature(self) -> &'static str {
        match self {
            Self::Machine => "qmp",
            Self::Agent => "qga",
        }
    }

    /// The package that holds the generated code.
    pub(crate) fn package(self) -> &'static str {
        match self {
            Self::Machine => "qapi-qmp",
            Self::Agent => "qapi-qga",
        }
    }
}

/// The scratch workspace, with everything compiled that is not measured.
#[derive(Debug)]
pub(crate) struct Scratch {
    pub(super) subject: Subject,
    pub(super) workspace: Workspace,
    pub(super) peer: Peer,
}

impl Scratch {
    /// Writes the workspace and compiles what the measured crates depend on.
    ///
    /// That takes minutes when it is new.
    pub(crate) fn prepare() -> Result<Self, Box<dyn Error>> {
        let subject = Subject::of_environment()?;
        let schema = subject.load()?;
        let peer = Peer::of(&schema);
        let root = directory()?.join(peer.feature());
        let runtime = schema::workspace().join("qapi-runtime");
        let code = generate(&schema)?;
        let our_manifest = format!("qapi-runtime = {{ path = {runtime:?} }}\n");
        let feature = peer.feature();
        let peer_manifest = format!(
            "{OURS} = {{ path = \"../{OURS}\" }}\n\
             qapi-runtime = {{ path = {runtime:?} }}\n\
             qapi = {{ version = \"0.15\", default-features = false, features = [\"{feature}\"] }}\n\
             peer-codegen = {{ package = \"qapi-codegen\", version = \"0.11\" }}\n\
             serde_json = \"1\"\n"
        );
        let both = match peer {
            Peer::Machine => include_str!("../../scratch/machine.rs"),
            Peer::Agent => include_str!("../../scratch/agent.rs"),
        };
        let workspace = format!(
            "[workspace]\nresolver = \"3\"\nmembers = [\"{OURS}\", \"{TENFOLD}\", \"both\"]\n"
        );
        let files = [
            ("Cargo.toml", workspace),
            ("ours/Cargo.toml", manifest(OURS, &our_manifest)),
            ("ours/src/lib.rs", code),
            ("tenfold/Cargo.toml", manifest(TENFOLD, &our_manifest)),
            ("both/Cargo.toml", manifest("both", &peer_manifest)),
            ("both/src/main.rs", both.to_owned()),
        ];
        for (path, text) in files {
            write_if_changed(&root.join(path), &text)?;
        }
        // It is written when it is measured.
        if !root.join("tenfold/src/lib.rs").exists() {
            write_if_changed(&root.join("tenfold/src/lib.rs"), "")?;
        }
        let workspace = Workspace { root };
        workspace.cargo(&["check", "--package", "both"])?;
        workspace.cargo(&["build", "--release", "--package", "both"])?;
        Ok(Self {
            subject,
            workspace,
            peer,
        })
    }

    /// The file with the code of a crate of ours.
    pub(super) fn file(&self, name: &str) -> PathBuf {
        self.workspace.root.join(name).join("src/lib.rs")
    }

    /// The file with the peer's code, where its build script leaves it.
    pub(super) fn peer_file(&self) -> Result<PathBuf, Box<dyn Error>> {
        let package = self.peer.package();
        for entry in fs::read_dir(self.workspace.root.join("target/release/build"))? {
            let file = entry?
                .path()
                .join("out")
                .join(self.peer.feature())
                .with_extension("rs");
            if file.is_file() && file.to_string_lossy().contains(package) {
                return Ok(file);
            }
        }
        Err(format!("{package} has generated nothing").into())
    }
}

impl fmt::Display for Scratch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let schema = match self.peer {
            Peer::Machine => "of the machine protocol",
            Peer::Agent => "of the guest agent",
        };
        let feature = self.peer.feature();
        write!(
            f,
            "The schema is one {schema}; the peer of the generator is the crate qapi 0.15 with the feature {feature}"
        )
    }
}

/// Our code for a schema, with everything in it.
pub(super) fn generate(schema: &Checked<Schema>) -> Result<String, qapi_codegen::Error> {
    let mut config = Config::new();
    config.service("Peer").conditions(Conditions::Keep);
    config.expand(schema)
}

fn manifest(name: &str, dependencies: &str) -> String {
    format!("[package]\nname = \"{name}\"\nedition = \"2024\"\n\n[dependencies]\n{dependencies}")
}

/// Beside this program, which is in the target directory.
fn directory() -> Result<PathBuf, Box<dyn Error>> {
    let program = std::env::current_exe()?;
    let target = program.parent().ok_or("this program is in a folder")?;
    Ok(target.join("qapi-benches-scratch"))
}
