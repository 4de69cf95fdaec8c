//! What can be measured.

use std::error::Error;

use crate::context::Context;
use crate::table::Row;

/// How a row is measured.
type Run = fn(&Context) -> Result<Row, Box<dyn Error>>;

/// One row of the table, before it is measured.
#[derive(Debug)]
pub(crate) struct Measure {
    /// The group and the row, such as `agent/ping`.
    pub(crate) name: &'static str,
    /// Whether it belongs to the quick half: its ratio is much the same on any machine, and takes a few seconds.
    pub(crate) is_quick: bool,
    run: Run,
}

impl Measure {
    pub(crate) const fn quick(name: &'static str, run: Run) -> Self {
        Self {
            name,
            is_quick: true,
            run,
        }
    }

    pub(crate) const fn slow(name: &'static str, run: Run) -> Self {
        Self {
            name,
            is_quick: false,
            run,
        }
    }

    /// Measures the row.
    pub(crate) fn row(&self, context: &Context) -> Result<Row, Box<dyn Error>> {
        (self.run)(context).map_err(|error| format!("{}: {error}", self.name).into())
    }
}
