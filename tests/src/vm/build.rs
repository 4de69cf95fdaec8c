//! The agent as one program that needs no library.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use crate::need;

/// The target whose standard library can be linked so, and whose programs the machine runs.
pub(super) const TARGET: &str = "x86_64-unknown-linux-gnu";

/// Our agent, optimized, stripped and static: `QAPI_STATIC_AGENT` names one, or else it is built.
///
/// `scratch` is the directory for temporary files that Cargo tells a test of; it lies in the target directory.
///
/// # Panics
/// It cannot be built; or this machine cannot build it and `CI=true`.
pub fn static_agent(scratch: &Path) -> Option<PathBuf> {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    if let Some(named) = env::var_os("QAPI_STATIC_AGENT") {
        return Some(named.into());
    }
    need::x86_64()?;
    Some(BUILT.get_or_init(|| build(scratch)).clone())
}

/// Static, and with the list of what depends on its place in memory in its short form: that list is read at the start, and
/// would stay in memory.
const FLAGS: &str = "-C target-feature=+crt-static -C link-arg=-Wl,-z,pack-relative-relocs";

fn build(scratch: &Path) -> PathBuf {
    let target = scratch.parent().expect("it lies in the target directory");
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let status = Command::new(cargo)
        .current_dir(need::workspace())
        .args(["build", "--release", "--quiet", "-p", "qga-server"])
        .args(["--config", "profile.release.strip=true"])
        .args(["--target", TARGET, "--target-dir"])
        .arg(target)
        .env_remove("CARGO_ENCODED_RUSTFLAGS")
        .env("RUSTFLAGS", FLAGS)
        .status()
        .expect("Cargo runs this test");
    assert!(status.success(), "the static agent is not built: {status}");
    target.join(TARGET).join("release/qga-server")
}
