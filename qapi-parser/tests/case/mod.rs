//! How the cases in `ui` are read.

use std::fs;
use std::path::Path;

use qapi_parser::{Checked, Dialect, Error, Loader, Schema};

/// Loads a case, in the dialect that its first line may name.
pub(crate) fn load(case: &Path) -> Result<Checked<Schema>, Error> {
    // One that cannot be read is for the loader to report.
    let text = fs::read(case).unwrap_or_default();
    let historical = text.starts_with(b"# dialect: historical\n");
    let dialect = if historical {
        Dialect::Historical
    } else {
        Dialect::Current
    };
    Loader::new().dialect(dialect).load(case)
}
