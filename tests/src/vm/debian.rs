use std::env;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use tempfile::TempDir;

use super::build::TARGET;
use super::{image, static_agent};
use crate::need;

/// Room for the system, and for what installing something takes.
const SIZE: &str = "700M";

/// How systemd opens the door.
const DOOR: &str = "[Service]\nExecStart=/etc/door\nRestart=always\n";

/// A raw disk with a whole Debian, QEMU's own agent in it, and our package at `/opt/qga-server.deb`.
///
/// It is made once, below `scratch`, the directory for temporary files that Cargo tells a test of. `/sbin/init` runs its
/// init scripts, `/lib/systemd/systemd` is systemd.
///
/// # Panics
/// Something that it takes is not there and `CI=true`.
pub fn debian(scratch: &Path) -> Option<&'static Path> {
    static DISK: OnceLock<Option<PathBuf>> = OnceLock::new();
    DISK.get_or_init(|| make(scratch)).as_deref()
}

fn make(scratch: &Path) -> Option<PathBuf> {
    let archive = need::vm_root()?;
    need::tool("mke2fs")?;
    // Or nothing in it would belong to anybody.
    need::root()?;
    let work = TempDir::with_prefix_in("debian-", scratch).expect("a temporary directory");
    let tree = work.path().join("root");
    fs::create_dir(&tree).expect("a fresh directory");
    let mut tar = Command::new("tar");
    tar.arg("-xf")
        .arg(archive)
        .arg("--numeric-owner")
        .arg("-C")
        .arg(&tree);
    assert!(
        tar.status().is_ok_and(|status| status.success()),
        "tar fails"
    );
    package(work.path(), scratch, &tree.join("opt/qga-server.deb"))?;
    furnish(&tree);
    let disk = scratch.join("debian-disk");
    image::make_file_system(Some(&tree), SIZE, &disk);
    Some(disk)
}

/// Makes our package, of the program that tests in machines share.
fn package(work: &Path, scratch: &Path, to: &Path) -> Option<()> {
    let tool = need::tool("cargo-deb")?;
    let agent = static_agent(scratch)?;
    // Where it looks for what Cargo has built.
    let release = work.join(TARGET).join("release");
    fs::create_dir_all(&release).expect("a fresh directory");
    image::copy(&agent, &release.join("qga-server"));
    let mut command = Command::new(tool);
    command
        .current_dir(need::workspace())
        .args([
            "deb",
            "-p",
            "qga-server",
            "--no-build",
            "--no-strip",
            "--target",
            TARGET,
        ])
        .arg("--output")
        .arg(to)
        .env("CARGO_TARGET_DIR", work)
        .env(
            "CARGO",
            env::var_os("CARGO").unwrap_or_else(|| "cargo".into()),
        );
    let output = command.output().expect("it starts");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "there is no package: {said}");
    Some(())
}

/// A way in beside the agent, whatever runs first.
fn furnish(tree: &Path) {
    image::write(&tree.join("etc/door"), include_str!("guest/door"), true);
    let units = tree.join("etc/systemd/system");
    image::write(&units.join("door.service"), DOOR, false);
    let wanted = units.join("multi-user.target.wants");
    fs::create_dir_all(&wanted).expect("a directory");
    symlink("../door.service", wanted.join("door.service")).expect("a fresh link");
    symlink(
        "/lib/systemd/system/multi-user.target",
        units.join("default.target"),
    )
    .expect("a fresh link");
    let inittab = tree.join("etc/inittab");
    let lines = fs::read_to_string(&inittab).expect("init scripts have one");
    image::write(
        &inittab,
        &format!("{lines}door:2345:respawn:/etc/door\n"),
        false,
    );
}
