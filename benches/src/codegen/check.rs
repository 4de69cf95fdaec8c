//! What the compiler needs to check generated code.

use std::error::Error;
use std::fs::File;
use std::time::SystemTime;

use super::scratch::{OURS, Scratch, TENFOLD, generate};
use crate::cargo::write_if_changed;
use crate::context::Context;
use crate::copies::copies;
use crate::growth;
use crate::sample::Sample;
use crate::table::{Goal, Row};
use crate::watch::Needed;

/// Of the peer's time.
const TIME: f64 = 1.0 / 3.0;

/// Megabytes for the machine protocol of QEMU 10.2.
const MEMORY: f64 = 500.0;

/// What the compilers needed, one after the other.
#[derive(Debug)]
pub(crate) struct Checks {
    ours: Vec<Needed>,
    peer: Vec<Needed>,
}

impl Checks {
    pub(crate) fn measure(scratch: &Scratch, rounds: usize) -> Result<Self, Box<dyn Error>> {
        let mut ours = Vec::new();
        let mut peer = Vec::new();
        for _ in 0..rounds {
            ours.push(check(scratch, OURS)?);
            peer.push(check_peer(scratch)?);
        }
        Ok(Self { ours, peer })
    }

    pub(super) fn time(&self) -> Row {
        self.row("check", "s", |it| it.wall, Goal::OfPeer(TIME))
    }

    pub(super) fn processor(&self) -> Row {
        self.row("check, processor", "s", |it| it.processor, Goal::None)
    }

    pub(super) fn memory(&self) -> Row {
        self.row("check, memory", "MB", |it| it.memory, Goal::AtMost(MEMORY))
    }

    fn row(
        &self,
        measure: &'static str,
        unit: &'static str,
        value: fn(&Needed) -> f64,
        goal: Goal,
    ) -> Row {
        Row {
            measure,
            unit,
            ours: Sample::of(self.ours.iter().map(value)),
            peer: Sample::of(self.peer.iter().map(value)),
            goal,
            limits: vec![],
        }
    }
}

/// What ten copies of the schema cost the compiler, in relation to one.
pub(super) fn growth(context: &Context) -> Result<Row, Box<dyn Error>> {
    let scratch = context.scratch()?;
    let copies = copies(&scratch.subject.path, growth::TIMES)?;
    write_if_changed(&scratch.file(TENFOLD), &generate(&copies.load()?)?)?;
    let mut ratios = Vec::new();
    for _ in 0..context.rounds.div_ceil(3) {
        let one = check(scratch, OURS)?.wall;
        ratios.push(check(scratch, TENFOLD)?.wall / one);
    }
    Ok(Row {
        measure: "check, ten times",
        unit: growth::UNIT,
        ours: Sample::of(ratios),
        peer: None,
        goal: Goal::None,
        limits: vec![],
    })
}

/// Has the compiler look at a crate of ours, whether it has changed or not.
fn check(scratch: &Scratch, name: &str) -> Result<Needed, Box<dyn Error>> {
    let file = File::options().append(true).open(scratch.file(name))?;
    file.set_modified(SystemTime::now())?;
    scratch.workspace.watch(name, &["check", "--package", name])
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
