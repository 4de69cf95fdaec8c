//! What the host asks about the guest.

use std::error::Error;

use super::limit;
use super::turns::{Turns, microseconds};
use crate::context::Context;
use crate::table::{Goal, Limit, Row};

/// How many calls make up a value.
const COUNT: usize = 50;

/// A command without arguments. What there is to read is a limit as well: a file, if that has most of the answer.
pub(super) fn measure(
    context: &Context,
    command: &'static str,
    file: Option<&'static str>,
) -> Result<Row, Box<dyn Error>> {
    let mut turns = Turns::start(context.programs())?;
    let request = format!("{{\"execute\":\"{command}\"}}\n");
    for side in turns.sides() {
        side.line.value(request.as_bytes())?;
    }
    let measured = turns.measure(context.rounds * 4, |side| {
        let elapsed = microseconds(|| {
            for _ in 0..COUNT {
                side.line.ask(request.as_bytes())?;
            }
            Ok(())
        });
        Ok(elapsed? / COUNT as f64)
    })?;
    let mut limits = vec![Limit::new("socket echo", measured.bare)];
    if let Some(file) = file {
        limits.push(Limit::new(file, limit::reading(file)?));
    }
    Ok(Row {
        measure: command,
        unit: "µs",
        ours: measured.ours,
        peer: measured.peer,
        goal: Goal::OfPeer(0.4),
        limits,
    })
}
