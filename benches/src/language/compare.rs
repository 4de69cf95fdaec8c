//! The two newest releases, compared.

use std::error::Error;

use crate::cargo;
use crate::context::Context;
use crate::copies::{Copies, copies};
use crate::growth;
use crate::releases::Releases;
use crate::sample::Sample;
use crate::table::{Goal, Row};
use crate::watch;

/// Milliseconds for the machine protocol of QEMU 10.2.
const TIME: f64 = 60.0;

pub(super) fn time(context: &Context) -> Result<Row, Box<dyn Error>> {
    let releases = Releases::of_environment()?;
    let program = cargo::program("qapi-cli", "qapi")?;
    let [old, new] = releases.newest()?;
    let arguments = ["diff".into(), old.into(), new.into()];
    let mut values = Vec::new();
    for _ in 0..context.rounds * 4 {
        values.push(watch::run(&program, &arguments)?.wall * 1e3);
    }
    Ok(Row {
        measure: "qapi diff",
        unit: "ms",
        ours: Sample::of(values),
        peer: None,
        goal: releases.goal(TIME),
        limits: vec![],
    })
}

/// Loading is part of it.
pub(super) fn growth(context: &Context) -> Result<Row, Box<dyn Error>> {
    let newest = Releases::of_environment()?.newest()?;
    let both = |count| -> Result<[Copies; 2], Box<dyn Error>> {
        Ok([copies(&newest[0], count)?, copies(&newest[1], count)?])
    };
    let diff = |[old, new]: &[Copies; 2]| {
        qapi_diff::diff(&old.load()?, &new.load()?);
        Ok(())
    };
    let (one, many) = (both(1)?, both(growth::TIMES)?);
    Ok(Row {
        measure: "load and diff, ten times",
        unit: growth::UNIT,
        ours: growth::measure(context.rounds * 2, &one, &many, diff)?,
        peer: None,
        goal: Goal::None,
        limits: vec![],
    })
}
