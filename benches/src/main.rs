//! Measurements of this workspace beside the crates that others have published.
//!
//! `cargo run --release -p qapi-benches -- codegen` measures the generator and what it generates; see [`codegen`].
//! `QAPI_BENCH_SCHEMA` names the schema, as in the benchmark of `qapi-parser`; without it, it is the current one of the
//! guest agent. Nothing here passes or fails: a measured time is no test.

#![forbid(unsafe_code)]

mod cargo;
mod codegen;
mod sample;
mod schema;
mod table;

use std::error::Error;
use std::process::ExitCode;

use lexopt::{Arg, ValueExt};

const USAGE: &str = "usage: cargo run --release -p qapi-benches -- codegen [--rounds NUMBER]";

fn main() -> Result<ExitCode, Box<dyn Error>> {
    if let Some(watch) = cargo::Watch::of_environment() {
        return watch.run_compiler();
    }
    let mut arguments = lexopt::Parser::from_env();
    let mut rounds = 5;
    let mut is_wanted = false;
    while let Some(argument) = arguments.next()? {
        match argument {
            Arg::Value(name) if name == "codegen" => is_wanted = true,
            Arg::Long("rounds") => rounds = arguments.value()?.parse()?,
            _ => return Err(argument.unexpected().into()),
        }
    }
    if !is_wanted || rounds == 0 {
        return Err(USAGE.into());
    }
    codegen::run(rounds)?;
    Ok(ExitCode::SUCCESS)
}
