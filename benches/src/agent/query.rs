//! What the host asks about the guest.

use std::error::Error;
use std::thread;
use std::time::Duration;

use super::limit;
use super::turns::{Turns, microseconds};
use crate::context::Context;
use crate::table::{Goal, Limit, Row};

/// How many calls make up a value.
const COUNT: usize = 50;

/// How long nobody is asked before a call that comes now and then.
const PAUSE: Duration = Duration::from_millis(20);

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
    let measured = turns.measure(context.rounds * 12, |side| {
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

/// A command that is called when nothing has been asked for a while, as by a host that looks after many machines.
pub(super) fn now_and_then(context: &Context) -> Result<Row, Box<dyn Error>> {
    const REQUEST: &[u8] = b"{\"execute\":\"guest-get-osinfo\"}\n";
    let mut turns = Turns::start(context.programs())?;
    let measured = turns.measure(context.rounds * 10, |side| {
        thread::sleep(PAUSE);
        microseconds(|| Ok(side.line.ask(REQUEST).map(drop)?))
    })?;
    Ok(Row {
        measure: "guest-get-osinfo now and then",
        unit: "µs",
        ours: measured.ours,
        peer: measured.peer,
        goal: Goal::OfPeer(1.0),
        limits: vec![Limit::new("socket echo", measured.bare)],
    })
}
