//! Cargo: what it builds beside this program, and scratch workspaces for it.

use std::error::Error;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs, io};

use crate::watch::{self, Needed};

/// A program of this workspace, optimized, built now.
pub(crate) fn program(package: &str, name: &str) -> Result<PathBuf, Box<dyn Error>> {
    let this = env::current_exe()?;
    let folder = this.parent().ok_or("this program is in a folder")?;
    let target = folder.parent().ok_or("that is in the target directory")?;
    let mut command = Command::new(cargo());
    command
        .current_dir(crate::schema::workspace())
        .args(["build", "--release", "--package", package, "--bin", name])
        .arg("--target-dir")
        .arg(target);
    run(&mut command)?;
    Ok(target.join("release").join(name))
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
        let mut command = self.command(arguments);
        command.env("RUSTC_WRAPPER", env::current_exe()?);
        watch::ask(&mut command, Some(name), &report);
        run(&mut command)?;
        watch::report(&report)
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(cargo());
        command
            .current_dir(&self.root)
            .args(arguments)
            // Dependencies never are compiled incrementally, so nothing is here.
            .env("CARGO_INCREMENTAL", "0")
            .env("CARGO_TARGET_DIR", self.root.join("target"));
        command
    }
}

fn cargo() -> OsString {
    env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}

/// What a command prints, or what it says when it fails.
pub(crate) fn run(command: &mut Command) -> Result<String, Box<dyn Error>> {
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
