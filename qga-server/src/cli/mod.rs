//! The command line: arguments in, a [`Fragment`] or something to print out.
//!
//! Of an option that is given twice the last one counts, but lists of commands add up.

use std::ffi::OsString;
use std::fmt;
use std::path::PathBuf;

use crate::config::{DEFAULT_FSFREEZE_HOOK, Fragment, command_list};

mod getopt;
mod usage;

use getopt::{Opt, Options};
pub(crate) use usage::usage;

/// What a command line says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CommandLine {
    /// The configuration file that has to be there. It is read before anything else is done.
    pub(crate) config: Option<PathBuf>,
    /// What is asked for.
    pub(crate) action: Result<Action, UsageError>,
}

/// What the command line asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    /// Run the agent.
    Run(Fragment),
    /// Print the configuration.
    Dump(Fragment),
    /// Print which commands work.
    SelfTest(Fragment),
    /// Thaw what an agent that is gone has left frozen.
    Thaw(Fragment),
    /// Print what a freeze would do.
    Plan,
    /// Print what the policy says about a command.
    Explain(Question),
    /// Print the names of the commands.
    ListCommands,
    /// Print the version.
    Version,
    /// Print how to use the program, called by this name.
    Help(String),
}

/// What somebody wants to know about the policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Question {
    /// The command.
    pub(crate) command: String,
    /// Arguments as JSON, and the name of a channel, as far as they are given.
    pub(crate) operands: Vec<String>,
    /// What else the command line says.
    pub(crate) fragment: Fragment,
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

/// Reads the command line, the program's name included.
pub(crate) fn parse(args: impl IntoIterator<Item = OsString>) -> CommandLine {
    let mut args = args.into_iter();
    let program = args.next().map_or_else(
        || env!("CARGO_PKG_NAME").to_owned(),
        |program| program.to_string_lossy().into_owned(),
    );
    let mut reader = Reader::default();
    let problem = reader.read(Options::new(args)).err();
    let action = match (reader.action, problem) {
        (Some(Immediate::Version), _) => Ok(Action::Version),
        (Some(Immediate::Help), _) => Ok(Action::Help(program)),
        (Some(Immediate::ListCommands), _) => Ok(Action::ListCommands),
        (Some(Immediate::Plan), _) => Ok(Action::Plan),
        (None, Some(problem)) => Err(UsageError { program, problem }),
        (None, None) if reader.explain.is_some() => Ok(Action::Explain(Question {
            command: reader.explain.unwrap_or_default(),
            operands: reader.operands,
            fragment: reader.fragment,
        })),
        (None, None) if reader.self_test => Ok(Action::SelfTest(reader.fragment)),
        (None, None) if reader.thaw => Ok(Action::Thaw(reader.fragment)),
        (None, None) if reader.dump => Ok(Action::Dump(reader.fragment)),
        (None, None) => Ok(Action::Run(reader.fragment)),
    };
    CommandLine {
        config: reader.config,
        action,
    }
}

/// What is done at the place where it is asked for, whatever comes after.
#[derive(Clone, Copy, Debug)]
enum Immediate {
    Version,
    Help,
    ListCommands,
    Plan,
}

/// What the options so far have said.
#[derive(Debug, Default)]
struct Reader {
    config: Option<PathBuf>,
    action: Option<Immediate>,
    dump: bool,
    explain: Option<String>,
    operands: Vec<String>,
    self_test: bool,
    thaw: bool,
    fragment: Fragment,
}

impl Reader {
    /// Takes in one option after the other, as far as they make sense.
    fn read(&mut self, mut options: Options) -> Result<(), String> {
        while let Some((opt, value)) = options.next()? {
            match opt {
                // Counts wherever it stands, for the file is read first.
                Opt::Config => self.config = value.map(PathBuf::from),
                _ if self.action.is_some() => {}
                _ => self.take(opt, value),
            }
        }
        let operands = options.operands().into_iter();
        let text = |operand: OsString| operand.to_string_lossy().into_owned();
        self.operands = operands.map(text).collect();
        Ok(())
    }

