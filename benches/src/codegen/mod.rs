//! The generator and what it generates, beside the crate `qapi`.
//!
//! A scratch workspace in the target directory holds a crate with our code and one that depends on the peer, so that
//! this workspace has no dependency on it. Both sides are measured in turn, one round after another, and the medians
//! are compared. What exactly is measured is said below the table.

pub(crate) mod both;
pub(crate) mod check;
mod generation;
pub(crate) mod scratch;

use crate::measure::Measure;

/// The rows of the table, in its order.
pub(crate) const MEASURES: &[Measure] = &[
    Measure::slow("codegen/generation", generation::time),
    Measure::quick("codegen/generation-growth", generation::growth),
    Measure::slow("codegen/size", generation::size),
    Measure::slow("codegen/check-time", |cx| Ok(cx.checks()?.time())),
    Measure::slow("codegen/check-processor", |cx| Ok(cx.checks()?.processor())),
    Measure::slow("codegen/check-memory", |cx| Ok(cx.checks()?.memory())),
    Measure::slow("codegen/check-growth", check::growth),
    Measure::slow("codegen/decoding", both::decoding),
    Measure::slow("codegen/decoding-growth", both::decoding_growth),
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
ten times    of ten copies of the schema under other names, or of ten answers in one, in relation to one of them. What
             ten answers need is more than the allocator keeps, so that each time the kernel has to find the memory
             anew: with the environment GLIBC_TUNABLES=glibc.malloc.trim_threshold=4000000000 it is 11 times.";
