//! A QEMU guest agent for Linux.
//!
//! The program is [`main`]; the library exists so that tests and other programs can put the
//! pieces together differently. A request passes through them in this order:
//!
//! 1. [`channel`]: where clients come from; bytes.
//! 2. [`qapi_runtime::session`]: bytes become requests, answers become bytes.
//! 3. [`Gate`]: a command that the policy does not allow is refused.
//! 4. [`Agent`]: one line for each command of the schema, leading to its handler.
//! 5. `handler`: arguments become answers.
//! 6. `sys`: the only home of system calls and of the files of the system.
//!
//! Before that, the command line becomes a fragment of configuration, and that becomes
//! [`Settings`]. What has to survive a restart is kept in the state directory.
//!
//! The agent behaves as the C agent of QEMU does, which hosts depend on, apart from the faults of
//! that one. Differences are told where they are made.
//!
//! # Example
//! ```
//! use qga_server::channel::memory::Memory;
//! use qga_server::{Agent, ChannelSettings, Gate, Root, Settings, run};
//!
//! let state_dir = tempfile::tempdir()?;
//! let settings = Settings {
//!     channel: ChannelSettings::UnixListen("unused".into()),
//!     more_channels: Vec::new(),
//!     state_dir: state_dir.path().into(),
//!     verbose: false,
//!     fsfreeze_hook: None,
//!     hook_timeout: None,
//!     freeze_timeout: None,
//!     guard: None,
//!     allow: Vec::new(),
//!     block: Vec::new(),
//!     policy_dir: None,
//!     audit: None,
//!     retry_path: false,
//!     root: Root::default(),
//!     os_release: None,
//!     time_zone: None,
//! };
//! let (channel, answers) = Memory::new(["{'execute': 'guest-ping'}"]);
//! run(vec![Box::new(channel)], &Gate::new(Agent::start(&settings)?))?;
//! assert_eq!(answers.get(), [b"{\"return\": {}}\n"]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
#![deny(unsafe_code)]

use std::ffi::OsString;
use std::io::{self, Write};
use std::process::ExitCode;

mod agent;
mod audit;
pub mod channel;
mod class;
mod cli;
mod client;
mod config;
mod daemon;
#[cfg(any(test, fuzzing))]
pub mod fuzz;
mod guard;
mod handler;
mod hook;
mod key_file;
mod limits;
mod lock;
mod log;
#[cfg(test)]
mod need;
mod own_file;
mod pid_file;
mod policy;
mod quiet;
mod run;
mod self_test;
mod shares;
mod start;
mod state;
mod sys;

pub use agent::{Agent, AgentError};
pub use audit::{AuditError, AuditSettings};
pub use channel::{Channel, ChannelError};
pub use client::Peer;
pub use config::{ChannelSettings, MoreSettings, Settings, VsockAddress};
pub use policy::{Gate, Mistake, PolicyError};
pub use run::run;
pub use state::StateError;
pub use sys::activation::Inherited;
pub use sys::{Error as SysError, Root, Stop};

use crate::cli::{Action, Question};
use crate::config::Fragment;
use crate::sys::activation;

/// The whole program: does what the command line says, which begins with the program's name.
///
/// The configuration file is read first, so that a bad one shows whatever is asked for.
pub fn main(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    let args: Vec<_> = args.into_iter().collect();
    if let [_, first, rest @ ..] = args.as_slice()
        && first == guard::ARGUMENT
    {
        return guard::keep(rest);
    }
    let line = cli::parse(args);
    let file = match config::load(line.config, |name| std::env::var_os(name)) {
        Ok(file) => file,
        Err(error) => return start::fail(&error),
    };
    match line.action {
        Ok(Action::Run(fragment)) => {
            with_socket(|socket| start::serve(fragment.over(file), socket))
        }
        Ok(Action::Dump(fragment)) => with_socket(|socket| {
            let family = socket.as_ref().map(Inherited::family);
            match config::dump(&fragment.over(file), family) {
                Ok(text) => say(&text),
                Err(error) => start::fail(&error),
            }
        }),
        Ok(Action::Thaw(fragment)) => start::thaw(fragment.over(file)),
        Ok(Action::Plan) => match sys::freeze::plan(&Root::default()) {
            Ok(mut plan) => {
                plan.mark_hidden(&Root::default());
                say(&plan.to_string())
            }
            Err(error) => start::fail(&error),
        },
        Ok(Action::Explain(question)) => explain(question, file),
        Ok(Action::SelfTest(fragment)) => with_socket(|socket| {
            let variable = |name: &str| std::env::var_os(name);
            match Settings::new(fragment.over(file), socket, variable) {
                Ok(settings) => self_test(&settings),
                Err(error) => start::fail(&error),
            }
        }),
        Ok(Action::ListCommands) => say(&commands()),
        Ok(Action::Version) => say(&version()),
        Ok(Action::Help(program)) => say(&cli::usage(&program)),
        Err(error) => {
            // The words for a program on one stream, the words for a person on the other.
            let _ = writeln!(io::stderr(), "{error}");
            say(&format!("{}\n", error.hint()));
            ExitCode::FAILURE
        }
    }
}

/// Says what the policy says, and how, by the exit code.
fn explain(question: Question, file: Fragment) -> ExitCode {
    let (command, operands) = (question.command, question.operands);
    let fragment = question.fragment.over(file);
    let settings = match Settings::new(fragment, None, |name| std::env::var_os(name)) {
        Ok(settings) => settings,
        Err(error) => return start::fail(&error),
    };
    match policy::explain(&settings, &command, &operands) {
        Ok(explanation) => match say(&explanation.text) {
            ExitCode::SUCCESS => ExitCode::from(explanation.status),
            failure => failure,
        },
        Err(error) => start::fail(&error),
    }
}

/// Goes on with the socket that whoever started the program has opened for it, if there is one.
fn with_socket(go_on: impl FnOnce(Option<Inherited>) -> ExitCode) -> ExitCode {
    match activation::take() {
        Ok(socket) => go_on(socket),
        Err(error) => start::fail(&error),
    }
}

/// The first line is that of the C agent, because programs read it.
fn version() -> String {
    let (name, version) = (env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION"));
    format!(
        "QEMU Guest Agent {}\n{name} {version}\n",
        handler::info::VERSION
    )
}

/// The names of the commands of the schema, one in each line.
fn commands() -> String {
    let names = qga_types::COMMANDS.iter().map(|command| command.name);
    names.flat_map(|name| [name, "\n"]).collect()
}

/// Says what works, and by the exit code whether everything does.
fn self_test(settings: &Settings) -> ExitCode {
    let report = match self_test::Report::new(settings) {
        Ok(report) => report,
        Err(error) => return start::fail(&error),
    };
    match say(&report.to_string()) {
        ExitCode::SUCCESS if !report.is_complete() => ExitCode::from(self_test::SOMETHING_MISSING),
        status => status,
    }
}

fn say(text: &str) -> ExitCode {
    match io::stdout().write_all(text.as_bytes()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}
