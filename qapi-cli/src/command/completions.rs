//! `qapi completions`.

use clap::CommandFactory as _;
use clap_complete::Shell;

use crate::cli::Cli;
use crate::failure::{Failure, Outcome};
use crate::output::Output;

/// Prints what a shell needs to complete command lines of `qapi`
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// The shell
    shell: Shell,
}

const EXAMPLES: &str = "\
Examples:
  qapi completions bash > /etc/bash_completion.d/qapi
  source <(qapi completions zsh)";

/// Prints the script.
pub(crate) fn run(args: &Args, output: &Output) -> Result<Outcome, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "qapi", &mut script);
    output.print(String::from_utf8_lossy(&script))?;
    Ok(Outcome::Good)
}
