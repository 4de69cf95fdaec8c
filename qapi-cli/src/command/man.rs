//! `qapi man`.

use std::fs;
use std::path::PathBuf;

use clap::CommandFactory as _;
use clap_mangen::Man;

use crate::cli::Cli;
use crate::failure::{Failure, Outcome};
use crate::output::{self, Output};

/// Prints the manual page of `qapi`, or writes those of all commands to a folder
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// The folder, which is made if it is not there
    #[arg(short, long, value_name = "DIR")]
    output: Option<PathBuf>,
}

const EXAMPLES: &str = "\
Examples:
  qapi man | man -l -
  qapi man -o /usr/local/share/man/man1";

/// Prints the page, or writes all.
pub(crate) fn run(args: &Args, output: &Output) -> Result<Outcome, Failure> {
    let mut qapi = Cli::command();
    qapi.build();
    let Some(folder) = &args.output else {
        output.print(page(qapi)?)?;
        return Ok(Outcome::Good);
    };
    fs::create_dir_all(folder).map_err(|error| Failure::file("make the folder", folder, &error))?;
    let commands: Vec<_> = qapi
        .get_subcommands()
        .filter(|it| it.get_name() != "help")
        .cloned()
        .collect();
    for command in std::iter::once(qapi).chain(commands) {
        let name = command.get_display_name().unwrap_or("qapi");
        let path = folder.join(format!("{name}.1"));
        output::write_file(&path, &page(command)?)?;
    }
    Ok(Outcome::Good)
}

fn page(command: clap::Command) -> Result<String, Failure> {
    let mut page = Vec::new();
    let rendered = Man::new(command).render(&mut page);
    rendered.map_err(|error| Failure::new(format!("cannot make a manual page: {error}")))?;
    Ok(String::from_utf8_lossy(&page).into_owned())
}
