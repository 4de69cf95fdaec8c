//! How long generating takes, and how much comes out.

use std::error::Error;
use std::fs;

use super::scratch::{Scratch, generate};
use crate::sample::{Sample, time};
use crate::schema::Subject;
use crate::table::{Goal, Row};

/// Milliseconds for the machine protocol of QEMU 10.2.
const TIME: f64 = 120.0;

/// How long ours takes.
pub(super) fn measure(subject: &Subject, rounds: usize) -> Result<Sample, Box<dyn Error>> {
    let mut values = Vec::new();
    for _ in 0..rounds * 2 {
        let (elapsed, code) = time(|| Ok::<_, Box<dyn Error>>(generate(&subject.load()?)?));
        code?;
        values.push(elapsed);
    }
    Ok(Sample::of(values).ok_or("there are no rounds")?)
}

/// The rows on time and size.
pub(super) fn rows(
    scratch: &Scratch,
    ours: Sample,
    peer: Option<Sample>,
) -> Result<[Row; 2], Box<dyn Error>> {
    let our_size = size(&fs::read_to_string(scratch.our_file())?);
    let peer_size = size(&fs::read_to_string(scratch.peer_file()?)?);
    Ok([
        Row {
            measure: "generation",
            unit: "ms",
            ours: Some(ours),
            peer,
            goal: Goal::AtMost(TIME),
        },
        Row {
            measure: "generated code without comments",
            unit: "kB",
            ours: Sample::of([our_size]),
            peer: Sample::of([peer_size]),
            goal: Goal::None,
        },
    ])
}

/// Documentation is no burden to the compiler.
fn size(code: &str) -> f64 {
    let lines = code.lines().map(str::trim);
    let lines = lines.filter(|line| !line.starts_with("//"));
    lines.map(|line| line.len() as f64).sum::<f64>() / 1e3
}
