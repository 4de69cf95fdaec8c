//! Options as `getopt_long`, which the C agent uses, understands them: long names may be cut
//! short as long as they stay unique, and operands are ignored.

use std::ffi::OsString;

use lexopt::{Arg, Parser};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Opt {
    Config,
    Method,
    Path,
    LogFile,
    PidFile,
    FsfreezeHook,
    StateDir,
    Verbose,
    Version,
    Daemonize,
    BlockRpcs,
    AllowRpcs,
    DumpConf,
    RetryPath,
    Help,
    FreezePlan,
    Explain,
    SelfTest,
    FreezeTimeout,
    HookTimeout,
    Thaw,
    /// What Windows would do as a service. Means nothing here, but takes a value.
    Service,
}

/// What follows an option.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Takes {
    Nothing,
    Value,
    /// Only in the same word: one that stands apart is an operand.
    AttachedValue,
}

/// Every option of the C agent: its letter, its name if it has one, its meaning.
pub(super) const OPTIONS: [(char, &str, Opt); 16] = [
    ('c', "config", Opt::Config),
    ('m', "method", Opt::Method),
    ('p', "path", Opt::Path),
    ('l', "logfile", Opt::LogFile),
    ('f', "pidfile", Opt::PidFile),
    ('F', "fsfreeze-hook", Opt::FsfreezeHook),
    ('t', "statedir", Opt::StateDir),
    ('V', "version", Opt::Version),
    ('v', "verbose", Opt::Verbose),
    ('d', "daemonize", Opt::Daemonize),
    ('b', "block-rpcs", Opt::BlockRpcs),
    ('a', "allow-rpcs", Opt::AllowRpcs),
    ('D', "dump-conf", Opt::DumpConf),
    ('r', "retry-path", Opt::RetryPath),
    ('h', "help", Opt::Help),
    ('s', "", Opt::Service),
];

/// What only this agent has: its name and its meaning. There is no letter, and no such name may be
/// cut short: whatever is short for an option of the C agent stays so.
pub(super) const OWN: [(&str, Opt); 6] = [
    ("explain", Opt::Explain),
    ("freeze-plan", Opt::FreezePlan),
    ("freeze-timeout", Opt::FreezeTimeout),
    ("hook-timeout", Opt::HookTimeout),
    ("self-test", Opt::SelfTest),
    ("thaw", Opt::Thaw),
];

impl Opt {
    fn takes(self) -> Takes {
        match self {
            Self::Config
            | Self::Method
            | Self::Path
            | Self::LogFile
            | Self::PidFile
            | Self::StateDir
            | Self::BlockRpcs
            | Self::AllowRpcs
            | Self::Explain
            | Self::FreezeTimeout
            | Self::HookTimeout
            | Self::Service => Takes::Value,
            Self::FsfreezeHook => Takes::AttachedValue,
            Self::Verbose
            | Self::Version
            | Self::Daemonize
            | Self::DumpConf
            | Self::RetryPath
            | Self::Help
            | Self::FreezePlan
            | Self::SelfTest
            | Self::Thaw => Takes::Nothing,
        }
    }
}

/// The options of a command line, one after the other, each with its value if it has one.
pub(super) struct Options {
    parser: Parser,
    /// What was no option so far.
    operands: Vec<OsString>,
}

impl Options {
    /// The options in `args`, from which the program's name is gone already.
    pub(super) fn new(args: impl Iterator<Item = OsString>) -> Self {
        let mut parser = Parser::from_args(args);
        parser.set_short_equals(false);
        Self {
            parser,
            operands: Vec::new(),
        }
    }

    /// What was no option, of all that has been read.
    pub(super) fn operands(self) -> Vec<OsString> {
        self.operands
    }

    /// The next option, behind any operands, or what is wrong with it in the words of the C library.
    pub(super) fn next(&mut self) -> Result<Option<(Opt, Option<OsString>)>, String> {
        let (spelling, opt) = loop {
            match self.parser.next().map_err(|error| error.to_string())? {
                None => return Ok(None),
                Some(Arg::Value(operand)) => self.operands.push(operand),
                Some(Arg::Short(letter)) => break short(letter)?,
                Some(Arg::Long(name)) => break long(name)?,
            }
        };
        let value = match opt.takes() {
            Takes::Nothing => spelling.flag(&mut self.parser).map(|()| None),
            Takes::Value => spelling.value(&mut self.parser).map(Some),
            Takes::AttachedValue => Ok(self.parser.optional_value()),
        };
        value.map(|value| Some((opt, value)))
    }
}

/// What the C agent of QEMU 7.2 calls an option, and what it is called today. Files of distributions
/// may still use it; it is understood, but not listed, and not to be cut short.
const FORMER: (&str, &str) = ("blacklist", "block-rpcs");

/// How the user wrote an option, for messages.
enum Spelling {
    Short(char),
    Long(&'static str),
}

impl Spelling {
    /// What the option is given.
    fn value(&self, parser: &mut Parser) -> Result<OsString, String> {
        parser.value().map_err(|_| match self {
            Self::Short(letter) => format!("option requires an argument -- '{letter}'"),
            Self::Long(name) => format!("option '--{name}' requires an argument"),
        })
    }

    /// That the option is given, which is all there is to it.
    fn flag(&self, parser: &mut Parser) -> Result<(), String> {
        match self {
            // What follows a letter is the next letter.
            Self::Short(_) => Ok(()),
            Self::Long(name) => match parser.optional_value() {
                Some(_) => Err(format!("option '--{name}' doesn't allow an argument")),
                None => Ok(()),
            },
        }
    }
}

fn short(letter: char) -> Result<(Spelling, Opt), String> {
    OPTIONS
        .iter()
        .find(|option| option.0 == letter)
        .map(|&(letter, _, opt)| (Spelling::Short(letter), opt))
        .ok_or_else(|| format!("invalid option -- '{letter}'"))
}

fn long(name: &str) -> Result<(Spelling, Opt), String> {
    if let Some(own) = OWN.iter().find(|own| own.0 == name) {
        return Ok((Spelling::Long(own.0), own.1));
    }
    let name = if name == FORMER.0 { FORMER.1 } else { name };
    let named = || OPTIONS.iter().filter(|option| !option.1.is_empty());
    let exact = named().find(|option| option.1 == name);
    let begun: Vec<_> = named()
        .filter(|option| option.1.starts_with(name))
        .collect();
    match (exact, begun.as_slice()) {
        (Some(option), _) | (None, &[option]) => Ok((Spelling::Long(option.1), option.2)),
        (None, []) => Err(format!("unrecognized option '--{name}'")),
        (None, several) => {
            let names: Vec<_> = several
                .iter()
                .map(|option| format!("'--{}'", option.1))
                .collect();
            let names = names.join(" ");
            Err(format!(
                "option '--{name}' is ambiguous; possibilities: {names}"
            ))
        }
    }
}
