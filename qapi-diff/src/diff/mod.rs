//! What is different on the wire between two schemas.

mod compare;
mod cond;
mod finding;
mod graph;
mod merge;
mod object;
mod reach;
mod ty;

use std::path::PathBuf;

use qapi_parser::{Checked, Schema, Span};

use crate::path::Path;
use crate::rules::{Direction, Rule, Severity};
use crate::wire::Wire;

use compare::Version;

/// What is different on the wire between two schemas, and how much was compared.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Diff {
    /// What is different, by path.
    pub findings: Vec<Finding>,
    /// What the old schema has.
    pub old: Extent,
    /// What the new schema has.
    pub new: Extent,
}

/// How much a schema puts on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Extent {
    /// How many commands there are.
    pub commands: usize,
    /// How many events there are.
    pub events: usize,
    /// How many paths there are; see [`Wire::paths`].
    pub paths: usize,
}

/// Something that is different.
///
/// A change in a type that is used at many places is one finding, at the first of the shortest paths to it;
/// [`reaches`](Self::reaches) tells what else it is a part of.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Finding {
    /// What kind of change it is.
    pub rule: &'static Rule,
    /// How bad it is here.
    pub severity: Severity,
    /// Why that is less than the rule says, if it is.
    pub leniency: Option<Leniency>,
    /// Which way it goes.
    pub direction: Direction,
    /// Where it is on the wire.
    pub path: Path,
    /// What was there.
    pub old: Side,
    /// What is there.
    pub new: Side,
    /// All arguments, answers and events that it is a part of, in order; that of the path is one of them.
    pub reaches: Vec<Path>,
    /// The names that it is about, in both schemas, if they are there.
    pub(crate) spans: (Option<Span>, Option<Span>),
}

/// Why a finding is graded one step below what its rule says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Leniency {
    /// It was deprecated, so that clients knew it would go.
    Announced,
    /// It was unstable, by its feature or by a name with `x-` before it, so that clients knew it could change.
    Unstable,
}

/// One of the two schemas in a [`Finding`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Side {
    /// What is there, such as `optional str`; empty where the rule says all of it, none where nothing is there.
    pub what: Option<String>,
    /// The place in the schema: the name of what is there, or of what it would be in.
    pub place: Option<Place>,
}

/// A place in a file.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub struct Place {
    /// The file, as it was opened.
    pub file: PathBuf,
    /// The line, from 1.
    pub line: usize,
    /// The column, from 1.
    pub column: usize,
}

/// Tells what is different on the wire between two schemas.
pub fn diff(old: &Checked<Schema>, new: &Checked<Schema>) -> Diff {
    between((old, &Wire::new(old)), (new, &Wire::new(new)))
}

/// The same for schemas whose views are known.
pub(crate) fn between(old: (&Schema, &Wire), new: (&Schema, &Wire)) -> Diff {
    let version = |(schema, wire)| Version { schema, wire };
    let (old, new) = (version(old), version(new));
    let graph = compare::compare(old, new);
    Diff {
        findings: finding::findings(&graph, old, new),
        old: Extent::of(old.wire),
        new: Extent::of(new.wire),
    }
}

/// The place of a span as people name it.
pub(crate) fn place(schema: &Schema, span: Span) -> Option<Place> {
    let location = schema.sources().location(span.start)?;
    Some(Place {
        file: location.path.to_path_buf(),
        line: location.line,
        column: location.column,
    })
}

impl Extent {
    fn of(wire: &Wire) -> Self {
        Self {
            commands: wire.commands().len(),
            events: wire.events().len(),
            paths: wire.paths(),
        }
    }
}
