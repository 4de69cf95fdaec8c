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
    Measure {
        name: "language/load",
        run: load::time,
    },
    Measure {
        name: "language/load-heap",
        run: load::heap,
    },
    Measure {
        name: "language/load-growth",
        run: load::growth,
    },
    Measure {
        name: "language/diff",
        run: compare::time,
    },
    Measure {
        name: "language/diff-growth",
        run: compare::growth,
    },
    Measure {
        name: "language/history",
        run: history::time,
    },
    Measure {
        name: "language/history-memory",
        run: history::memory,
    },
    Measure {
        name: "language/history-page",
        run: history::page,
    },
    Measure {
        name: "language/history-growth",
        run: history::growth,
    },
];

/// What the rows mean.
pub(crate) const NOTES: &str = "\
load         a schema is read from its files and checked, in this process. heap: all that is allocated at one time.
diff         `qapi diff` of the two newest releases, from its start to its end.
history      `qapi history --format html` of all releases, in the same way; its largest resident set; its page.
ten times    the work on ten copies of the schema under other names, in memory, in relation to one of them; a history is
             that of the two newest releases.";
