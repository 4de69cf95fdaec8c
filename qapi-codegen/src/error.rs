//! Why no code was generated.

use std::path::PathBuf;
use std::{fmt, io};

use crate::Difference;

/// Why no code was generated.
///
/// `Debug` prints the same text as `Display`, for a schema the report with
/// places and lines, so that a failing `build.rs` is readable however it fails:
/// by `unwrap()` or by returning the error from `main`.
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The schema cannot be read, is wrong, or holds something that Rust cannot.
    #[error("no code can be generated from the schema\n\n{0}")]
    Schema(qapi_parser::Error),
    /// The name for the service is no Rust type name.
    #[error("`{0}` cannot be the name of a trait")]
    Service(String),
    /// A file that tells which symbols are defined cannot be read.
    #[error("cannot read {}, which tells the symbols of the build: {source}", path.display())]
    CondFile {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// What the compiler would be asked for is nothing that it can answer.
    #[error("`#[cfg({predicate})]`, for the condition `{symbol}`, is not Rust")]
    Cfg {
        /// The symbol in the schema.
        symbol: String,
        /// What it was to become.
        predicate: String,
    },
    /// Cargo did not say where generated files go.
    #[error(
        "`OUT_DIR` is not set: outside of a build script, `Config::file` says where the code goes"
    )]
    OutDir,
    /// The committed file that was to be checked cannot be read.
    #[error("cannot compare with {}: {source}", path.display())]
    Check {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// The committed file is not what the schema generates.
    #[error("{} is not what would be generated, from {difference}", path.display())]
    Outdated {
        /// The file.
        path: PathBuf,
        /// Where it differs first.
        difference: Difference,
    },
    /// The generated file cannot be written.
    #[error("cannot write {}: {source}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
