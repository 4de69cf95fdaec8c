//! The schema to measure with.

use std::error::Error;
use std::path::{Path, PathBuf};

use qapi_parser::{Checked, Dialect, Loader, Schema};

use crate::table::Goal;

/// A schema and how to read it.
#[derive(Debug)]
pub(crate) struct Subject {
    pub(crate) path: PathBuf,
    /// The stricter dialect, unless the schema is too old for it.
    pub(crate) dialect: Dialect,
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
        Ok(Self { path, dialect })
    }

    /// A goal for the machine protocol, where this is that.
    pub(crate) fn goal(&self, most: f64) -> Goal {
        match self
            .load()
            .is_ok_and(|schema| schema.find("guest-sync").is_none())
        {
            true => Goal::AtMost(most),
            false => Goal::None,
        }
    }

    /// Reads and checks it.
    pub(crate) fn load(&self) -> Result<Checked<Schema>, qapi_parser::Error> {
        Loader::new().dialect(self.dialect).load(&self.path)
    }
}

/// The root of this workspace.
pub(crate) fn workspace() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the package stands in a workspace")
}
