//! All releases in a row.

use std::error::Error;
use std::ffi::OsString;
use std::fs;

use qapi_diff::History;
use tempfile::TempDir;

use crate::cargo;
use crate::context::Context;
use crate::copies::{Copies, copies};
use crate::growth;
use crate::releases::Releases;
use crate::sample::Sample;
use crate::table::{Goal, Row};
use crate::watch::{self, Needed};

/// Seconds for the releases of the machine protocol.
const TIME: f64 = 2.0;

/// Megabytes that are resident meanwhile.
const MEMORY: f64 = 300.0;

/// Megabytes of the page.
const PAGE: f64 = 2.0;

pub(super) fn time(context: &Context) -> Result<Row, Box<dyn Error>> {
    row(context, "qapi history", "s", TIME, |run| run.needed.wall)
}

pub(super) fn memory(context: &Context) -> Result<Row, Box<dyn Error>> {
    row(context, "qapi history, memory", "MB", MEMORY, |run| {
        run.needed.memory
    })
}

pub(super) fn page(context: &Context) -> Result<Row, Box<dyn Error>> {
    row(context, "qapi history, its page", "MB", PAGE, |run| {
        run.page
    })
}

/// One run of the program.
struct Run {
    needed: Needed,
    /// Megabytes of the page.
    page: f64,
}

fn row(
    context: &Context,
    measure: &'static str,
    unit: &'static str,
    goal: f64,
    value: fn(&Run) -> f64,
) -> Result<Row, Box<dyn Error>> {
    let releases = Releases::of_environment()?;
    let program = cargo::program("qapi-cli", "qapi")?;
    let folder = TempDir::new()?;
    let page = folder.path().join("page.html");
    let mut arguments: Vec<OsString> = vec!["history".into(), "--format".into(), "html".into()];
    arguments.extend(["--output".into(), page.clone().into()]);
    arguments.push(releases.folder.clone().into());
    let mut values = Vec::new();
    for _ in 0..context.rounds {
        let needed = watch::run(&program, &arguments)?;
        let page = fs::metadata(&page)?.len() as f64 / 1e6;
        values.push(value(&Run { needed, page }));
    }
    Ok(Row {
        measure,
        unit,
        ours: Sample::of(values),
        peer: None,
        goal: releases.goal(goal),
        limits: vec![],
    })
}

/// Loading is part of it.
pub(super) fn growth(context: &Context) -> Result<Row, Box<dyn Error>> {
    let newest = Releases::of_environment()?.newest()?;
    let both = |count| -> Result<[Copies; 2], Box<dyn Error>> {
        Ok([copies(&newest[0], count)?, copies(&newest[1], count)?])
    };
    let history = |[old, new]: &[Copies; 2]| {
        History::of([("1".to_owned(), old.load()?), ("2".to_owned(), new.load()?)]);
        Ok(())
    };
    let (one, many) = (both(1)?, both(growth::TIMES)?);
    Ok(Row {
        measure: "load and history, ten times",
        unit: growth::UNIT,
        ours: growth::measure(context.rounds * 2, &one, &many, history)?,
        peer: None,
        goal: Goal::None,
        limits: vec![],
    })
}
