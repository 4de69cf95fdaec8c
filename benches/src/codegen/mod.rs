//! The generator and what it generates, beside the crate `qapi`.
//!
//! A scratch workspace in the target directory holds a crate with our code and one that depends on the peer, so that
//! this workspace has no dependency on it. Both sides are measured in turn, one round after another, and the medians
//! are compared. What exactly is measured is said below the table.

mod both;
mod check;
mod generation;
mod scratch;

pub(crate) use self::both::Both;
pub(crate) use self::check::Checks;
pub(crate) use self::scratch::Scratch;
use crate::measure::Measure;

/// The rows of the table, in its order.
pub(crate) const MEASURES: &[Measure] = &[
    Measure {
        name: "codegen/generation",
        run: generation::time,
    },
    Measure {
        name: "codegen/generation-growth",
        run: generation::growth,
    },
    Measure {
        name: "codegen/size",
        run: generation::size,
    },
    Measure {
        name: "codegen/check-time",
        run: |cx| Ok(cx.checks()?.time()),
    },
    Measure {
        name: "codegen/check-processor",
        run: |cx| Ok(cx.checks()?.processor()),
    },
    Measure {
        name: "codegen/check-memory",
        run: |cx| Ok(cx.checks()?.memory()),
    },
    Measure {
        name: "codegen/check-growth",
        run: check::growth,
    },
    Measure {
        name: "codegen/decoding",
        run: both::decoding,
    },
    Measure {
        name: "codegen/decoding-growth",
        run: both::decoding_growth,
    },
];

/// What the table means, and where the sides differ.
pub(crate) const NOTES: &str = "\
generation   ours reads and checks the schema, generates everything and formats it, in this process, file writing
             excluded. The peer's, also optimised, writes the types without checks, conditions and documentation, and
             leaves formatting to others.
check        the one `rustc --emit=metadata` that looks at the generated crate, not Cargo, build scripts and
             dependencies; not incremental. Ours: types, server, client, events, documentation. The peer's: types,
             commands and events; it has no server, and its clients are in another crate. Each side has what its
             generator makes of everything in its schema, whatever the condition; the peer brings a schema of its own,
             which is the older one.
decoding     from the bytes of the answer to our own introspection of the schema to a list of `SchemaInfo`, optimised.
memory       the largest resident set of that compiler.
ten times    of ten copies of the schema under other names, or of ten answers in one, in relation to one of them.";
