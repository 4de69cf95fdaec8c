//! Measurements of this workspace beside what others have made, in one table.
//!
//! `cargo run --release -p qapi-benches` measures everything; words choose the rows in whose names they occur, such as
//! `agent ping`. [`agent`] is the guest agent beside that of QEMU, [`language`] what reads and compares schemas,
//! [`codegen`] the generator and what it generates beside the crate `qapi`.
//!
//! Nothing passes or fails by a time, which is different on each machine. By ratios that are lost the
//! [quick half](quick) fails, which looks at what [`record`] holds. [`documents`] show what was measured last.

#![forbid(unsafe_code)]

mod agent;
mod cargo;
mod codegen;
mod context;
mod copies;
mod documents;
mod growth;
mod language;
mod measure;
mod options;
mod quick;
mod record;
mod releases;
mod rows;
mod sample;
mod schema;
mod table;
mod watch;

use std::error::Error;
use std::io::{self, Write as _};
use std::process::ExitCode;

use self::context::Context;
use self::measure::Measure;
use self::options::{Options, Task};
use self::table::Table;

fn main() -> ExitCode {
    run().unwrap_or_else(|error| {
        // There is nobody left to tell if that fails.
        let _ = writeln!(io::stderr(), "{error}");
        ExitCode::FAILURE
    })
}

fn run() -> Result<ExitCode, Box<dyn Error>> {
    if let Some(watch) = watch::Watch::of_environment() {
        return watch.run();
    }
    if let Some(bare) = agent::bare::Bare::of_environment() {
        match bare.serve()? {}
    }
    let options = Options::of_command_line()?;
    let measures = options.measures()?;
    let context = Context::new(options.rounds);
    match options.task {
        Task::Help => writeln!(io::stdout(), "{}", options::USAGE)?,
        Task::List => list(&measures)?,
        Task::Show => show(&measures, &context)?,
        Task::Markdown => {
            let table = measure_all(&measures, &context)?;
            let circumstances = documents::circumstances(&context.sides())?;
            let rows = table.markdown(|_| true);
            write!(io::stdout(), "{circumstances}\n\n{rows}")?;
        }
        Task::Documents => {
            let table = measure_all(&measures, &context)?;
            documents::write(&table, &context.sides())?;
        }
        Task::Quick => return quick::check(&measures, &context),
        Task::Record => quick::record(&measures, &context)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn list(measures: &[&Measure]) -> io::Result<()> {
    let mut names = measures.iter().map(|it| it.name);
    names.try_for_each(|name| writeln!(io::stdout(), "{name}"))
}

/// Measures and shows.
fn show(measures: &[&Measure], context: &Context) -> Result<(), Box<dyn Error>> {
    let table = measure_all(measures, context)?;
    let mut out = io::stdout();
    writeln!(out, "{}\n\n{table}", context.sides().join("\n"))?;
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

/// Measures one after another, and tells which is at hand.
fn measure_all(measures: &[&Measure], context: &Context) -> Result<Table, Box<dyn Error>> {
    let mut table = Table::default();
    for measure in measures {
        writeln!(io::stderr(), "{} ...", measure.name)?;
        table.push(measure.name, measure.row(context)?);
    }
    Ok(table)
}
