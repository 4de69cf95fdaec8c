//! Measurements of this workspace beside what others have made, in one table.
//!
//! `cargo run --release -p qapi-benches` measures everything; words choose the rows in whose names they occur, such as
//! `agent ping`. [`agent`] is the guest agent beside that of QEMU, [`codegen`] the generator and what it generates beside
//! the crate `qapi`. `QAPI_BENCH_SCHEMA` names the schema, as in the benchmark of `qapi-parser`; without it, it is the
//! current one of the guest agent. Nothing here passes or fails: a measured time is no test.

#![forbid(unsafe_code)]

mod agent;
mod cargo;
mod codegen;
mod copies;
mod growth;
mod language;
mod measure;
mod releases;
mod sample;
mod schema;
mod table;
mod watch;

use std::error::Error;
use std::io::{self, Write as _};
use std::process::ExitCode;

use lexopt::{Arg, ValueExt as _};

use self::measure::{Context, Measure};
use self::table::Table;

const USAGE: &str =
    "usage: cargo run --release -p qapi-benches -- [--rounds NUMBER] [--list] [WORD]...

Words choose the rows in whose names all of them occur.";

fn main() -> Result<ExitCode, Box<dyn Error>> {
    if let Some(watch) = watch::Watch::of_environment() {
        return watch.run();
    }
    if let Some(bare) = agent::Bare::of_environment() {
        match bare.serve()? {}
    }
    let mut arguments = lexopt::Parser::from_env();
    let mut rounds = 5;
    let mut words = Vec::new();
    let mut is_list = false;
    while let Some(argument) = arguments.next()? {
        match argument {
            Arg::Value(word) => words.push(word.string()?),
            Arg::Long("list") => is_list = true,
            Arg::Long("rounds") => rounds = arguments.value()?.parse()?,
            _ => return Err(format!("{}\n{USAGE}", argument.unexpected()).into()),
        }
    }
    if rounds == 0 {
        return Err(USAGE.into());
    }
    let chosen = |measure: &&Measure| words.iter().all(|word| measure.name.contains(word));
    let groups = [agent::MEASURES, language::MEASURES, codegen::MEASURES];
    let measures: Vec<_> = groups.iter().copied().flatten().filter(chosen).collect();
    if measures.is_empty() {
        return Err("no row has such a name; --list shows all".into());
    }
    let mut out = io::stdout();
    if is_list {
        for measure in measures {
            writeln!(out, "{}", measure.name)?;
        }
        return Ok(ExitCode::SUCCESS);
    }
    run(&measures, rounds)?;
    Ok(ExitCode::SUCCESS)
}

/// Measures and shows.
fn run(measures: &[&Measure], rounds: usize) -> Result<(), Box<dyn Error>> {
    let context = Context::new(rounds);
    let mut rows = Vec::new();
    for measure in measures {
        writeln!(io::stderr(), "{} ...", measure.name)?;
        let row = (measure.run)(&context).map_err(|error| format!("{}: {error}", measure.name))?;
        rows.push(row);
    }
    let mut out = io::stdout();
    writeln!(out, "{}\n{}", context.sides(), Table(rows))?;
    let notes = [
        ("agent", agent::NOTES),
        ("language", language::NOTES),
        ("codegen", codegen::NOTES),
    ];
    for (group, notes) in notes {
        if measures.iter().any(|it| it.name.starts_with(group)) {
            writeln!(out, "{notes}\n")?;
        }
    }
    Ok(())
}
