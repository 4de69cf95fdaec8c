//! The command line: arguments in, a [`Fragment`] or something to print out.
//!
//! Options behave as with `getopt_long`, which the C agent uses: long names may be cut short as
//! long as they stay unique, operands are ignored, the last of two wins.

use std::ffi::OsString;
use std::fmt;

use lexopt::{Arg, Parser};

use crate::config::Fragment;

/// What the command line asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    /// Run the agent.
    Run(Fragment),
    /// Print the version.
    Version,
    /// Print how to use the program, called by this name.
    Help(String),
}

/// A command line that means nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct UsageError {
    /// The program's name for itself.
    program: String,
    /// What is wrong, in the words of the C library.
    problem: String,
}

impl UsageError {
    /// Where to find help.
    pub(crate) fn hint(&self) -> String {
        format!(
            "Unknown option, try '{} --help' for more information.",
            self.program
        )
    }
}

impl fmt::Display for UsageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.program, self.problem)
    }
}

/// How to use the program.
pub(crate) fn usage(program: &str) -> String {
    format!(
        "Usage: {program} -m unix-listen -p PATH [OPTION]...
Answers the commands of a virtual machine's host from inside the machine.

  -m, --method=METHOD   how the host reaches the agent: unix-listen
  -p, --path=PATH       the socket to listen on; only its owner may connect
  -t, --statedir=DIR    where state is kept between runs (default: {state_dir})
  -F, --fsfreeze-hook[=PATH]
                        run a program before file systems are frozen and after
                        they are thawed (default: {hook})
  -v, --verbose         log everything to standard error, not only failures
  -V, --version         print the version and exit
  -h, --help            print this text and exit
",
        state_dir = crate::config::DEFAULT_STATE_DIR,
        hook = crate::config::DEFAULT_FSFREEZE_HOOK,
    )
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Opt {
    Method,
    Path,
    StateDir,
    FsfreezeHook,
    Verbose,
    Version,
    Help,
}

/// Every option: its letter, its name, its meaning.
const OPTIONS: [(char, &str, Opt); 7] = [
    ('m', "method", Opt::Method),
    ('p', "path", Opt::Path),
    ('t', "statedir", Opt::StateDir),
    ('F', "fsfreeze-hook", Opt::FsfreezeHook),
    ('V', "version", Opt::Version),
    ('v', "verbose", Opt::Verbose),
    ('h', "help", Opt::Help),
];

/// Reads the command line, the program's name included.
///
/// # Errors
/// An option is unknown, ambiguous, lacks its value or has one too many.
pub(crate) fn parse(args: impl IntoIterator<Item = OsString>) -> Result<Action, UsageError> {
    let mut args = args.into_iter();
    let program = args.next().map_or_else(
        || env!("CARGO_PKG_NAME").to_owned(),
        |program| program.to_string_lossy().into_owned(),
    );
    parse_options(args, &program).map_err(|problem| UsageError { program, problem })
}

fn parse_options(args: impl Iterator<Item = OsString>, program: &str) -> Result<Action, String> {
    let mut parser = Parser::from_args(args);
    parser.set_short_equals(false);
    let mut fragment = Fragment::default();
    while let Some((spelling, opt)) = next_option(&mut parser)? {
        match opt {
            Opt::Method => {
                let method = spelling.value(&mut parser)?;
                fragment.method = Some(method.to_string_lossy().into_owned());
            }
            Opt::Path => fragment.path = Some(spelling.value(&mut parser)?.into()),
            Opt::StateDir => fragment.state_dir = Some(spelling.value(&mut parser)?.into()),
            Opt::FsfreezeHook => {
                // A word that stands apart is an operand, as everywhere with optional values.
                let hook = parser.optional_value();
                let hook = hook.unwrap_or_else(|| crate::config::DEFAULT_FSFREEZE_HOOK.into());
                fragment.fsfreeze_hook = Some(hook.into());
            }
            Opt::Verbose => fragment.verbose = Some(spelling.flag(&mut parser)?),
            Opt::Version => return spelling.flag(&mut parser).map(|_| Action::Version),
            Opt::Help => {
                return spelling
                    .flag(&mut parser)
                    .map(|_| Action::Help(program.into()));
            }
        }
    }
    Ok(Action::Run(fragment))
}

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
    fn flag(&self, parser: &mut Parser) -> Result<bool, String> {
        match self {
            // What follows a letter is the next letter.
            Self::Short(_) => Ok(true),
            Self::Long(name) => match parser.optional_value() {
                Some(_) => Err(format!("option '--{name}' doesn't allow an argument")),
                None => Ok(true),
            },
        }
    }
}

