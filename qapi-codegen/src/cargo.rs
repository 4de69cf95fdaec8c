//! The only place that knows Cargo.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::{env, fmt};

use qapi_parser::{DiskReader, FileReader};

/// Where Cargo wants generated files.
pub(crate) fn out_dir() -> Option<PathBuf> {
    env::var_os("OUT_DIR").map(PathBuf::from)
}

/// Reads files and asks Cargo to run the build script again when one changes.
///
/// It asks before it reads: a file that is missing now may be there next time,
/// and a schema with a mistake is read up to the mistake only.
pub(crate) struct WatchingReader<W>(pub(crate) W);

impl<W: Fn(&Path)> FileReader for WatchingReader<W> {
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        self.0(path);
        DiskReader.read(path)
    }
}

/// Says something to Cargo, if it is listening.
fn tell(instruction: fmt::Arguments<'_>) {
    if out_dir().is_some() {
        // A closed pipe means that Cargo is gone, and with it the reader of any error.
        let _ = writeln!(io::stdout(), "cargo::{instruction}");
    }
}

/// Tells Cargo that code asks for `cfg(name)`, so that the compiler does not take it for a mistake.
pub(crate) fn check_cfg(name: &str) {
    tell(format_args!("rustc-check-cfg=cfg({name})"));
}

/// Tells Cargo to run the build script again when a file changes.
pub(crate) fn rerun_if_changed(path: &Path) {
    tell(format_args!("rerun-if-changed={}", path.display()));
}
