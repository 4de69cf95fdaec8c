//! The command `qapi`: checks, compares and documents QAPI schemas, and generates code for them.
//!
//! [`cli`] reads the command line, and each command has a file below [`command`] with its arguments and what it does.
//! Schemas come in through [`input`], and everything that is said or written leaves through [`output`], which never
//! leaves half a file behind. A command ends with an [`Outcome`] or a [`Failure`](failure::Failure), and these are the
//! exit codes.
//!
//! Deliberately absent: anything that a library could want. What a schema says is the business of `qapi-parser`, what two
//! differ in that of `qapi-diff`, code that of `qapi-codegen`.

#![forbid(unsafe_code)]

mod chronicle;
mod cli;
mod command;
mod failure;
mod input;
mod output;
mod page;
mod pattern;
mod release;
mod report;
mod style;
mod suppress;
mod symbol;
mod version;

use std::process::ExitCode;

use clap::Parser as _;

use cli::Cli;
use failure::Outcome;
use output::Output;

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(asked) => return show_usage(&asked),
    };
    let output = Output::new(cli.color);
    match command::run(&cli.command, &output) {
        Ok(Outcome::Good) => ExitCode::SUCCESS,
        Ok(Outcome::Findings) => ExitCode::from(1),
        Err(failure) => {
            output.fail(&failure);
            ExitCode::from(2)
        }
    }
}

/// Says what was asked for, or what is wrong with the command line.
fn show_usage(asked: &clap::Error) -> ExitCode {
    // Whoever left before the end does not want to know.
    let _ = asked.print();
    u8::try_from(asked.exit_code()).map_or(ExitCode::FAILURE, ExitCode::from)
}
