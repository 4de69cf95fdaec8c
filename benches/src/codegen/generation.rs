//! How long generating takes, and how much comes out.

use std::error::Error;
use std::fs;

use super::scratch::{OURS, generate};
use crate::context::Context;
use crate::copies::{Copies, copies};
use crate::growth;
use crate::sample::{self, Sample};
use crate::schema::Subject;
use crate::table::{Goal, Row};

/// Milliseconds for the machine protocol of QEMU 10.2.
const TIME: f64 = 120.0;

/// How long it takes.
pub(super) fn time(context: &Context) -> Result<Row, Box<dyn Error>> {
    let scratch = context.scratch()?;
    let mut ours = Vec::new();
    for _ in 0..context.rounds * 6 {
        let load_and_generate = || Ok::<_, Box<dyn Error>>(generate(&scratch.subject.load()?)?);
        let (elapsed, code) = sample::time(load_and_generate);
        code?;
        ours.push(elapsed);
    }
    Ok(Row {
        measure: "generation",
        unit: "ms",
        ours: Sample::of(ours),
        peer: context.both()?.sample("generation"),
        goal: scratch.subject.goal(TIME),
        limits: vec![],
    })
}

/// Loading is part of it.
pub(super) fn growth(context: &Context) -> Result<Row, Box<dyn Error>> {
    let subject = Subject::of_environment()?;
    let [one, many] = [1, growth::TIMES].map(|count| copies(&subject.path, count));
    let generate = |copies: &Copies| Ok(generate(&copies.load()?).map(drop)?);
    Ok(Row {
        measure: "generation, ten times",
        unit: growth::UNIT,
        ours: growth::measure(context.rounds, &one?, &many?, generate)?,
        peer: None,
        goal: Goal::None,
        limits: vec![],
    })
}

/// How much comes out.
pub(super) fn size(context: &Context) -> Result<Row, Box<dyn Error>> {
    let scratch = context.scratch()?;
    let ours = kilobytes(&fs::read_to_string(scratch.file(OURS))?);
    let peer = kilobytes(&fs::read_to_string(scratch.peer_file()?)?);
    Ok(Row {
        measure: "generated code without comments",
        unit: "kB",
        ours: Sample::of([ours]),
        peer: Sample::of([peer]),
        goal: Goal::None,
        limits: vec![],
    })
}

/// Documentation is no burden to the compiler.
fn kilobytes(code: &str) -> f64 {
    let lines = code.lines().map(str::trim);
    let lines = lines.filter(|line| !line.starts_with("//"));
    lines.map(|line| line.len() as f64).sum::<f64>() / 1e3
}
