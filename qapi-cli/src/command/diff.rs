//! `qapi diff`.

use std::path::PathBuf;

use clap::{ValueEnum, ValueHint};
use qapi_diff::Severity;
use qapi_parser::{Checked, Dialect, Schema};
use toml::value::Date;

use crate::failure::{Failure, Outcome};
use crate::input::{self, Input};
use crate::output::Output;
use crate::report::{self, Format, Report};
use crate::suppress::Suppressions;

/// Tells what two schemas differ in on the wire, and whom that breaks
///
/// Names of types, bases, files and the order of definitions do not matter. Schemas of any release of QEMU are read.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// The schema before
    #[arg(value_name = "OLD", value_hint = ValueHint::AnyPath)]
    old: Input,
    /// The schema after
    #[arg(value_name = "NEW", value_hint = ValueHint::AnyPath)]
    new: Input,
    /// The form of the report
    #[arg(long, default_value = "text")]
    format: Format,
    /// Which findings make the exit code 1
    #[arg(long, value_name = "SEVERITY", default_value = "any")]
    fail_on: FailOn,
    /// A file with findings that are known
    #[arg(long, value_name = "FILE")]
    suppress: Option<PathBuf>,
    /// What to call the two; what their paths tell unless said otherwise
    #[arg(long = "as", value_name = "OLD,NEW", value_delimiter = ',')]
    names: Vec<String>,
    /// Tells for each finding why, where, and what it is a part of
    #[arg(short, long)]
    verbose: bool,
    /// Writes to a file instead of standard output
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

const EXAMPLES: &str = "\
Examples:
  qapi diff schema/qga-3.1.json schema/qga-10.2.json
  git show HEAD:schema.json | qapi diff - schema.json --as HEAD,now --fail-on breaking
  qapi diff old.json new.json --suppress known.toml --format github

A line starts with `+` for what came, `-` for what went, and `~` for what is different; `qapi explain` tells about
the rule at its end. A file for --suppress has entries such as

  [[suppress]]
  rule = \"command-removed\"
  path = \"guest-old-*\"          # `*` stands for any characters
  reason = \"no client uses them\"
  expires = 2027-06-30          # the last day; need not be there

Exit codes: 0 where nothing was found, 1 where something was, 2 where the schemas could not be compared.";

/// Which findings count.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum FailOn {
    /// Those that break clients
    Breaking,
    /// Those that may break some, too
    Risky,
    /// All
    Any,
}

/// Compares the two and reports.
pub(crate) fn run(args: &Args, output: &Output) -> Result<Outcome, Failure> {
    input::read_stdin_once([&args.old, &args.new])?;
    let (old_name, new_name) = names(args)?;
    let mut suppressions = match &args.suppress {
        Some(path) => Suppressions::read(path, today()?)?,
        None => Suppressions::default(),
    };
    let (old, new) = load(args)?;
    let diff = qapi_diff::diff(&old, &new);
    let is_suppressed = |finding: &qapi_diff::Finding| {
        suppressions.suppress(finding.rule.id, &finding.path.to_string())
    };
    let (findings, suppressed) = report::sift(&diff, is_suppressed);
    let report = Report {
        old: report::compared(&old_name, args.old.to_string(), diff.old),
        new: report::compared(&new_name, args.new.to_string(), diff.new),
        findings,
        suppressed,
        remarks: suppressions
            .remarks()
            .map(|remark| remark.to_string())
            .collect(),
        fail_on: args.fail_on.into(),
        verbose: args.verbose,
    };
    report.remarks.iter().for_each(|remark| output.warn(remark));
    output.deliver(args.output.as_deref(), &report.render(args.format))?;
    Ok(Outcome::findings(report.fails()))
}

/// Reads both at the same time.
fn load(args: &Args) -> Result<(Checked<Schema>, Checked<Schema>), Failure> {
    let load = |input: &Input| input.load(Dialect::Historical);
    let (old, new) = std::thread::scope(|scope| {
        let old = scope.spawn(|| load(&args.old));
        let new = load(&args.new);
        (old.join().expect("the loader does not panic"), new)
    });
    Ok((old?, new?))
}

/// What the two are called.
fn names(args: &Args) -> Result<(String, String), Failure> {
    match args.names.as_slice() {
        [old, new] => Ok((old.clone(), new.clone())),
        [] => {
            let versions = args.old.version().zip(args.new.version());
            let told = versions.filter(|(old, new)| old != new);
            Ok(told.unwrap_or_else(|| (args.old.to_string(), args.new.to_string())))
        }
        _ => Err(Failure::new(
            "`--as` takes two names, such as `--as before,after`",
        )),
    }
}

/// Today, wherever the sun stands.
fn today() -> Result<Date, Failure> {
    let now = tz::UtcDateTime::now()
        .map_err(|error| Failure::new(format!("cannot tell what day it is: {error}")))?;
    let year = u16::try_from(now.year()).unwrap_or(u16::MAX);
    Ok(Date {
        year,
        month: now.month(),
        day: now.month_day(),
    })
}

impl From<FailOn> for Severity {
    fn from(fail_on: FailOn) -> Self {
        match fail_on {
            FailOn::Breaking => Self::Breaking,
            FailOn::Risky => Self::Risky,
            FailOn::Any => Self::Info,
        }
    }
}
