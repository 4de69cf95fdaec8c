//! Schemas by version.

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::{fs, iter, thread};

use qapi_parser::{Checked, Dialect, Schema};

use crate::failure::Failure;
use crate::input::{self, Input};
use crate::output::count;
use crate::version;

/// A schema and what its version is called.
#[derive(Debug)]
pub(crate) struct Release {
    /// The name.
    pub(crate) version: String,
    /// The schema.
    pub(crate) input: Input,
}

/// The releases that were named on the command line, the oldest first.
///
/// A folder that is no schema itself stands for the schemas in it. With `names`, these are what the versions are called,
/// in the order of the inputs; otherwise the paths tell, and the order is that of the versions.
///
/// # Errors
/// There is none, or names are missing or the same.
pub(crate) fn releases(inputs: &[Input], names: &[String]) -> Result<Vec<Release>, Failure> {
    input::read_stdin_once(inputs)?;
    let mut inputs_found = Vec::new();
    for input in inputs {
        match input.folder() {
            Some(folder) => inputs_found.extend(in_folder(folder)?),
            None => inputs_found.push(input.clone()),
        }
    }
    let mut releases = match names {
        [] => named_by_path(inputs_found),
        names => named(inputs_found, names)?,
    };
    if names.is_empty()
        && releases
            .iter()
            .all(|release| release.input.version().is_some())
    {
        releases.sort_by(|left, right| version::compare(&left.version, &right.version));
    }
    check_names(&releases)?;
    Ok(releases)
}

/// The schemas in a folder whose names tell a version.
fn in_folder(folder: &Path) -> Result<Vec<Input>, Failure> {
    let unreadable = |error| Failure::file("read", folder, &error);
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        let input = Input::from(path.clone());
        let is_schema = match path.is_dir() {
            true => input.folder().is_none(),
            false => path.extension().is_some_and(|it| it == "json"),
        };
        if is_schema && version::of_file(&path).is_some() {
            found.push(input);
        }
    }
    // For versions that are equal but for their spelling, the order of the folder would decide.
    found.sort_by_key(Input::root);
    if found.is_empty() {
        let folder = folder.display();
        return Err(Failure::new(format!("no schema in `{folder}` has a version in its name"))
            .help("a schema is a file such as `qga-10.2.json`, or a folder such as `10.2` with `qapi/qapi-schema.json`"));
    }
    Ok(found)
}

/// Reads the schemas, as many at a time as there are processors, in the language of any release.
///
/// # Errors
/// One cannot be read, or breaks a rule of the language; the first one is told.
pub(crate) fn load(releases: &[Release]) -> Result<Vec<Checked<Schema>>, Failure> {
    let workers = thread::available_parallelism().map_or(1, usize::from);
    let next = AtomicUsize::new(0);
    let take = || {
        let index = next.fetch_add(1, Ordering::Relaxed);
        Some((index, releases.get(index)?))
    };
    let load =
        |(index, release): (usize, &Release)| (index, release.input.load(Dialect::Historical));
    let work = || iter::from_fn(take).map(load).collect::<Vec<_>>();
    let mut loaded: Vec<_> = thread::scope(|scope| {
        let threads: Vec<_> = (0..workers).map(|_| scope.spawn(work)).collect();
        let done = threads
            .into_iter()
            .flat_map(|it| it.join().expect("the loader does not panic"));
        done.collect()
    });
    loaded.sort_by_key(|(index, _)| *index);
    let schemas = loaded
        .into_iter()
        .map(|(_, schema)| schema.map_err(Failure::from));
    schemas.collect()
}

fn named_by_path(inputs: Vec<Input>) -> Vec<Release> {
    let release = |input: Input| Release {
        version: input.version().unwrap_or_else(|| input.stem()),
        input,
    };
    inputs.into_iter().map(release).collect()
}

fn named(inputs: Vec<Input>, names: &[String]) -> Result<Vec<Release>, Failure> {
    if names.len() != inputs.len() {
        let (names, schemas) = (count(names.len(), "name"), count(inputs.len(), "schema"));
        return Err(Failure::new(format!("`--as` gives {names} to {schemas}")));
    }
    let release = |(input, name): (Input, &String)| Release {
        version: name.clone(),
        input,
    };
    Ok(inputs.into_iter().zip(names).map(release).collect())
}

fn check_names(releases: &[Release]) -> Result<(), Failure> {
    for (index, release) in releases.iter().enumerate() {
        let name = &release.version;
        if let Some(earlier) = releases[..index]
            .iter()
            .find(|earlier| earlier.version == *name)
        {
            let (one, other) = (&earlier.input, &release.input);
            return Err(
                Failure::new(format!("`{one}` and `{other}` are both called {name}"))
                    .help("`--as` gives them names"),
            );
        }
    }
    Ok(())
}
