//! Diagnostics as plain text.

use std::fmt;

use super::Diagnostic;
use crate::source::SourceMap;

/// Writes all diagnostics, a blank line between two.
pub(super) fn report(
    f: &mut fmt::Formatter<'_>,
    diagnostics: &[Diagnostic],
    _sources: &SourceMap,
) -> fmt::Result {
    for diagnostic in diagnostics {
        writeln!(f, "error: {}", diagnostic.message)?;
    }
    Ok(())
}
