//! The smallest request.

use std::error::Error;

use super::turns::{Turns, microseconds};
use crate::context::Context;
use crate::table::{Goal, Limit, Row};

pub(super) const PING: &[u8] = b"{\"execute\":\"guest-ping\"}\n";

/// How many of them make up a value.
const COUNT: usize = 1000;

/// One after another, each sent when the reply to the one before is there.
pub(super) fn one(context: &Context) -> Result<Row, Box<dyn Error>> {
    let mut turns = Turns::start(context.programs())?;
    let measured = turns.measure(context.rounds * 20, |side| {
        let elapsed = microseconds(|| {
            for _ in 0..COUNT {
                side.line.ask(PING)?;
            }
            Ok(())
        });
        Ok(elapsed? / COUNT as f64)
    })?;
    Ok(Row {
        measure: "ping",
        unit: "µs",
        ours: measured.ours,
        peer: measured.peer,
        goal: Goal::OfPeer(0.7),
        limits: vec![Limit::new("socket echo", measured.bare)],
    })
}

/// All in one write.
pub(super) fn many(context: &Context) -> Result<Row, Box<dyn Error>> {
    let mut turns = Turns::start(context.programs())?;
    let pings = PING.repeat(COUNT);
    let measured = turns.measure(context.rounds * 10, |side| {
        let elapsed = microseconds(|| {
            side.line.send(&pings)?;
            Ok(side.line.replies(COUNT)?)
        });
        Ok(elapsed? / COUNT as f64)
    })?;
    Ok(Row {
        measure: "1000 pings in one write, each",
        unit: "µs",
        ours: measured.ours,
        peer: measured.peer,
        goal: Goal::OfPeer(0.15),
        limits: vec![Limit::new("socket echo", measured.bare)],
    })
}
