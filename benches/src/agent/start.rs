//! How long the agent takes to be there.

use std::error::Error;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::limit;
use super::line::Line;
use super::ping::PING;
use crate::context::Context;
use crate::sample::{Sample, milliseconds};
use crate::table::{Goal, Limit, Row};

/// Between two attempts to connect. The agent shall have the processors to itself meanwhile.
const BETWEEN_ATTEMPTS: Duration = Duration::from_micros(20);

/// How long to go on with them.
const PATIENCE: Duration = Duration::from_secs(10);

pub(super) fn measure(context: &Context) -> Result<Row, Box<dyn Error>> {
    let programs = context.programs();
    let mut ours = Vec::new();
    let mut peer = Vec::new();
    for _ in 0..context.rounds * 20 {
        ours.push(start(&programs.ours)?);
        if let Some(program) = &programs.peer {
            peer.push(start(program)?);
        }
    }
    Ok(Row {
        measure: "start to first reply",
        unit: "ms",
        ours: Sample::of(ours),
        peer: Sample::of(peer),
        goal: Goal::AtMost(2.0),
        limits: vec![Limit::new(
            "spawn and wait",
            limit::spawn(context.rounds * 5)?,
        )],
    })
}

/// Starts a program and ends it when it has replied.
fn start(program: &Path) -> Result<f64, Box<dyn Error>> {
    let home = TempDir::with_prefix("qapi-bench-")?;
    let socket = home.path().join("socket");
    let mut command = Command::new(program);
    command
        .args(["-m", "unix-listen", "-p"])
        .arg(&socket)
        .arg("-t")
        .arg(home.path())
        .current_dir(home.path())
        .env_clear()
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let start = Instant::now();
    let mut child = command.spawn()?;
    let replied = first_reply(&socket, &mut child);
    let elapsed = start.elapsed();
    child.kill()?;
    child.wait()?;
    replied?;
    Ok(milliseconds(elapsed))
}

fn first_reply(socket: &Path, child: &mut Child) -> Result<(), Box<dyn Error>> {
    let start = Instant::now();
    let mut line = loop {
        match Line::connect(socket) {
            Ok(line) => break line,
            Err(_) if start.elapsed() < PATIENCE => thread::sleep(BETWEEN_ATTEMPTS),
            Err(error) => return Err(format!("{error}, and it {:?}", child.try_wait()?).into()),
        }
    };
    line.ask(PING)?;
    Ok(())
}
