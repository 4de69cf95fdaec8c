//! The quick half, whose ratios are on record.

use std::error::Error;
use std::io::{self, Write as _};
use std::process::ExitCode;

use crate::context::Context;
use crate::measure::Measure;
use crate::record::{Record, is_lost};
use crate::table::{Row, Table};

/// How often a row is measured before its ratio is given up: what disturbs one attempt is over in the next.
const ATTEMPTS: usize = 3;

/// Fails if a ratio is lost each time.
pub(crate) fn check(measures: &[&Measure], context: &Context) -> Result<ExitCode, Box<dyn Error>> {
    let record = Record::read()?;
    let mut table = Table::default();
    let mut lost = Vec::new();
    for measure in measures {
        let name = measure.name;
        let recorded = record
            .get(name)
            .ok_or_else(|| format!("{name} is not on record"))?;
        let (row, is_lost) = attempt(measure, context, recorded)?;
        match row.ratios() {
            None => writeln!(io::stderr(), "{name}: there is nothing to compare with")?,
            Some([ratio, best]) if is_lost => {
                lost.push(format!(
                    "{name}: {ratio:.3} (best {best:.3}), and was {recorded:.3}"
                ));
            }
            Some(_) => {}
        }
        table.push(name, row);
    }
    let mut out = io::stdout();
    writeln!(out, "{}\n\n{table}", context.sides().join("\n"))?;
    if lost.is_empty() {
        return Ok(ExitCode::SUCCESS);
    }
    writeln!(out, "lost by more than a third:\n{}", lost.join("\n"))?;
    Ok(ExitCode::FAILURE)
}

/// The row, and whether its ratio is lost in each attempt.
fn attempt(
    measure: &Measure,
    context: &Context,
    recorded: f64,
) -> Result<(Row, bool), Box<dyn Error>> {
    let mut row = one_attempt(measure, context)?;
    for _ in 1..ATTEMPTS {
        if !is_lost(&row, recorded) {
            return Ok((row, false));
        }
        row = one_attempt(measure, context)?;
    }
    let is_lost = is_lost(&row, recorded);
    Ok((row, is_lost))
}

fn one_attempt(measure: &Measure, context: &Context) -> Result<Row, Box<dyn Error>> {
    writeln!(io::stderr(), "{} ...", measure.name)?;
    measure.row(context)
}

/// Notes the ratios, each the worst one of several attempts.
pub(crate) fn record(measures: &[&Measure], context: &Context) -> Result<(), Box<dyn Error>> {
    let mut record = Record::read()?;
    for measure in measures {
        let mut worst: Option<f64> = None;
        for _ in 0..ATTEMPTS {
            let row = one_attempt(measure, context)?;
            let [ratio, _] = row.ratios().ok_or("there is no peer")?;
            worst = Some(worst.map_or(ratio, |worst| match row.is_speed() {
                true => worst.min(ratio),
                false => worst.max(ratio),
            }));
        }
        record.set(measure.name, worst.ok_or("nothing was tried")?);
    }
    record.write()
}
