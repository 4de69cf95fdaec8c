//! The schema to measure with.

use std::error::Error;
use std::path::{Path, PathBuf};

use qapi_parser::{Checked, Definition, DefinitionKind, Dialect, Loader, Schema};

/// A schema and how to read it.
pub(crate) struct Subject {
    pub(crate) path: PathBuf,
    /// The stricter dialect, unless the schema is too old for it.
    pub(crate) dialect: Dialect,
    /// The commands, by name.
    commands: Vec<String>,
}

impl Subject {
    /// The schema that the environment names, relative to where the command is run.
    pub(crate) fn of_environment() -> Result<Self, Box<dyn Error>> {
        let own = || workspace().join("schema/qga-10.2.json");
        let path = std::env::var_os("QAPI_BENCH_SCHEMA").map_or_else(own, PathBuf::from);
        let path = path
            .canonicalize()
            .map_err(|error| format!("{}: {error}", path.display()))?;
        let dialect = match qapi_parser::load(&path) {
            Ok(_) => Dialect::Current,
            Err(_) => Dialect::Historical,
        };
        let commands = Vec::new();
        let mut subject = Self {
            path,
            dialect,
            commands,
        };
        let schema = subject.load()?;
        let definitions = schema.definitions().map(|(_, definition)| definition);
        subject.commands = definitions.filter_map(command).collect();
        Ok(subject)
    }

    /// Reads and checks it.
    pub(crate) fn load(&self) -> Result<Checked<Schema>, qapi_parser::Error> {
        Loader::new().dialect(self.dialect).load(&self.path)
    }

    /// Whether it has the command `name`.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.commands.iter().any(|command| command == name)
    }
}

fn command(definition: &Definition) -> Option<String> {
    let is_command = matches!(definition.kind, DefinitionKind::Command(_));
    is_command.then(|| definition.name.text.to_string())
}

/// The root of this workspace.
pub(crate) fn workspace() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the package stands in a workspace")
}
