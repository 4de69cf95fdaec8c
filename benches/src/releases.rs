//! The releases to measure with.

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

use qapi_parser::Version;

use crate::schema;
use crate::table::Goal;

/// A folder of schemas, each a file such as `qga-10.2.json`, or a folder `10.2` with the machine protocol in it.
#[derive(Debug)]
pub(crate) struct Releases {
    pub(crate) folder: PathBuf,
    /// Files and folders, the oldest first.
    entries: Vec<PathBuf>,
}

impl Releases {
    /// Those in the folder that the environment names, relative to where the command is run, or those of this project.
    pub(crate) fn of_environment() -> Result<Self, Box<dyn Error>> {
        let own = || schema::workspace().join("schema");
        let folder = std::env::var_os("QAPI_BENCH_RELEASES").map_or_else(own, PathBuf::from);
        let mut entries = Vec::new();
        for entry in fs::read_dir(&folder).map_err(|it| format!("{}: {it}", folder.display()))? {
            let path = entry?.path();
            if let Some(version) = version(&path) {
                entries.push((version, path));
            }
        }
        entries.sort();
        let entries = entries.into_iter().map(|(_, path)| path).collect();
        Ok(Self { folder, entries })
    }

    /// The root files of the two newest, the older one first.
    pub(crate) fn newest(&self) -> Result<[PathBuf; 2], Box<dyn Error>> {
        match &self.entries[..] {
            [.., old, new] => Ok([root(old), root(new)]),
            _ => Err(format!("{} has no two releases", self.folder.display()).into()),
        }
    }

    /// A goal for the releases of the machine protocol, which are folders.
    pub(crate) fn goal(&self, most: f64) -> Goal {
        match self.entries.iter().all(|it| it.is_dir()) {
            true => Goal::AtMost(most),
            false => Goal::None,
        }
    }
}

/// What a path is named after.
fn version(path: &Path) -> Option<Version> {
    let name = path.file_name()?.to_str()?;
    let name = name.strip_suffix(".json").unwrap_or(name);
    name.rsplit('-').next()?.parse().ok()
}

/// The file that includes the others: where QEMU has it since 2.12, and before.
fn root(release: &Path) -> PathBuf {
    let inside = ["qapi/qapi-schema.json", "qapi-schema.json"].map(|name| release.join(name));
    let found = inside.into_iter().find(|path| path.exists());
    found.unwrap_or_else(|| release.to_owned())
}