/// The next option, operands skipped.
fn next_option(parser: &mut Parser) -> Result<Option<(Spelling, Opt)>, String> {
    loop {
        return match parser.next() {
            Ok(None) => Ok(None),
            Ok(Some(Arg::Value(_))) => continue,
            Ok(Some(Arg::Short(letter))) => short(letter).map(Some),
            Ok(Some(Arg::Long(name))) => long(name).map(Some),
            Err(error) => Err(error.to_string()),
        };
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
    let exact = OPTIONS.iter().find(|option| option.1 == name);
    let begun: Vec<_> = OPTIONS
        .iter()
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

#[cfg(test)]
mod tests {
    use super::*;

    fn run(args: &[&str]) -> Result<Action, String> {
        let args = ["qga"].iter().chain(args).map(OsString::from);
        parse(args).map_err(|error| error.to_string())
    }

    fn fragment(args: &[&str]) -> Fragment {
        match run(args) {
            Ok(Action::Run(fragment)) => fragment,
            other => panic!("{args:?} gives {other:?}"),
        }
    }

    #[test]
    fn options_fill_the_fragment() {
        let expected = Fragment {
            method: Some("unix-listen".into()),
            path: Some("/s".into()),
            state_dir: Some("/t".into()),
            verbose: Some(true),
            fsfreeze_hook: None,
        };
        for args in [
            &["-m", "unix-listen", "-p", "/s", "-t", "/t", "-v"][..],
            &["-munix-listen", "-p/s", "-vt/t"],
            &[
                "--method=unix-listen",
                "--path",
                "/s",
                "--statedir=/t",
                "--verbose",
            ],
            &["--me", "unix-listen", "--pa=/s", "--s", "/t", "--verb"],
            &[
                "operand",
                "-v",
                "-m",
                "other",
                "-m",
                "unix-listen",
                "-p/s",
                "-t/t",
                "--",
                "-x",
            ],
        ] {
            assert_eq!(fragment(args), expected, "{args:?}");
        }
    }

    #[test]
    fn the_hook_is_named_with_its_option_or_not_at_all() {
        let default = crate::config::DEFAULT_FSFREEZE_HOOK;
        for (args, hook) in [
            (&["-F"][..], default),
            (&["-F", "/hook"], default),
            (&["-F/hook"], "/hook"),
            (&["-Fv"], "v"),
            (&["--fsfreeze-hook"], default),
            (&["--fsfreeze-hook=/hook"], "/hook"),
        ] {
            assert_eq!(fragment(args).fsfreeze_hook, Some(hook.into()), "{args:?}");
        }
    }

    #[test]
    fn version_and_help_act_at_once() {
        assert_eq!(run(&["-vV", "-x"]), Ok(Action::Version));
        assert_eq!(run(&["--vers"]), Ok(Action::Version));
        assert_eq!(run(&["-h", "-V"]), Ok(Action::Help("qga".into())));
        assert!(run(&["-x", "-V"]).is_err());
    }

    #[test]
    fn misuse_is_told_in_the_words_of_the_c_library() {
        for (args, problem) in [
            (&["-x"][..], "invalid option -- 'x'"),
            (&["-vx"], "invalid option -- 'x'"),
            (&["--foo"], "unrecognized option '--foo'"),
            (&["-m"], "option requires an argument -- 'm'"),
            (&["--method"], "option '--method' requires an argument"),
            (&["--stat"], "option '--statedir' requires an argument"),
            (
                &["--verbose=1"],
                "option '--verbose' doesn't allow an argument",
            ),
            (
                &["--version="],
                "option '--version' doesn't allow an argument",
            ),
            (
                &["--ver"],
                "option '--ver' is ambiguous; possibilities: '--version' '--verbose'",
            ),
        ] {
            assert_eq!(run(args), Err(format!("qga: {problem}")), "{args:?}");
        }
    }

    #[test]
    fn usage_names_every_option() {
        let usage = usage("qga");
        for (letter, name, _) in OPTIONS {
            assert!(usage.contains(&format!("-{letter}, --{name}")), "{name}");
        }
    }
}
