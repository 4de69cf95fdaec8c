//! The generator and what it generates, beside the crate `qapi`.
//!
//! A scratch workspace in the target directory holds a crate with our code and one that depends on the peer, so that
//! this workspace has no dependency on it. Both sides are measured in turn, one round after another, and the medians
//! are compared. What exactly is measured is said below the table.

mod both;
mod check;
mod generation;
mod scratch;

use std::error::Error;
use std::io::{self, Write};

use self::scratch::{Peer, Scratch};
use crate::schema::Subject;
use crate::table::Table;

/// What the table means, and where the sides differ.
const NOTES: &str = "\
generation   ours reads and checks the schema, generates everything and formats it, in this process, file writing
             excluded. The peer's, also optimised, writes the types without checks, conditions and documentation, and
             leaves formatting to others.
check        the one `rustc --emit=metadata` that looks at the generated crate, not Cargo, build scripts and
             dependencies; not incremental. Ours: types, server, client, events, documentation. The peer's: types,
             commands and events; it has no server, and its clients are in another crate. Each side has what its
             generator makes of everything in its schema, whatever the condition; the peer brings a schema of its own,
             which is the older one.
decoding     from the bytes of the answer to our own introspection of the schema to a list of `SchemaInfo`, optimised.
memory       the largest resident set of that compiler.";

/// Measures and shows everything, each thing `rounds` times.
pub(crate) fn run(rounds: usize) -> Result<(), Box<dyn Error>> {
    let subject = Subject::of_environment()?;
    let peer = Peer::of(&*subject.load()?);
    let mut out = io::stdout();
    writeln!(out, "schema: {}", subject.path.display())?;
    writeln!(out, "peer:   {}", peer.title())?;
    writeln!(
        out,
        "preparing the scratch workspace, which takes minutes when it is new ..."
    )?;
    let scratch = Scratch::prepare(&subject, peer)?;
    let both = both::measure(&subject, &scratch, rounds)?;
    let generation = generation::measure(&subject, rounds)?;
    let mut rows = Vec::from(generation::rows(
        &scratch,
        generation,
        both.sample("generation"),
    )?);
    rows.extend(check::measure(&scratch, rounds)?);
    rows.push(both.decoding());
    writeln!(out, "\n{}\n{NOTES}", Table(rows))?;
    Ok(())
}
