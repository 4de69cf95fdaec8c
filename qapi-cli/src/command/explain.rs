//! `qapi explain`.

use std::fmt::Write as _;

use qapi_diff::{RULES, Rule};
use qapi_parser::similar;

use crate::failure::{Failure, Outcome};
use crate::output::Output;
use crate::style::STRONG;

/// Tells about a rule that `qapi diff` names, or lists all rules
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// The rule; all of them unless said otherwise
    rule: Option<String>,
}

const EXAMPLES: &str = "\
Examples:
  qapi explain
  qapi explain member-made-required";

/// Tells about the rule.
pub(crate) fn run(args: &Args, output: &Output) -> Result<Outcome, Failure> {
    let text = match &args.rule {
        None => list(),
        Some(id) => describe(qapi_diff::rule(id).ok_or_else(|| unknown(id))?),
    };
    output.print(text)?;
    Ok(Outcome::Good)
}

/// All rules, each with how bad it is.
fn list() -> String {
    let width = RULES
        .iter()
        .map(|rule| rule.id.len())
        .max()
        .unwrap_or_default();
    let line = |rule: &&Rule| {
        let (sign, id) = (rule.change.sign(), rule.id);
        format!(
            "{sign} {id:width$}  sent: {:8}  received: {}\n",
            rule.sent.to_string(),
            rule.received
        )
    };
    RULES.iter().map(line).collect()
}

fn describe(rule: &Rule) -> String {
    let mut text = format!(
        "{STRONG}{} {}{STRONG:#}: {}\n\n",
        rule.change.sign(),
        rule.id,
        rule.reason
    );
    let rows = [
        ("In what clients send", rule.sent.to_string()),
        ("In what they receive", rule.received.to_string()),
        ("The way back", rule.mirror.to_owned()),
    ];
    for (name, value) in rows {
        // Writing to a string does not fail, here and below.
        let _ = writeln!(text, "{name}: {value}");
    }
    for (name, schema) in [("Before", rule.example.old), ("After", rule.example.new)] {
        let _ = writeln!(text, "\n{name}:");
        let lines = if schema.is_empty() {
            "(nothing)"
        } else {
            schema
        };
        lines
            .lines()
            .for_each(|line| text += &format!("    {line}\n"));
    }
    text
}

fn unknown(id: &str) -> Failure {
    let failure = Failure::new(format!("there is no rule `{id}`"));
    let ids = || RULES.iter().map(|rule| rule.id);
    let part: Vec<_> = ids()
        .filter(|it| it.contains(id))
        .map(|it| format!("`{it}`"))
        .collect();
    match similar(id, ids()) {
        Some(near) => failure.help(format!("did you mean `{near}`?")),
        None if !part.is_empty() => failure.help(format!("there are {}", part.join(", "))),
        None => failure.help("`qapi explain` lists all rules"),
    }
}
