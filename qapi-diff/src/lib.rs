//! Compares QAPI schemas by what they put on the wire.
//!
//! ```
//! use qapi_parser::{Checked, Error, Loader, MemoryReader, Schema};
//!
//! fn load(text: &str) -> Result<Checked<Schema>, Error> {
//!     let files = MemoryReader::from_iter([("draw.json", text)]);
//!     Loader::new().reader(Box::new(files)).load("draw.json")
//! }
//!
//! let old = load("{ 'command': 'draw', 'data': { 'x': 'int', '*y': 'int' } }")?;
//! let new = load(
//!     "{ 'struct': 'Point', 'data': { 'x': 'int', 'y': 'int' } }
//! { 'command': 'draw', 'data': 'Point' }",
//! )?;
//!
//! let diff = qapi_diff::diff(&old, &new);
//! let [finding] = diff.findings.as_slice() else { panic!("one member is different") };
//! assert_eq!(finding.path.to_string(), "draw.arguments.y");
//! assert_eq!(finding.rule.id, "member-made-required");
//! assert_eq!(finding.severity, qapi_diff::Severity::Breaking);
//! # Ok::<(), Error>(())
//! ```
//!
//! | stage | from | to | module |
//! | --- | --- | --- | --- |
//! | wire | a checked schema | what it puts on the wire, without names of types: a [`Wire`] | [`wire`] |
//! | diff | two of them | a [`Diff`]: what is different, as [`Finding`]s | `diff` |
//! | history | a row of schemas | a [`History`]: when each path appeared, changed and went | [`history`] |
//!
//! What kinds of changes there are is data: [`RULES`]. Nothing here prints or ends a program; a [`Finding`] has all that
//! a report may want to tell, and nothing of how.

#![forbid(unsafe_code)]

mod diff;
pub mod history;
mod path;
mod rules;
pub mod wire;

pub use diff::{Diff, Extent, Finding, Leniency, Place, Side, diff};
pub use history::History;
pub use path::{Path, Step};
pub use rules::{Change, Direction, Example, RULES, Rule, Severity, rule};
pub use wire::Wire;
