//! What to generate, and the way from a schema to a file.
//!
//! The methods that set something stand in files of their own, by subject.

mod conditions;
mod hooks;
mod host;
mod predicate;
mod select;
mod shape;
mod target;

use std::collections::BTreeMap;
use std::path::Path;

use qapi_parser::{Checked, Dialect, Loader, Schema};

use self::conditions::Word;
use self::target::Target;
use crate::choice::{Docs, Part};
use crate::lower::{self, Options, cond};
use crate::{Error, cargo, emit, output};

/// What to generate from a schema.
///
/// ```no_run
/// qapi_codegen::Config::new()
///     .service("GuestAgent")
///     .conds(["CONFIG_LINUX", "CONFIG_FSFREEZE"])
///     .generate("../schema/qga-10.2.json")?;
/// # Ok::<(), qapi_codegen::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Config {
    options: Options,
    /// What was said about symbols, which is not decided before the files among it are read.
    words: Vec<Word>,
    dialect: Dialect,
    target: Target,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            options: Options {
                service: "Service".to_owned(),
                conds: Default::default(),
                parts: [Part::Types, Part::Server, Part::Client, Part::Events].into(),
                docs: Docs::default(),
                modules: false,
                asynchronous: false,
                commands: None,
                events: None,
                names: Vec::new(),
                derives: Vec::new(),
                attributes: Vec::new(),
                replacements: Vec::new(),
                uploads: Vec::new(),
                optional: Vec::new(),
                delimited: Vec::new(),
            },
            words: Vec::new(),
            dialect: Dialect::Current,
            target: Target::OutDir(None),
        }
    }
}

impl Config {
    /// The defaults, which each method here names.
    pub fn new() -> Self {
        Self::default()
    }

    /// Generates code from the schema at `path`, for the build script of a
    /// crate that depends on `qapi-runtime`.
    ///
    /// The file goes to `OUT_DIR`, or where [`file`](Self::file) says, and is
    /// only touched if it changes; with [`check`](Self::check) it is compared.
    /// Cargo is told every file that was read. A relative `path` starts at the
    /// directory of the crate.
    ///
    /// # Errors
    /// The schema cannot be read or has errors, Rust cannot express it, the
    /// configuration does not fit it, the file goes to `OUT_DIR` and this is not
    /// a build script, or it cannot be written or is not as it should be.
    pub fn generate(&self, path: impl AsRef<Path>) -> Result<(), Error> {
        let path = path.as_ref();
        let target = self.target.path(path)?;
        let schema = self.load(path, cargo::rerun_if_changed)?;
        let options = self.options(&cargo::rerun_if_changed)?;
        for symbol in cond::open_symbols(&schema, &options.conds) {
            cargo::check_cfg(symbol);
        }
        let text = expand(&schema, &options)?;
        self.target.accept(target, &text)
    }

    /// The text that [`generate`](Self::generate) writes, for a schema that is already loaded.
    ///
    /// # Errors
    /// Rust cannot express the schema, or the configuration does not fit it.
    pub fn expand(&self, schema: &Checked<Schema>) -> Result<String, Error> {
        expand(schema, &self.options(&|_| ())?)
    }

    /// What the user decided, checked as far as no schema is needed for that.
    fn options(&self, watch: &dyn Fn(&Path)) -> Result<Options, Error> {
        check_service(&self.options.service)?;
        check_predicates(self.options.conds.predicates())?;
        let conds = self.conds_of_build(watch)?;
        Ok(Options {
            conds,
            ..self.options.clone()
        })
    }

    fn load(&self, path: &Path, watch: impl Fn(&Path) + 'static) -> Result<Checked<Schema>, Error> {
        let mut loader = Loader::new();
        loader
            .dialect(self.dialect)
            .reader(Box::new(cargo::WatchingReader(watch)));
        loader.load(path).map_err(Error::Schema)
    }
}

fn expand(schema: &Checked<Schema>, options: &Options) -> Result<String, Error> {
    let module = lower::lower(schema, options).map_err(|diagnostics| {
        Error::Schema(qapi_parser::Error::new(
            diagnostics,
            schema.sources().clone(),
        ))
    })?;
    Ok(output::format(&emit::pieces(&module), &schema_name(schema)))
}

fn check_predicates(predicates: &BTreeMap<String, String>) -> Result<(), Error> {
    match predicates
        .iter()
        .find(|(_, text)| !predicate::is_predicate(text))
    {
        None => Ok(()),
        Some((symbol, text)) => Err(Error::Cfg {
            symbol: symbol.clone(),
            predicate: text.clone(),
        }),
    }
}

/// Whether the trait can be called so.
fn check_service(name: &str) -> Result<(), Error> {
    if lower::name::is_service(name) {
        Ok(())
    } else {
        Err(Error::Service(name.to_owned()))
    }
}

/// The name of the root file; not its path, which differs from machine to machine.
fn schema_name(schema: &Schema) -> String {
    let sources = schema.sources();
    let root = sources
        .files()
        .next()
        .and_then(|file| sources.path(file).file_name());
    root.unwrap_or_default().to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::fs;
    use std::rc::Rc;

    use super::*;

    /// The files that a build asks Cargo to watch, by name.
    fn watched(files: &[(&str, &str)]) -> Vec<String> {
        let directory = tempfile::tempdir().expect("a temporary directory");
        for (name, text) in files {
            fs::write(directory.path().join(name), text).expect("it is ours");
        }
        let seen = Rc::new(RefCell::new(Vec::new()));
        let sink = Rc::clone(&seen);
        let root = directory.path().join(files[0].0);
        // Whether the schema is right does not matter here.
        let _ = Config::new().load(&root, move |path: &Path| {
            let name = path
                .file_name()
                .expect("schemas are files")
                .to_string_lossy();
            sink.borrow_mut().push(name.into_owned());
        });
        seen.take()
    }

    #[test]
    fn every_file_of_a_schema_is_watched() {
        let files = [
            (
                "root.json",
                "{ 'include': 'a.json' }\n{ 'include': 'b.json' }",
            ),
            ("a.json", "{ 'include': 'b.json' }"),
            ("b.json", "{ 'enum': 'E', 'data': [ 'x' ] }"),
        ];
        assert_eq!(watched(&files), ["root.json", "a.json", "b.json"]);
    }

    #[test]
    fn a_missing_file_is_watched() {
        assert_eq!(
            watched(&[("root.json", "{ 'include': 'gone.json' }")]),
            ["root.json", "gone.json"]
        );
    }

    #[test]
    fn files_of_a_wrong_schema_are_watched() {
        let files = [
            ("root.json", "{ 'include': 'a.json' }"),
            ("a.json", "{ 'enum' }"),
        ];
        assert_eq!(watched(&files), ["root.json", "a.json"]);
    }

    #[test]
    fn the_service_is_called_like_a_type() {
        assert!(check_service("GuestAgent").is_ok());
        for name in ["guest", "", "Guest Agent", "Self", "2", "Result", "S"] {
            assert!(check_service(name).is_err(), "{name}");
        }
    }
}
