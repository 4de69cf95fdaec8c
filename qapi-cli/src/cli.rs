//! The command line.

use anstyle::{AnsiColor, Style};
use clap::builder::Styles;
use clap::{ColorChoice, Parser};

use crate::command::Command;

/// Checks, compares and documents QAPI schemas, and generates code for them.
#[derive(Debug, Parser)]
#[command(name = "qapi", version, styles = STYLES, after_help = EXIT_CODES)]
#[command(subcommand_required = true, arg_required_else_help = true)]
pub(crate) struct Cli {
    /// Whether to use colours; on a terminal unless said otherwise
    #[arg(
        long,
        global = true,
        value_name = "WHEN",
        default_value = "auto",
        hide_default_value = true
    )]
    pub(crate) color: ColorChoice,
    #[command(subcommand)]
    pub(crate) command: Command,
}

const EXIT_CODES: &str = "\
Exit codes: 0 where all is well, 1 where something was found, 2 where the work could not be done.

A schema is a file, `-` for standard input, or a folder with `qapi/qapi-schema.json` or `qapi-schema.json`.";

/// Those of cargo.
const STYLES: Styles = Styles::styled()
    .header(AnsiColor::BrightGreen.on_default().bold())
    .usage(AnsiColor::BrightGreen.on_default().bold())
    .literal(AnsiColor::BrightCyan.on_default().bold())
    .placeholder(AnsiColor::Cyan.on_default())
    .error(AnsiColor::BrightRed.on_default().bold())
    .valid(AnsiColor::BrightCyan.on_default().bold())
    .invalid(Style::new().bold());

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }
}
