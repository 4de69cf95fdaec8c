//! `qapi history`.

use std::path::PathBuf;

use clap::{ValueEnum, ValueHint};
use qapi_diff::History;
use qapi_parser::similar;

use crate::failure::{Failure, Outcome};
use crate::input::Input;
use crate::output::{Output, count, printable};
use crate::release;
use crate::{chronicle, page, pattern};

/// Tells when everything on the wire appeared, changed and went
///
/// Schemas of any release of QEMU are read.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// The schemas, or a folder with them, whose names tell the versions
    #[arg(required = true, value_name = "DIR|FILES", value_hint = ValueHint::AnyPath)]
    inputs: Vec<Input>,
    /// The form of the history
    #[arg(long, default_value = "text")]
    format: Format,
    /// Tells of one command or event only, or of those that a pattern such as `guest-file-*` means
    #[arg(long, value_name = "PATTERN")]
    only: Option<String>,
    /// Tells just since when a path is there
    #[arg(long, value_name = "PATH", conflicts_with_all = ["format", "only", "audit"])]
    since: Option<String>,
    /// Tells where the newest schema says another version in its comments than the history does
    #[arg(long, conflicts_with_all = ["format", "only"])]
    audit: bool,
    /// What to call the versions, in the order of the schemas, which is kept then
    #[arg(long = "as", value_name = "NAMES", value_delimiter = ',')]
    names: Vec<String>,
    /// The title of the page
    #[arg(long, value_name = "TEXT", default_value = "History of a QAPI schema")]
    title: String,
    /// Writes to a file instead of standard output
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

const EXAMPLES: &str = "\
Examples:
  qapi history schema
  qapi history schema --since guest-exec.arguments.capture-output
  qapi history schema --only 'guest-file-*'
  qapi history qemu-9.2 qemu-10.0 qemu-10.1 --format html -o history.html

A path is that of `qapi diff`, such as `guest-exec.arguments.path` or `query-block.return.device`.

Exit codes: 0, 1 where --audit found something, 2 where the schemas could not be read.";

/// The form of a history.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    /// A line for each change, by command and event
    Text,
    /// For programs
    Json,
    /// A page to look at, which needs nothing else
    Html,
}

/// Reads all versions and tells.
pub(crate) fn run(args: &Args, output: &Output) -> Result<Outcome, Failure> {
    let releases = release::releases(&args.inputs, &args.names)?;
    let names = releases.iter().map(|release| release.version.clone());
    let history = History::of(names.zip(release::load(&releases)?));
    let file = args.output.as_deref();
    if let Some(path) = &args.since {
        output.deliver(file, &since(&history, path)?)?;
        return Ok(Outcome::Good);
    }
    if args.audit {
        return audit(&history, args, output);
    }
    let only = args.only.as_deref();
    if let Some(pattern) = only {
        check_pattern(&history, pattern)?;
    }
    let text = match args.format {
        Format::Text => chronicle::text(&history, only),
        Format::Json => chronicle::json(&history, only),
        Format::Html => page::render(&history, &args.title),
    };
    output.deliver(file, &text)?;
    Ok(Outcome::Good)
}

/// Fails if a pattern means no command or event.
fn check_pattern(history: &History, pattern: &str) -> Result<(), Failure> {
    let names = || history.definitions().iter().map(chronicle::definition_name);
    if names().any(|name| pattern::fits(pattern, name)) {
        return Ok(());
    }
    let failure = Failure::new(format!("no version has a command or event `{pattern}`"));
    Err(match similar(pattern, names()) {
        Some(near) => failure.help(format!("did you mean `{near}`?")),
        None => failure,
    })
}

/// Since when a path is there, and how it went on.
fn since(history: &History, path: &str) -> Result<String, Failure> {
    let Some(line) = history.find(path) else {
        let failure = Failure::new(format!("no version has `{path}`"));
        let paths: Vec<_> = history.lines().map(|(path, _)| path.to_string()).collect();
        return Err(match similar(path, paths.iter().map(String::as_str)) {
            Some(near) => failure.help(format!("did you mean `{near}`?")),
            None => failure.help("`qapi history` lists all paths"),
        });
    };
    let name = |index: usize| &history.releases()[index].name;
    let mut text = String::new();
    for period in &line.periods {
        let what = match period.what.as_deref() {
            None => "gone",
            Some("") => "there",
            Some(what) => what,
        };
        text += &format!(
            "{}: {}: {}\n",
            printable(name(period.from)),
            printable(path),
            printable(what)
        );
    }
    Ok(text)
}

/// Compares what comments say with the history.
fn audit(history: &History, args: &Args, output: &Output) -> Result<Outcome, Failure> {
    let newest = history.releases().len() - 1;
    let no_version =
        |_| Failure::new("comments are about versions, which not all names of these schemas are");
    let audit = history.audit(newest).map_err(no_version)?;
    let mut text: String = audit
        .mismatches
        .iter()
        .map(|it| format!("{}\n", printable(&it.to_string())))
        .collect();
    let (claims, findings) = (
        count(audit.claims, "statement"),
        count(audit.mismatches.len(), "finding"),
    );
    text += &format!(
        "{}: {claims}, {findings}\n",
        history.releases()[newest].name
    );
    output.deliver(args.output.as_deref(), &text)?;
    Ok(Outcome::findings(!audit.mismatches.is_empty()))
}
