//! How much memory the agent takes.

use std::error::Error;
use std::thread;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use qapi_tests::Setup;
use serde_json::json;

use super::MIB;
use super::exec;
use super::file::{self, LARGEST};
use super::noise;
use super::ping::PING;
use super::process;
use super::turns::Side;
use crate::context::Context;
use crate::sample::Sample;
use crate::table::{Goal, Row};

/// How long an agent has to give memory back.
const AFTERWARDS: Duration = Duration::from_secs(1);

/// How much is written at once, and how often.
const WRITTEN: (usize, usize) = (16 * MIB, 4);

/// As much as either agent keeps of the output of a program.
const OUTPUT: usize = 16 * MIB;

/// While much is read and written.
pub(super) fn peak(context: &Context) -> Result<Row, Box<dyn Error>> {
    let [ours, peer] = of_each(context, context.rounds.div_ceil(3), |side| {
        work(side)?;
        process::peak(&side.agent)
    })?;
    Ok(Row {
        measure: "peak memory of 48 MiB read and 16 MiB written",
        unit: "MB",
        ours,
        peer,
        goal: Goal::AtMost(12.0),
        limits: vec![],
    })
}

/// What is not given back.
pub(super) fn kept(context: &Context) -> Result<Row, Box<dyn Error>> {
    let [ours, peer] = of_each(context, context.rounds.div_ceil(3), |side| {
        side.line.ask(PING)?;
        let before = process::resident(&side.agent)?;
        work(side)?;
        thread::sleep(AFTERWARDS);
        Ok(process::resident(&side.agent)? - before)
    })?;
    Ok(Row {
        measure: "kept of it",
        unit: "MB",
        ours,
        peer,
        goal: Goal::AtMost(1.0),
        limits: vec![],
    })
}

/// While a program's output is kept until it is asked for.
pub(super) fn output(context: &Context) -> Result<Row, Box<dyn Error>> {
    let [ours, peer] = of_each(context, context.rounds.div_ceil(3), |side| {
        let arguments = ["-c", &OUTPUT.to_string(), "/dev/zero"];
        let request = json!({
            "execute": "guest-exec",
            "arguments": {"path": "head", "arg": arguments, "capture-output": true},
        });
        let status = exec::run(side, format!("{request}\n").as_bytes())?;
        let length = status["out-data"].as_str().map_or(0, str::len);
        if length < OUTPUT {
            return Err(format!("{length} characters of output").into());
        }
        process::peak(&side.agent)
    })?;
    Ok(Row {
        measure: "peak memory of a program's 16 MiB of output",
        unit: "MB",
        ours,
        peer,
        goal: Goal::OfPeer(1.0),
        limits: vec![],
    })
}

/// When nothing has happened yet.
pub(super) fn idle(context: &Context) -> Result<Row, Box<dyn Error>> {
    let [ours, peer] = of_each(context, context.rounds, |side| {
        side.line.ask(PING)?;
        process::resident(&side.agent)
    })?;
    Ok(Row {
        measure: "resident when idle",
        unit: "MB",
        ours,
        peer,
        goal: Goal::AtMost(2.5),
        limits: vec![],
    })
}

/// A value of each agent in each round, and a fresh one each time.
fn of_each(
    context: &Context,
    rounds: usize,
    mut value: impl FnMut(&mut Side) -> Result<f64, Box<dyn Error>>,
) -> Result<[Option<Sample>; 2], Box<dyn Error>> {
    let programs = context.programs();
    let mut values: [Vec<f64>; 2] = Default::default();
    for _ in 0..rounds {
        let programs = [Some(&programs.ours), programs.peer.as_ref()];
        for (program, values) in programs.into_iter().zip(&mut values) {
            let Some(program) = program else { continue };
            values.push(value(&mut Side::start(&Setup::new(program))?)?);
        }
    }
    Ok(values.map(Sample::of))
}

/// Reads much at once, and writes much at once several times.
fn work(side: &mut Side) -> Result<(), Box<dyn Error>> {
    noise::write(&side.agent.home().join("large"), LARGEST)?;
    let handle = file::open(side, "large", "r")?;
    side.line.ask(&file::read_request(handle, LARGEST))?;
    file::close(side, handle)?;
    let (size, count) = WRITTEN;
    let text = STANDARD.encode(noise::bytes(size));
    let handle = file::open(side, "written", "w")?;
    let request = file::write_request(handle, &text);
    for _ in 0..count {
        side.line.ask(&request)?;
    }
    file::close(side, handle)
}
