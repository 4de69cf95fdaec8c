//! What the agent does when there is nothing to do.

use std::error::Error;
use std::thread;
use std::time::Duration;

use qapi_tests::{Agent, Setup};

use super::line::Line;
use super::ping::PING;
use super::process;
use crate::context::Context;
use crate::sample::Sample;
use crate::table::{Goal, Row};

/// Until what a client has caused is over.
const CALM: Duration = Duration::from_secs(1);

/// How long to watch, for each round.
const WATCHED: Duration = Duration::from_secs(2);

/// Nobody is connected.
pub(super) fn alone(context: &Context) -> Result<Row, Box<dyn Error>> {
    measure(context, "wake-ups when idle", false)
}

/// A client is connected and silent.
pub(super) fn with_client(context: &Context) -> Result<Row, Box<dyn Error>> {
    measure(context, "the same beside a silent client", true)
}

/// Watches both at the same time.
fn measure(
    context: &Context,
    measure: &'static str,
    has_client: bool,
) -> Result<Row, Box<dyn Error>> {
    let programs = context.programs();
    let mut agents: Vec<Agent> = Vec::new();
    let mut lines = Vec::new();
    for program in std::iter::once(&programs.ours).chain(&programs.peer) {
        let agent = Setup::new(program).start();
        let mut line = Line::connect(&agent.socket())?;
        line.ask(PING)?;
        if has_client {
            lines.push(line);
        }
        agents.push(agent);
    }
    thread::sleep(CALM);
    let watched = WATCHED * u32::try_from(context.rounds)?;
    let count = || -> Result<Vec<u64>, _> { agents.iter().map(process::switches).collect() };
    let before = count()?;
    thread::sleep(watched);
    let after = count()?;
    let per_minute = 60.0 / watched.as_secs_f64();
    let mut counts = after.iter().zip(before);
    let mut next = || {
        let (after, before) = counts.next()?;
        Sample::of([after.saturating_sub(before) as f64 * per_minute])
    };
    Ok(Row {
        measure,
        unit: "a minute",
        ours: next(),
        peer: next(),
        goal: Goal::AtMost(0.0),
        limits: vec![],
    })
}
