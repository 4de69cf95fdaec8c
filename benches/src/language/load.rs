//! A schema, from its files to the checked model.

use std::error::Error;
use std::process::Command;

use crate::cargo;
use crate::context::Context;
use crate::copies::copies;
use crate::growth;
use crate::sample::{self, Sample};
use crate::schema::Subject;
use crate::table::{Goal, Row};

/// Milliseconds for the machine protocol of QEMU 10.2.
const TIME: f64 = 14.0;

/// Megabytes for it.
const HEAP: f64 = 12.0;

/// Of ten copies, in relation to one.
const GROWTH: f64 = 11.0;

pub(super) fn time(context: &Context) -> Result<Row, Box<dyn Error>> {
    let subject = Subject::of_environment()?;
    let mut values = Vec::new();
    for _ in 0..context.rounds * 10 {
        let (elapsed, schema) = sample::time(|| subject.load());
        schema?;
        values.push(elapsed);
    }
    Ok(Row {
        measure: "load and check",
        unit: "ms",
        ours: Sample::of(values),
        peer: None,
        goal: subject.goal(TIME),
        limits: vec![],
    })
}

pub(super) fn heap(_: &Context) -> Result<Row, Box<dyn Error>> {
    let subject = Subject::of_environment()?;
    let program = cargo::program("qapi-benches", "heap")?;
    let bytes: f64 = cargo::run(Command::new(program).arg(&subject.path))?
        .trim()
        .parse()?;
    Ok(Row {
        measure: "load and check, heap",
        unit: "MB",
        ours: Sample::of([bytes / 1e6]),
        peer: None,
        goal: subject.goal(HEAP),
        limits: vec![],
    })
}

pub(super) fn growth(context: &Context) -> Result<Row, Box<dyn Error>> {
    let subject = Subject::of_environment()?;
    let [one, many] = [1, growth::TIMES].map(|count| copies(&subject.path, count));
    let load = |copies: &crate::copies::Copies| Ok(copies.load().map(drop)?);
    Ok(Row {
        measure: "load and check, ten times",
        unit: growth::UNIT,
        ours: growth::measure(context.rounds * 4, &one?, &many?, load)?,
        peer: None,
        goal: Goal::AtMost(GROWTH),
        limits: vec![],
    })
}
