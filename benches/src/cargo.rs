//! Cargo, and a watch on the compilers that it starts.
//!
//! Cargo lets another program start its compilers (`RUSTC_WRAPPER`). Here that is this program itself: it runs the
//! compiler, and when that has looked at the crate that is watched, writes down what it needed.

use std::error::Error;
use std::ffi::OsString;
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::Instant;
use std::{env, io};

use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeVal;

/// The crate that is watched.
const CRATE: &str = "QAPI_BENCH_WATCHED_CRATE";

/// The file in which its compiler leaves what it needed.
const REPORT: &str = "QAPI_BENCH_WATCH_REPORT";

/// What a compiler needed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Needed {
    /// By the clock, in seconds.
    pub(crate) wall: f64,
    /// Of all its threads, in seconds.
    pub(crate) processor: f64,
    /// The largest amount at one time, in megabytes of a million bytes.
    pub(crate) memory: f64,
}

/// A scratch workspace for Cargo.
#[derive(Debug)]
pub(crate) struct Workspace {
    pub(crate) root: PathBuf,
}

impl Workspace {
    /// Runs Cargo there, and says what it said if that fails.
    pub(crate) fn cargo(&self, arguments: &[&str]) -> Result<String, Box<dyn Error>> {
        run(&mut self.command(arguments))
    }

    /// Runs Cargo, which must look at the crate `name` once, and tells what its compiler needed.
    pub(crate) fn watch(&self, name: &str, arguments: &[&str]) -> Result<Needed, Box<dyn Error>> {
        let report = self.root.join("report");
        let _ = fs::remove_file(&report);
        let mut command = self.command(arguments);
        command
            .env("RUSTC_WRAPPER", env::current_exe()?)
            .env(CRATE, name)
            .env(REPORT, &report);
        run(&mut command)?;
        let text = fs::read_to_string(&report).map_err(|_| format!("{name} was not compiled"))?;
        let values = text.split_whitespace().map(str::parse);
        match values.collect::<Result<Vec<f64>, _>>()?[..] {
            [wall, processor, memory] => Ok(Needed {
                wall,
                processor,
                memory,
            }),
            _ => Err(format!("{name} was compiled more than once").into()),
        }
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let mut command = Command::new(cargo);
        command
            .current_dir(&self.root)
            .args(arguments)
            // Dependencies never are compiled incrementally, so nothing is here.
            .env("CARGO_INCREMENTAL", "0")
            .env("CARGO_TARGET_DIR", self.root.join("target"));
        command
    }
}

fn run(command: &mut Command) -> Result<String, Box<dyn Error>> {
    let output = command.output()?;
    if output.status.success() {
        return Ok(String::from_utf8(output.stdout)?);
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(format!("{command:?} failed:\n{said}").into())
}

/// Writes a file, unless it already reads so: Cargo looks at the time.
pub(crate) fn write_if_changed(path: &Path, text: &str) -> io::Result<()> {
    if fs::read(path).is_ok_and(|old| old == text.as_bytes()) {
        return Ok(());
    }
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(path, text)
}

/// This program in the place of the compiler.
#[derive(Debug)]
pub(crate) struct Watch {
    name: OsString,
    report: PathBuf,
}

impl Watch {
    /// What a [`Workspace`] has asked for, if one has.
    pub(crate) fn of_environment() -> Option<Self> {
        Some(Self {
            name: env::var_os(CRATE)?,
            report: env::var_os(REPORT)?.into(),
        })
    }

    /// Runs the compiler, which the first argument names.
    pub(crate) fn run_compiler(&self) -> Result<ExitCode, Box<dyn Error>> {
        let arguments: Vec<_> = env::args_os().skip(1).collect();
        let (compiler, arguments) = arguments.split_first().ok_or("there is no compiler")?;
        let start = Instant::now();
        let status = Command::new(compiler).args(arguments).status()?;
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
        let mut pairs = arguments.windows(2);
        pairs.any(|pair| pair[0] == "--crate-name" && pair[1] == self.name)
    }
}

#[expect(clippy::cast_precision_loss, reason = "it is shown with three digits")]
fn seconds(time: TimeVal) -> f64 {
    time.tv_sec() as f64 + time.tv_usec() as f64 / 1e6
}
