//! `qapi introspect`.

use std::path::PathBuf;

use clap::ValueHint;
use qapi_parser::Introspection;

use super::check::dialect;
use crate::failure::{Failure, Outcome};
use crate::input::Input;
use crate::output::Output;
use crate::symbol::Symbol;

/// Prints what a server with this schema answers to `query-qmp-schema`, as JSON
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// The schema
    #[arg(value_name = "FILE", value_hint = ValueHint::AnyPath)]
    file: Input,
    /// Gives types their names instead of numbers
    #[arg(long)]
    names: bool,
    /// Tells of a build that has this symbol of conditions, or has it not, and no other
    ///
    /// Without this option, everything is told, whatever its condition.
    #[arg(long, value_name = "SYMBOL[=y|n]")]
    cond: Vec<Symbol>,
    /// Tells of a build that has no symbol but those of `--cond`
    #[arg(long)]
    evaluate: bool,
    /// Accepts what any release of QEMU since 0.15 accepted
    #[arg(long)]
    historical: bool,
    /// Writes to a file instead of standard output
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

const EXAMPLES: &str = "\
Examples:
  qapi introspect qapi/qapi-schema.json
  qapi introspect --names --cond CONFIG_LINUX --cond CONFIG_FSFREEZE schema/qga-10.2.json";

/// Prints the answer.
pub(crate) fn run(args: &Args, output: &Output) -> Result<Outcome, Failure> {
    let schema = args.file.load(dialect(args.historical))?;
    let mut answer = match args.names {
        true => Introspection::unmasked(&schema),
        false => Introspection::masked(&schema),
    };
    if args.evaluate || !args.cond.is_empty() {
        answer = answer.evaluate(&|name| Symbol::is_defined(&args.cond, name));
    }
    output.deliver(args.output.as_deref(), &format!("{answer}\n"))?;
    Ok(Outcome::Good)
}
