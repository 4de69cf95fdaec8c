//! A libvirt of our own.

use std::fs::{self, File};
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use qapi_tests::{PATIENCE, need};
use rustix::process::{Pid, Signal, geteuid, kill_process};
use tempfile::TempDir;

/// Whose libvirt it is where the tests run as root: to a superuser it would serve the whole machine.
const NOBODY: u32 = 65_534;

/// How long to leave something alone between two looks at it, where nothing tells of its end.
pub(crate) const BETWEEN_LOOKS: Duration = Duration::from_millis(50);

/// A running libvirt; it ends when this is dropped, and its domain before it.
#[derive(Debug)]
pub(crate) struct Host {
    daemon: Child,
    directory: TempDir,
}

impl Host {
    /// Starts it; none where it is not installed.
    pub(crate) fn start() -> Option<Self> {
        let program = need::tool("libvirtd")?;
        need::tool("virsh")?;
        need::tool("qemu-system-x86_64")?;
        let directory = TempDir::with_prefix("qapi-").expect("a temporary directory");
        give_away(directory.path());
        // Short names, for the paths of sockets have little room.
        for name in ["home", "run", "c", "c/libvirt", "cache"] {
            let path = directory.path().join(name);
            fs::create_dir(&path).expect("a fresh directory");
            give_away(&path);
        }
        // Otherwise it would start a daemon more, for logs.
        let settings = directory.path().join("c/libvirt/qemu.conf");
        fs::write(settings, "stdio_handler = \"file\"\n").expect("a fresh file");
        let log = File::create(directory.path().join("log")).expect("a fresh file");
        let mut command = command(&program, directory.path());
        let daemon = command.stdout(Stdio::null()).stderr(log).spawn();
        let mut host = Self {
            daemon: daemon.expect("an installed program starts"),
            directory,
        };
        host.wait_until_it_answers();
        Some(host)
    }

    /// Where files lie that libvirt may read.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// A copy of `file` that libvirt may read and write.
    pub(crate) fn take(&self, file: &Path, name: &str) -> PathBuf {
        let path = self.path(name);
        fs::copy(file, &path).expect("there is room");
        give_away(&path);
        path
    }

    /// A file with this text that libvirt may read.
    pub(crate) fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path(name);
        fs::write(&path, text).expect("a fresh file");
        give_away(&path);
        path
    }

    /// `virsh`, to be started with these arguments.
    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = command(Path::new("virsh"), self.directory.path());
        command.args(["-q", "-c", "qemu:///session"]).args(args);
        command
    }

    /// What `virsh` prints, or why it fails.
    pub(crate) fn try_virsh(&self, args: &[&str]) -> Result<String, String> {
        let output = self.command(args).output().expect("it is installed");
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
        match output.status.success() {
            true => Ok(text(&output.stdout)),
            false => Err(text(&output.stderr)),
        }
    }

    fn wait_until_it_answers(&mut self) {
        let deadline = Instant::now() + PATIENCE;
        while let Err(error) = self.try_virsh(&["version"]) {
            let runs = matches!(self.daemon.try_wait(), Ok(None));
            assert!(
                runs && Instant::now() < deadline,
                "{error}\n{}",
                self.said()
            );
            thread::sleep(BETWEEN_LOOKS);
        }
    }

    /// What the daemon has written.
    pub(crate) fn said(&self) -> String {
        fs::read_to_string(self.path("log")).unwrap_or_default()
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        // The machine is no child of ours. There may be none any more.
        let _ = self.try_virsh(&["destroy", crate::domain::NAME]);
        // Both fail where it has ended already.
        let _ = kill_process(Pid::from_child(&self.daemon), Signal::TERM);
        let _ = self.daemon.wait();
    }
}

/// Makes a file that of the user to whom libvirt belongs.
fn give_away(path: &Path) {
    if geteuid().is_root() {
        chown(path, Some(NOBODY), Some(NOBODY)).expect("root may do that");
    }
}

/// A program that is run by that user, and sees the directories of its own.
fn command(program: &Path, directory: &Path) -> Command {
    let mut command = Command::new(program);
    command
        .env_clear()
        .env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin")
        .env("LC_ALL", "C.UTF-8")
        // Otherwise `virsh` starts another daemon, which would outlive the test, as long as ours does not answer.
        .env("LIBVIRT_AUTOSTART", "0")
        .env("HOME", directory.join("home"))
        .env("XDG_RUNTIME_DIR", directory.join("run"))
        .env("XDG_CONFIG_HOME", directory.join("c"))
        .env("XDG_CACHE_HOME", directory.join("cache"))
        .current_dir(directory)
        .stdin(Stdio::null());
    if geteuid().is_root() {
        command.uid(NOBODY).gid(NOBODY);
    }
    command
}
