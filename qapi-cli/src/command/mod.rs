//! The commands, each with its arguments and what it does.

use clap::Subcommand;

use crate::failure::{Failure, Outcome};
use crate::output::Output;

mod check;
mod completions;
mod diff;
mod explain;
mod generate;
mod history;
mod introspect;
mod man;

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Check(check::Args),
    Diff(diff::Args),
    Explain(explain::Args),
    History(history::Args),
    Generate(Box<generate::Args>),
    Introspect(introspect::Args),
    Completions(completions::Args),
    Man(man::Args),
}

/// Does it.
///
/// # Errors
/// It cannot be done; nothing is half done then.
pub(crate) fn run(command: &Command, output: &Output) -> Result<Outcome, Failure> {
    match command {
        Command::Check(args) => check::run(args, output),
        Command::Diff(args) => diff::run(args, output),
        Command::Explain(args) => explain::run(args, output),
        Command::History(args) => history::run(args, output),
        Command::Generate(args) => generate::run(args, output),
        Command::Introspect(args) => introspect::run(args, output),
        Command::Completions(args) => completions::run(args, output),
        Command::Man(args) => man::run(args, output),
    }
}
