//! `qapi generate`.

use std::fs;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use clap::{ValueEnum, ValueHint};
use qapi_codegen::{Conditions, Config, Difference, Docs, Part};

use super::check::dialect;
use crate::failure::{Failure, Outcome};
use crate::input::Input;
use crate::output::{self, Output};
use crate::symbol::Symbol;

/// Generates Rust from a schema: what `qapi_codegen::Config` does in a build script
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// The schema
    #[arg(value_name = "FILE", value_hint = ValueHint::AnyPath)]
    file: Input,
    /// The folder for the generated file, which is made if it is not there; without it, the code is printed
    #[arg(short, long, value_name = "DIR", help_heading = "Where it goes")]
    output: Option<PathBuf>,
    /// What the generated file is called, without `.rs`; like the schema unless said otherwise
    #[arg(
        long,
        value_name = "NAME",
        requires = "output",
        help_heading = "Where it goes"
    )]
    module: Option<String>,
    /// Compares with the file that is there instead of writing it
    #[arg(long, requires = "output", help_heading = "Where it goes")]
    check: bool,
    /// Accepts what any release of QEMU since 0.15 accepted
    #[arg(long)]
    historical: bool,
    #[command(flatten)]
    select: Select,
    #[command(flatten)]
    conditions: CondArgs,
    #[command(flatten)]
    shape: Shape,
}

const EXAMPLES: &str = "\
Examples:
  qapi generate greenhouse.json -o src --service Greenhouse
  qapi generate qapi/qapi-schema.json -o src --module qmp --parts types,client --commands 'query-*'
  qapi generate greenhouse.json -o src --service Greenhouse --check

A pattern is `Type.member`, `command.arguments`, `EVENT.data` or the like, where `*` stands for any
characters inside one part. Options that take one can be given again and again.";

/// How much of the schema.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "How much of the schema")]
struct Select {
    /// Generates these commands only, and what they lead to: names, or patterns such as `query-*`
    #[arg(long, value_name = "PATTERN", value_delimiter = ',')]
    commands: Option<Vec<String>>,
    /// Generates these events only, and what they lead to
    #[arg(long, value_name = "PATTERN", value_delimiter = ',')]
    events: Option<Vec<String>>,
    /// Generates these parts; all but introspection unless said otherwise
    #[arg(long, value_name = "PART", value_delimiter = ',')]
    parts: Option<Vec<PartArg>>,
    /// How much of the documentation goes along
    #[arg(long, value_name = "HOW-MUCH", default_value = "full")]
    docs: DocsArg,
}

/// What becomes of conditions.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Conditions")]
struct CondArgs {
    /// A symbol that the build defines, or does not; this outdoes files
    #[arg(long, value_name = "SYMBOL[=y|n]")]
    cond: Vec<Symbol>,
    /// A file that tells which symbols a build of QEMU defines: `config-host.h` or `config-host.mak`
    #[arg(long, value_name = "FILE")]
    cond_file: Vec<PathBuf>,
    /// Whether conditions are decided now, by the compiler with `#[cfg]`, or not at all
    #[arg(long, value_name = "HOW", default_value = "evaluate")]
    conditions: ConditionsArg,
    /// What the compiler is asked for instead of a symbol
    #[arg(long, value_name = "SYMBOL=PREDICATE")]
    cond_cfg: Vec<Pair>,
}

/// How the code looks.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "How the code looks")]
struct Shape {
    /// The name of the trait that a server implements
    #[arg(long, value_name = "NAME", default_value = "Service")]
    service: String,
    /// Makes a Rust module of each file of the schema
    #[arg(long)]
    modules: bool,
    /// Makes handlers and clients asynchronous
    #[arg(long = "async")]
    asynchronous: bool,
    /// Calls something differently in Rust
    #[arg(long, value_name = "PATTERN=NAME")]
    name: Vec<Pair>,
    /// Further traits to derive
    #[arg(long, value_name = "PATTERN=TRAITS")]
    derive: Vec<Pair>,
    /// Attributes to put before something
    #[arg(long, value_name = "PATTERN=ATTRIBUTES")]
    attribute: Vec<Pair>,
    /// A Rust type instead of the one that the schema leads to
    #[arg(long, value_name = "PATTERN=TYPE")]
    replace: Vec<Pair>,
    /// Members that may be left out although the schema requires them
    #[arg(long, value_name = "PATTERN")]
    optional: Vec<String>,
    /// The command whose reply starts with the byte 0xFF
    #[arg(long, value_name = "COMMAND")]
    delimited: Vec<String>,
}

