//! A watch on programs: what they needed.
//!
//! The kernel tells that of all children together, so there has to be a process with one child: this program itself,
//! which runs the other one and writes down what that needed. Cargo starts its compilers in this way, if it is told to
//! (`RUSTC_WRAPPER`).

use std::env;
use std::error::Error;
use std::ffi::OsString;
use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::Instant;

use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeVal;

/// The crate that is watched, where compilers are.
const CRATE: &str = "QAPI_BENCH_WATCHED_CRATE";

/// The file in which is left what was needed.
const REPORT: &str = "QAPI_BENCH_WATCH_REPORT";

/// What a program needed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Needed {
    /// By the clock, in seconds.
    pub(crate) wall: f64,
    /// Of all its threads, in seconds.
    pub(crate) processor: f64,
    /// The largest amount at one time, in megabytes of a million bytes.
    pub(crate) memory: f64,
}

/// Runs a program to its end, without a terminal, whatever its status.
pub(crate) fn run(program: &Path, arguments: &[OsString]) -> Result<Needed, Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("report");
    let mut command = Command::new(env::current_exe()?);
    command.arg(program).args(arguments);
    ask(&mut command, None, &path);
    command.output()?;
    report(&path)
}

/// Has a command that is this program, or starts it, watch a crate, or what it runs.
pub(crate) fn ask(command: &mut Command, name: Option<&str>, report: &Path) {
    // There is none the first time.
    let _ = fs::remove_file(report);
    command.env(REPORT, report);
    if let Some(name) = name {
        command.env(CRATE, name);
    }
}

/// What was needed by the one that was watched.
pub(crate) fn report(path: &Path) -> Result<Needed, Box<dyn Error>> {
    let text = fs::read_to_string(path).map_err(|_| "what should be watched was not run")?;
    let values = text.split_whitespace().map(str::parse);
    match values.collect::<Result<Vec<f64>, _>>()?[..] {
        [wall, processor, memory] => Ok(Needed {
            wall,
            processor,
            memory,
        }),
        _ => Err("what should be watched was run more than once".into()),
    }
}

/// This program in the place of another one.
#[derive(Debug)]
pub(crate) struct Watch {
    /// The crate that is watched, if not everything is.
    name: Option<OsString>,
    report: PathBuf,
}

impl Watch {
    /// What [`ask`] has asked for, if it has.
    pub(crate) fn of_environment() -> Option<Self> {
        Some(Self {
            name: env::var_os(CRATE),
            report: env::var_os(REPORT)?.into(),
        })
    }

    /// Runs the program that the first argument names.
    pub(crate) fn run(&self) -> Result<ExitCode, Box<dyn Error>> {
        let arguments: Vec<_> = env::args_os().skip(1).collect();
        let (program, arguments) = arguments.split_first().ok_or("there is no program")?;
        let start = Instant::now();
        let status = Command::new(program)
            .args(arguments)
            .env_remove(REPORT)
            .status()?;
        let wall = start.elapsed().as_secs_f64();
        if self.is_watched(arguments) {
            // This process has had no other child.
            let usage = getrusage(UsageWho::RUSAGE_CHILDREN)?;
            let processor = seconds(usage.user_time()) + seconds(usage.system_time());
            #[expect(clippy::cast_precision_loss, reason = "it is shown with three digits")]
            let memory = usage.max_rss() as f64 * 1024.0 / 1e6;
            let mut report = OpenOptions::new()
                .create(true)
                .append(true)
                .open(&self.report)?;
            writeln!(report, "{wall} {processor} {memory}")?;
        }
        let code = status.code().and_then(|code| u8::try_from(code).ok());
        Ok(ExitCode::from(code.unwrap_or(1)))
    }

    fn is_watched(&self, arguments: &[OsString]) -> bool {
        let Some(name) = &self.name else { return true };
        let mut pairs = arguments.windows(2);
        pairs.any(|pair| pair[0] == "--crate-name" && &pair[1] == name)
    }
}

#[expect(clippy::cast_precision_loss, reason = "it is shown with three digits")]
fn seconds(time: TimeVal) -> f64 {
    time.tv_sec() as f64 + time.tv_usec() as f64 / 1e6
}
