//! What reads and compares schemas.
//!
//! There is no peer for it: a goal is one for the machine protocol of QEMU 10.2 and its releases, and only said where
//! that is measured. What grows with the input is compared with itself.

mod compare;
mod history;
mod load;

use crate::measure::Measure;

/// The rows of the table, in its order.
pub(crate) const MEASURES: &[Measure] = &[
    Measure::slow("language/load", load::time),
    Measure::slow("language/load-heap", load::heap),
    Measure::quick("language/load-growth", load::growth),
    Measure::slow("language/diff", compare::time),
    Measure::quick("language/diff-growth", compare::growth),
    Measure::slow("language/history", history::time),
    Measure::slow("language/history-memory", history::memory),
    Measure::slow("language/history-page", history::page),
    Measure::quick("language/history-growth", history::growth),
];

/// What the rows mean.
pub(crate) const NOTES: &str = "\
load         a schema is read from its files and checked, in this process. heap: all that is allocated at one time.
diff         `qapi diff` of the two newest releases, from its start to its end.
history      `qapi history --format html` of all releases, in the same way; its largest resident set; its page.
ten times    the work on ten copies of the schema under other names, in memory, in relation to one of them; a history is
             that of the two newest releases.";