    fn take(&mut self, opt: Opt, value: Option<OsString>) {
        let fragment = &mut self.fragment;
        let text = || {
            value
                .clone()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned()
        };
        match opt {
            Opt::Method => fragment.method = Some(text()),
            Opt::Path => fragment.path = value.map(PathBuf::from),
            Opt::LogFile => fragment.log_file = value.map(PathBuf::from),
            Opt::PidFile => fragment.pid_file = value.map(PathBuf::from),
            Opt::StateDir => fragment.state_dir = value.map(PathBuf::from),
            Opt::FsfreezeHook => {
                let hook = value.unwrap_or_else(|| DEFAULT_FSFREEZE_HOOK.into());
                fragment.fsfreeze_hook = Some(hook.into());
            }
            Opt::Verbose => fragment.verbose = Some(true),
            Opt::Daemonize => fragment.daemon = Some(true),
            Opt::RetryPath => fragment.retry_path = Some(true),
            Opt::FreezeTimeout => fragment.freeze_timeout = Some(text()),
            Opt::HookTimeout => fragment.hook_timeout = Some(text()),
            Opt::DumpConf => self.dump = true,
            Opt::SelfTest => self.self_test = true,
            Opt::Thaw => self.thaw = true,
            Opt::Version => self.action = Some(Immediate::Version),
            Opt::Help => self.action = Some(Immediate::Help),
            Opt::Explain => self.explain = Some(text()),
            Opt::FreezePlan => self.action = Some(Immediate::Plan),
            Opt::BlockRpcs | Opt::AllowRpcs if ["help", "?"].contains(&text().as_str()) => {
                self.action = Some(Immediate::ListCommands);
            }
            Opt::BlockRpcs => fragment.block_rpcs.extend(command_list(&text())),
            Opt::AllowRpcs => fragment.allow_rpcs.extend(command_list(&text())),
            Opt::Config | Opt::Service => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::getopt::{OPTIONS, OWN};
    use super::*;

    fn run(args: &[&str]) -> Result<Action, String> {
        let args = ["qga"].iter().chain(args).map(OsString::from);
        parse(args).action.map_err(|error| error.to_string())
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
            ..Fragment::default()
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
            &["-s", "install", "-v", "-munix-listen", "-p/s", "-t/t"],
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
    fn the_former_name_of_an_option_is_understood() {
        for args in [&["--blacklist=a"][..], &["--blacklist", "a"]] {
            assert_eq!(fragment(args).block_rpcs, ["a"]);
        }
        assert!(run(&["--blackl=a"]).is_err());
    }

    #[test]
    fn options_of_our_own_take_no_short_form_away() {
        let hook = crate::config::DEFAULT_FSFREEZE_HOOK;
        for short in ["--f", "--fs", "--fsfreeze"] {
            assert_eq!(fragment(&[short]).fsfreeze_hook, Some(hook.into()));
        }
        assert_eq!(
            run(&["--self-test"]),
            Ok(Action::SelfTest(Fragment::default()))
        );
        assert_eq!(run(&["--freeze-plan", "-x"]), Ok(Action::Plan));
        let thaw = Fragment {
            freeze_timeout: Some("0".into()),
            hook_timeout: Some("5".into()),
            ..Fragment::default()
        };
        let args = ["--thaw", "--freeze-timeout=0", "--hook-timeout", "5", "-D"];
        assert_eq!(run(&args), Ok(Action::Thaw(thaw)));
        let problem = "qga: unrecognized option '--freeze-p'";
        assert_eq!(run(&["--freeze-p"]), Err(problem.into()));
    }

    #[test]
    fn lists_of_commands_add_up() {
        let fragment = fragment(&["-b", "a,b", "--block-rpcs=c", "-ax", "-b", "help me"]);
        assert_eq!(fragment.block_rpcs, ["b", "a", "c", "help me"]);
        assert_eq!(fragment.allow_rpcs, ["x"]);
        for args in [["-b", "help"], ["-a", "?"], ["-vb?", "-x"]] {
            assert_eq!(run(&args), Ok(Action::ListCommands), "{args:?}");
        }
    }

    #[test]
    fn the_last_configuration_file_counts_wherever_it_is_named() {
        for args in [&["-V", "-c/c"][..], &["-c", "/b", "-h", "--config=/c"]] {
            let args = ["qga"].iter().chain(args).map(OsString::from);
            assert_eq!(parse(args).config, Some("/c".into()));
        }
    }

    #[test]
    fn dumping_waits_for_the_options_after_it() {
        let expected = Fragment {
            daemon: Some(true),
            retry_path: Some(true),
            log_file: Some("/l".into()),
            pid_file: Some("/p".into()),
            ..Fragment::default()
        };
        let args = ["-D", "-dr", "-l/l", "-f", "/p"];
        assert_eq!(run(&args), Ok(Action::Dump(expected)));
        assert_eq!(run(&["-D", "-V"]), Ok(Action::Version));
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
        for (letter, name, opt) in OPTIONS {
            if opt == Opt::Service {
                continue;
            }
            assert!(usage.contains(&format!("-{letter}, --{name}")), "{name}");
        }
        for (name, _) in OWN {
            assert!(usage.contains(&format!("      --{name}")), "{name}");
        }
    }

    #[test]
    fn the_manual_and_the_completions_know_every_option() {
        let manual = include_str!("../../dist/qga-server.8").replace('\\', "");
        let bash = include_str!("../../dist/completions/qga-server.bash");
        let fish = include_str!("../../dist/completions/qga-server.fish");
        let zsh = include_str!("../../dist/completions/_qga-server");
        let others = OPTIONS.iter().map(|option| option.1);
        for name in others
            .chain(OWN.map(|own| own.0))
            .filter(|name| !name.is_empty())
        {
            for text in [manual.as_str(), bash, zsh] {
                assert!(
                    text.contains(&format!("--{name}")),
                    "{name} is missing: {text}"
                );
            }
            assert!(fish.contains(&format!("-l {name} ")), "{name}");
        }
    }
}
