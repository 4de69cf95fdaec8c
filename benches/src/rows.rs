//! The rows of the table.

use crate::measure::Measure;
use crate::{agent, codegen, language};

/// All rows, in the order of the table.
pub(crate) fn all() -> impl Iterator<Item = &'static Measure> {
    let groups = [agent::MEASURES, language::MEASURES, codegen::MEASURES];
    groups.into_iter().flatten()
}
