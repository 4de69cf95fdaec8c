//! The schemas of releases in a folder: each a file `10.2.json` or `qga-10.2.json`, or a folder `10.2` with the schema of
//! the machine protocol in it.

use std::path::{Path, PathBuf};

use qapi_parser::{Checked, Dialect, Loader, Schema, Version};

/// The roots of all releases, each with its version, in order.
pub(crate) fn roots(folder: &Path) -> Vec<(Version, PathBuf)> {
    let entries = folder.read_dir().expect("the folder can be read");
    let paths = entries.map(|entry| entry.expect("and listed").path());
    let mut roots: Vec<_> = paths
        .filter_map(|path| Some((version(&path)?, root(path))))
        .collect();
    roots.sort();
    roots
}

/// What a path is named after.
fn version(path: &Path) -> Option<Version> {
    let name = path.file_name()?.to_str()?;
    let name = name.strip_suffix(".json").unwrap_or(name);
    name.rsplit('-').next()?.parse().ok()
}

/// The file that includes the others.
fn root(release: PathBuf) -> PathBuf {
    let inside = ["qapi/qapi-schema.json", "qapi-schema.json"].map(|name| release.join(name));
    let found = inside.into_iter().find(|path| path.exists());
    found.unwrap_or(release)
}

/// The schema in a file, whatever its age.
pub(crate) fn load(root: &Path) -> Checked<Schema> {
    let mut loader = Loader::new();
    let loaded = loader.dialect(Dialect::Historical).load(root);
    loaded.unwrap_or_else(|error| panic!("{error}"))
}
