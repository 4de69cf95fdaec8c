//! A program run by the agent.

use std::error::Error;

use serde_json::Value;

use super::limit;
use super::turns::{Side, Turns, microseconds};
use crate::context::Context;
use crate::table::{Goal, Limit, Row};

const EXEC: &[u8] = b"{\"execute\":\"guest-exec\",\"arguments\":{\"path\":\"/bin/true\"}}\n";

/// How many runs make up a value.
const COUNT: usize = 10;

/// From the request to the status that tells of the end.
pub(super) fn measure(context: &Context) -> Result<Row, Box<dyn Error>> {
    let mut turns = Turns::start(context.programs())?;
    let measured = turns.measure(context.rounds * 10, |side| {
        let elapsed = microseconds(|| (0..COUNT).try_for_each(|_| run(side, EXEC).map(drop)))?;
        Ok(elapsed / 1e3 / COUNT as f64)
    })?;
    Ok(Row {
        measure: "guest-exec of /bin/true to its end",
        unit: "ms",
        ours: measured.ours,
        peer: measured.peer,
        goal: Goal::OfPeer(0.35),
        limits: vec![
            Limit::new("server that spawns and waits", measured.bare),
            Limit::new("spawn and wait", limit::spawn(context.rounds * 10)?),
        ],
    })
}

/// Runs a program, and gives the status that tells of its end.
pub(super) fn run(side: &mut Side, request: &[u8]) -> Result<Value, Box<dyn Error>> {
    let pid = side.line.value(request)?["pid"].take();
    let request =
        format!("{{\"execute\":\"guest-exec-status\",\"arguments\":{{\"pid\":{pid}}}}}\n");
    loop {
        let status = side.line.value(request.as_bytes())?;
        if status["exited"] == true {
            return Ok(status);
        }
    }
}
