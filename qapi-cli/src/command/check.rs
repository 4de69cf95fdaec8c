//! `qapi check`.

use clap::ValueHint;
use qapi_parser::{Checked, DefinitionKind, Dialect, Schema};

use crate::failure::{Failure, Outcome};
use crate::input::{self, Input};
use crate::output::{Output, count};

/// Tells what is wrong with schemas: all mistakes, each with its place
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// The schemas
    #[arg(required = true, value_name = "FILE", value_hint = ValueHint::AnyPath)]
    files: Vec<Input>,
    /// Accepts what any release of QEMU since 0.15 accepted
    #[arg(long)]
    historical: bool,
}

const EXAMPLES: &str = "\
Examples:
  qapi check qapi/qapi-schema.json
  qapi check --historical schema/*.json
  git show HEAD:schema.json | qapi check -

Exit codes: 0 where all schemas are good, 1 where one has mistakes, 2 where one cannot be read.";

/// Checks each schema, and tells of all.
pub(crate) fn run(args: &Args, output: &Output) -> Result<Outcome, Failure> {
    input::read_stdin_once(&args.files)?;
    let mut outcome = Outcome::Good;
    let mut failure = None;
    for file in &args.files {
        match file.load(dialect(args.historical)) {
            Ok(schema) => output.print(format_args!("{file}: {}\n", summary(&schema)))?,
            // The last one is told by whoever ends the program.
            Err(error) if is_unreadable(&error) => {
                if let Some(earlier) = failure.replace(Failure::from(error)) {
                    output.fail(&earlier);
                }
            }
            Err(error) => {
                output.fail(&error.into());
                outcome = Outcome::Findings;
            }
        }
    }
    failure.map_or(Ok(outcome), Err)
}

/// The dialect that a flag chooses.
pub(super) fn dialect(historical: bool) -> Dialect {
    if historical {
        Dialect::Historical
    } else {
        Dialect::Current
    }
}

/// Whether there is no schema at all, as opposed to one with mistakes.
fn is_unreadable(error: &qapi_parser::Error) -> bool {
    error
        .diagnostics()
        .iter()
        .all(|diagnostic| diagnostic.span.is_none())
}

/// What is in a schema.
fn summary(schema: &Checked<Schema>) -> String {
    let (mut commands, mut events, mut types) = (0, 0, 0);
    for (_, definition) in schema.definitions() {
        match definition.kind {
            DefinitionKind::Command(_) => commands += 1,
            DefinitionKind::Event(_) => events += 1,
            DefinitionKind::Struct(_)
            | DefinitionKind::Enum(_)
            | DefinitionKind::Union(_)
            | DefinitionKind::Alternate(_) => types += 1,
        }
    }
    let [commands, events, types] =
        [(commands, "command"), (events, "event"), (types, "type")].map(|(n, noun)| count(n, noun));
    format!("no mistakes in {commands}, {events} and {types}")
}
