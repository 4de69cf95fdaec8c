//! What one program of the scratch workspace measures of both sides.

use std::error::Error;
use std::fs;
use std::process::Command;

use qapi_parser::Introspection;

use super::scratch::Scratch;
use crate::context::Context;
use crate::growth;
use crate::sample::Sample;
use crate::table::{Goal, Row};

/// The lines of the program's output, which are names and numbers.
#[derive(Debug)]
pub(crate) struct Both(Vec<(String, f64)>);

/// The row on decoding.
pub(super) fn decoding(context: &Context) -> Result<Row, Box<dyn Error>> {
    let both = context.both()?;
    Ok(Row {
        measure: "decoding",
        unit: "ms",
        ours: both.sample("ours"),
        peer: both.sample("peer"),
        goal: Goal::OfPeer(1.0),
        limits: vec![],
    })
}

/// Of an answer ten times as long, in relation to it.
pub(super) fn decoding_growth(context: &Context) -> Result<Row, Box<dyn Error>> {
    Ok(Row {
        measure: "decoding, ten times",
        unit: growth::UNIT,
        ours: context.both()?.sample("growth"),
        peer: None,
        goal: Goal::None,
        limits: vec![],
    })
}

impl Both {
    /// Runs the program.
    pub(crate) fn measure(scratch: &Scratch, rounds: usize) -> Result<Self, Box<dyn Error>> {
        let subject = &scratch.subject;
        let answer = scratch.workspace.root.join("answer.json");
        let introspection = Introspection::masked(&subject.load()?).evaluate(&|_| true);
        fs::write(&answer, introspection.to_string())?;
        let folder = subject.path.parent().ok_or("a schema is in a folder")?;
        let program = scratch.workspace.root.join("target/release/both");
        let mut command = Command::new(program);
        command.args([folder, &answer]).arg(rounds.to_string());
        let output = command.output()?;
        if !output.status.success() {
            return Err(String::from_utf8_lossy(&output.stderr).into());
        }
        let lines = String::from_utf8(output.stdout)?;
        let values = lines.lines().filter_map(|line| line.split_once(' '));
        let values = values.map(|(name, value)| Ok((name.to_owned(), value.parse()?)));
        let values: Result<_, std::num::ParseFloatError> = values.collect();
        Ok(Self(values?))
    }

    /// The values with a name.
    pub(super) fn sample(&self, name: &str) -> Option<Sample> {
        let values = self.0.iter().filter(|(found, _)| found == name);
        Sample::of(values.map(|(_, value)| *value))
    }
}
