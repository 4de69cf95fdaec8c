//! What a test needs and a machine may lack.
//!
//! Each function answers `None` after saying so on the terminal, past the output capture of the test runner; with
//! `CI=true` in the environment it panics instead, so that nothing is skipped unnoticed where everything is installed.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs, io};

/// The program `name`, looked for in `PATH` and where daemons live.
///
/// # Panics
/// It is not there and `CI=true`.
pub fn tool(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let found = env::split_paths(&path)
        .chain(["/usr/local/sbin", "/usr/sbin", "/sbin"].map(PathBuf::from))
        .map(|directory| directory.join(name))
        .find(|candidate| candidate.is_file());
    found.or_else(|| absent(&format!("`{name}`")))
}

/// Our agent: `built`, or the program that `QAPI_AGENT` names, so that an installed one can be tested too.
pub fn our_agent(built: &str) -> PathBuf {
    env::var_os("QAPI_AGENT").map_or_else(|| PathBuf::from(built), PathBuf::from)
}

/// The C agent, version 10: earlier ones answer too differently to be compared with.
///
/// # Panics
/// It is not there and `CI=true`.
pub fn c_agent() -> Option<PathBuf> {
    let program = tool("qemu-ga")?;
    match version(&program) {
        Some(version) if version.starts_with("10.") => Some(program),
        _ => absent("`qemu-ga` 10"),
    }
}

/// What `qemu-ga -V` says behind its name.
pub fn version(program: &Path) -> Option<String> {
    let output = Command::new(program).arg("-V").output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    text.split_whitespace().last().map(str::to_owned)
}

/// A server of PostgreSQL, whose programs are not in `PATH`.
///
/// # Panics
/// It is not there and `CI=true`.
pub fn postgres() -> Option<()> {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten();
    let mut versions = versions.flatten();
    match versions.any(|version| version.path().join("bin/postgres").is_file()) {
        true => Some(()),
        false => absent("a server of PostgreSQL"),
    }
}

/// What an island needs: see [`Setup::on_island`](crate::Setup::on_island).
///
/// # Panics
/// It is not there and `CI=true`.
pub fn island() -> Option<()> {
    for name in [
        "unshare",
        "pivot_root",
        "mkfs.ext4",
        "mkfs.xfs",
        "mkfs.btrfs",
    ] {
        tool(name)?;
    }
    root()?;
    match Path::new("/dev/loop-control").exists() {
        true => Some(()),
        false => absent("loop devices"),
    }
}

/// What an agent needs that has surroundings of its own: see [`Setup::apart`](crate::Setup::apart).
///
/// # Panics
/// It is not there and `CI=true`.
pub fn apart() -> Option<()> {
    for name in ["unshare", "mount", "ip"] {
        tool(name)?;
    }
    root()
}

/// To be root.
///
/// # Panics
/// It is not so and `CI=true`.
pub fn root() -> Option<()> {
    match rustix::process::geteuid().is_root() {
        true => Some(()),
        false => absent("root"),
    }
}

/// A machine that builds programs for the virtual one.
///
/// # Panics
/// It is of another kind and `CI=true`.
pub fn x86_64() -> Option<()> {
    match cfg!(all(target_arch = "x86_64", target_env = "gnu")) {
        true => Some(()),
        false => absent("an x86-64 machine with the C library of GNU"),
    }
}

/// A kernel for the virtual machine and its modules, as `.ci/kernel` unpacks them: the folder `$QAPI_VM_KERNEL`.
///
/// # Panics
/// It is not there and `CI=true`.
pub fn vm_kernel() -> Option<PathBuf> {
    let folder = env::var_os("QAPI_VM_KERNEL").map(PathBuf::from);
    let folder = folder.filter(|folder| folder.join("boot").is_dir());
    folder.or_else(|| absent("a kernel (have `.ci/kernel` fetch it, and set QAPI_VM_KERNEL)"))
}

/// A small Debian for the virtual machine, as `.ci/root` makes it: `root.tar` in the folder `$QAPI_VM_ROOT`.
///
/// # Panics
/// It is not there and `CI=true`.
pub fn vm_root() -> Option<PathBuf> {
    let folder = env::var_os("QAPI_VM_ROOT").map(PathBuf::from);
    let archive = folder.map(|folder| folder.join("root.tar"));
    let archive = archive.filter(|archive| archive.is_file());
    archive.or_else(|| absent("a Debian (have `.ci/root` make it, and set QAPI_VM_ROOT)"))
}

/// The module by which programs change passwords.
///
/// # Panics
/// It is not there and `CI=true`.
pub fn pam_unix() -> Option<PathBuf> {
    let folders = ["/usr/lib/x86_64-linux-gnu/security", "/usr/lib64/security"];
    let files = folders.map(|folder| Path::new(folder).join("pam_unix.so"));
    let found = files.into_iter().find(|file| file.is_file());
    found.or_else(|| absent("`pam_unix.so`"))
}

/// The folder of reference schemas: `$QAPI_SHARED/corpus`, or `shared/corpus` beside the workspace.
///
/// # Panics
/// It is not there and `CI=true`.
pub fn corpus() -> Option<PathBuf> {
    let beside = || workspace().join("../shared");
    let shared = env::var_os("QAPI_SHARED").map_or_else(beside, PathBuf::from);
    let corpus = shared.join("corpus");
    if corpus.is_dir() {
        return Some(corpus);
    }
    absent("the schema corpus (set QAPI_SHARED)")
}

/// The schema of the machine protocol of a release, such as `10.0`: its root file.
///
/// # Panics
/// It is not there and `CI=true`.
pub fn machine_schema(release: &str) -> Option<PathBuf> {
    let folder = corpus()?.join("qmp").join(release);
    let places = ["qapi/qapi-schema.json", "qapi-schema.json"];
    let mut candidates = places.iter().map(|place| folder.join(place));
    candidates
        .find(|candidate| candidate.is_file())
        .or_else(|| {
            absent(&format!(
                "the schema of the machine protocol of QEMU {release}"
            ))
        })
}

/// The root of this workspace.
pub fn workspace() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the package stands in a workspace")
}

fn absent<T>(what: &str) -> Option<T> {
    assert!(
        env::var_os("CI").is_none_or(|ci| ci != "true"),
        "needs {what}, and nothing may be skipped where CI=true"
    );
    // A terminal that is gone is no reason to fail.
    let _ = writeln!(io::stderr(), "skipped: needs {what}");
    None
}
