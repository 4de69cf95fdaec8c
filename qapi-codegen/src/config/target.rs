//! Settings for where generated code goes.

use std::fs;
use std::path::{Path, PathBuf};

use super::Config;
use crate::{Difference, Error, cargo, output};

/// Where generated code goes.
#[derive(Debug, Clone)]
pub(super) enum Target {
    /// To `OUT_DIR`, under this name or else that of the schema.
    OutDir(Option<String>),
    /// To a file.
    File(PathBuf),
    /// Nowhere; it is compared with a file.
    Check(PathBuf),
}

impl Config {
    /// The name of the generated file in `OUT_DIR`, without `.rs`. Default:
    /// that of the schema, also without its extension.
    pub fn module(&mut self, name: &str) -> &mut Self {
        self.target = Target::OutDir(Some(name.to_owned()));
        self
    }

    /// Writes the generated code to this file instead of one in `OUT_DIR`, for
    /// code that is committed. This works outside of build scripts as well.
    /// Default: a file in `OUT_DIR`.
    pub fn file(&mut self, path: impl AsRef<Path>) -> &mut Self {
        self.target = Target::File(path.as_ref().to_owned());
        self
    }

    /// Compares the generated code with this file instead of writing any, for
    /// code that is committed: a difference is an error. Line endings do not
    /// matter; the formatter should leave the file alone, to which
    /// `#[rustfmt::skip]` before its `mod` tells it. Default: nothing is compared.
    ///
    /// A test may check, and write when it is told to:
    ///
    /// ```no_run
    /// let mut config = qapi_codegen::Config::new();
    /// config.service("Greenhouse");
    /// match std::env::var_os("UPDATE") {
    ///     None => config.check("src/generated.rs"),
    ///     Some(_) => config.file("src/generated.rs"),
    /// };
    /// config.generate("greenhouse.json")?;
    /// # Ok::<(), qapi_codegen::Error>(())
    /// ```
    pub fn check(&mut self, path: impl AsRef<Path>) -> &mut Self {
        self.target = Target::Check(path.as_ref().to_owned());
        self
    }
}

impl Target {
    /// The path of the file, for code from the schema in another one.
    ///
    /// # Errors
    /// It is in `OUT_DIR`, and this is no build script.
    pub(super) fn path(&self, schema: &Path) -> Result<PathBuf, Error> {
        match self {
            Self::OutDir(name) => {
                let directory = cargo::out_dir().ok_or(Error::OutDir)?;
                Ok(directory.join(file_name(name.as_deref(), schema)))
            }
            Self::File(path) | Self::Check(path) => Ok(path.clone()),
        }
    }

    /// Brings the code to its place, or compares it.
    ///
    /// # Errors
    /// The file cannot be written, or read, or is another.
    pub(super) fn accept(&self, path: PathBuf, text: &str) -> Result<(), Error> {
        match self {
            Self::OutDir(_) | Self::File(_) => output::write_if_changed(&path, text)
                .map_err(|source| Error::Write { path, source }),
            Self::Check(_) => {
                cargo::rerun_if_changed(&path);
                match fs::read(&path) {
                    Ok(old) => compare(path, &String::from_utf8_lossy(&old), text),
                    Err(source) => Err(Error::Check { path, source }),
                }
            }
        }
    }
}

fn compare(path: PathBuf, committed: &str, generated: &str) -> Result<(), Error> {
    match Difference::first(committed, generated) {
        None => Ok(()),
        Some(difference) => Err(Error::Outdated { path, difference }),
    }
}

fn file_name(name: Option<&str>, schema: &Path) -> PathBuf {
    let stem = schema.file_stem().unwrap_or_default();
    let mut name = name.map_or_else(|| stem.to_owned(), Into::into);
    name.push(".rs");
    name.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_is_named_for_the_schema() {
        let schema = Path::new("../schema/qga-10.2.json");
        assert_eq!(file_name(None, schema), Path::new("qga-10.2.rs"));
        assert_eq!(file_name(Some("qga"), schema), Path::new("qga.rs"));
    }

    #[test]
    fn code_is_compared_where_it_is_to_be_checked() {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let path = directory.path().join("x.rs");
        let target = Target::Check(path.clone());
        let accept = |text| {
            target
                .accept(path.clone(), text)
                .map_err(|it| it.to_string())
        };
        let missing = accept("a\n").expect_err("there is no file");
        assert!(missing.starts_with("cannot compare with"), "{missing}");
        fs::write(&path, "a\r\nb\r\n").expect("it is ours");
        assert_eq!(accept("a\nb\n"), Ok(()));
        let other = accept("a\nc\n").expect_err("it differs");
        assert!(other.ends_with("line 2:\n- b\n+ c"), "{other}");
        assert_eq!(fs::read(&path).expect("it is there"), b"a\r\nb\r\n");
    }
}