/// Two texts with a `=` between them.
#[derive(Clone, Debug)]
struct Pair(String, String);

impl FromStr for Pair {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (left, right) = text.split_once('=').ok_or("there is no `=` in it")?;
        Ok(Self(left.trim().to_owned(), right.trim().to_owned()))
    }
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum PartArg {
    Types,
    Server,
    Client,
    Events,
    Introspection,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum DocsArg {
    None,
    Summary,
    Full,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum ConditionsArg {
    Evaluate,
    Cfg,
    Keep,
}

/// Generates the code and brings it to its place, or compares it.
pub(crate) fn run(args: &Args, output: &Output) -> Result<Outcome, Failure> {
    let schema = args.file.load(dialect(args.historical))?;
    let code = config(args).expand(&schema)?;
    let Some(folder) = &args.output else {
        output.print(code)?;
        return Ok(Outcome::Good);
    };
    let path = folder.join(file_name(args));
    if args.check {
        return check(&path, &code, output);
    }
    fs::create_dir_all(folder).map_err(|error| Failure::file("make the folder", folder, &error))?;
    output::write_file(&path, &code)?;
    Ok(Outcome::Good)
}

/// Compares the code with what is there.
fn check(path: &Path, code: &str, output: &Output) -> Result<Outcome, Failure> {
    let old = fs::read(path).map_err(|error| Failure::file("read", path, &error))?;
    let difference = Difference::first(&String::from_utf8_lossy(&old), code);
    if let Some(difference) = &difference {
        let path = path.display();
        output.print(format_args!(
            "{path} is not what would be generated, from {difference}\n"
        ))?;
    }
    Ok(Outcome::findings(difference.is_some()))
}

fn file_name(args: &Args) -> String {
    let root = args.file.root();
    let schema = root.file_stem().unwrap_or_default().to_string_lossy();
    let name = match &args.module {
        Some(name) => name,
        None if args.file.is_stdin() => "schema",
        None => &*schema,
    };
    format!("{name}.rs")
}

fn config(args: &Args) -> Config {
    let mut config = Config::new();
    select(&mut config, &args.select);
    decide_conditions(&mut config, &args.conditions);
    shape(&mut config, &args.shape);
    config
}

fn select(config: &mut Config, select: &Select) {
    if let Some(commands) = &select.commands {
        config.commands(commands);
    }
    if let Some(events) = &select.events {
        config.events(events);
    }
    if let Some(parts) = &select.parts {
        config.parts(parts.iter().map(|part| match part {
            PartArg::Types => Part::Types,
            PartArg::Server => Part::Server,
            PartArg::Client => Part::Client,
            PartArg::Events => Part::Events,
            PartArg::Introspection => Part::Introspection,
        }));
    }
    config.docs(match select.docs {
        DocsArg::None => Docs::None,
        DocsArg::Summary => Docs::Summary,
        DocsArg::Full => Docs::Full,
    });
}

fn decide_conditions(config: &mut Config, args: &CondArgs) {
    for file in &args.cond_file {
        config.cond_file(file);
    }
    for symbol in &args.cond {
        config.cond(&symbol.name, symbol.defined);
    }
    for Pair(symbol, predicate) in &args.cond_cfg {
        config.cond_cfg(symbol, predicate);
    }
    config.conditions(match args.conditions {
        ConditionsArg::Evaluate => Conditions::Evaluate,
        ConditionsArg::Cfg => Conditions::Cfg,
        ConditionsArg::Keep => Conditions::Keep,
    });
}

fn shape(config: &mut Config, shape: &Shape) {
    config
        .service(&shape.service)
        .modules(shape.modules)
        .asynchronous(shape.asynchronous);
    for Pair(pattern, name) in &shape.name {
        config.name(pattern, name);
    }
    for Pair(pattern, traits) in &shape.derive {
        config.derive(pattern, traits);
    }
    for Pair(pattern, attributes) in &shape.attribute {
        config.attribute(pattern, attributes);
    }
    for Pair(pattern, ty) in &shape.replace {
        config.replace(pattern, ty);
    }
    for pattern in &shape.optional {
        config.optional(pattern);
    }
    for command in &shape.delimited {
        config.delimited(command);
    }
}
