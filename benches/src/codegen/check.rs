//! What the compiler needs to check generated code.

use std::error::Error;
use std::fs::File;
use std::time::SystemTime;

use super::scratch::{OURS, Scratch};
use crate::cargo::Needed;
use crate::sample::Sample;
use crate::table::{Goal, Row};

/// Of the peer's time.
const TIME: f64 = 1.0 / 3.0;

/// Megabytes for the machine protocol of QEMU 10.2.
const MEMORY: f64 = 500.0;

/// The rows on time and memory.
pub(super) fn measure(scratch: &Scratch, rounds: usize) -> Result<[Row; 3], Box<dyn Error>> {
    let mut ours = Vec::new();
    let mut peer = Vec::new();
    for _ in 0..rounds {
        ours.push(check_ours(scratch)?);
        peer.push(check_peer(scratch)?);
    }
    let row = |measure, unit, value: fn(&Needed) -> f64, goal| Row {
        measure,
        unit,
        ours: Sample::of(ours.iter().map(value)),
        peer: Sample::of(peer.iter().map(value)),
        goal,
    };
    Ok([
        row("check", "s", |needed| needed.wall, Goal::OfPeer(TIME)),
        row(
            "check, processor",
            "s",
            |needed| needed.processor,
            Goal::None,
        ),
        row(
            "check, memory",
            "MB",
            |needed| needed.memory,
            Goal::AtMost(MEMORY),
        ),
    ])
}

fn check_ours(scratch: &Scratch) -> Result<Needed, Box<dyn Error>> {
    let file = File::options().append(true).open(scratch.our_file())?;
    file.set_modified(SystemTime::now())?;
    scratch.workspace.watch(OURS, &["check", "--package", OURS])
}

/// Cargo looks at the files of published crates once, so it has to forget them.
fn check_peer(scratch: &Scratch) -> Result<Needed, Box<dyn Error>> {
    let package = scratch.peer.package();
    scratch
        .workspace
        .cargo(&["clean", "--profile", "dev", "--package", package])?;
    let name = package.replace('-', "_");
    scratch
        .workspace
        .watch(&name, &["check", "--package", package])
}
