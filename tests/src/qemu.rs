use std::io::{self, Read as _};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::need;
use crate::wire::PATIENCE;

/// How long to leave QEMU alone between two attempts to connect. It does not tell when it listens.
const BETWEEN_ATTEMPTS: Duration = Duration::from_millis(5);

/// The names of the sockets.
const FIRST: &str = "monitor";
const SECOND: &str = "second";

/// A machine that has nothing and does not run, with two monitors at sockets; it ends when this is dropped.
#[derive(Debug)]
pub struct Qemu {
    process: Child,
    directory: TempDir,
}

impl Qemu {
    /// Starts QEMU with `args` behind those of an empty machine; none where it is not installed.
    ///
    /// # Panics
    /// It is not installed and `CI=true`, or it ends, or does not listen in time.
    pub fn start(args: &[&str]) -> Option<Self> {
        let program = need::tool("qemu-system-x86_64")?;
        let directory = TempDir::with_prefix("qapi-test-").expect("a temporary directory");
        let monitor = |name| {
            let socket = directory.path().join(name);
            format!("unix:{},server=on,wait=off", socket.display())
        };
        let process = Command::new(program)
            .args(["-machine", "q35", "-accel", "tcg", "-S"])
            .args(["-nodefaults", "-display", "none"])
            .args(["-qmp", &monitor(FIRST), "-qmp", &monitor(SECOND)])
            .args(args)
            .stdin(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("an installed program starts");
        let mut qemu = Self { process, directory };
        qemu.wait_until_it_listens(&qemu.socket());
        qemu.wait_until_it_listens(&qemu.second_socket());
        Some(qemu)
    }

    /// The socket of its monitor, which serves one client at a time.
    pub fn socket(&self) -> PathBuf {
        self.directory.path().join(FIRST)
    }

    /// That of another monitor, for a second client.
    pub fn second_socket(&self) -> PathBuf {
        self.directory.path().join(SECOND)
    }

    /// A directory that goes with it.
    pub fn directory(&self) -> &Path {
        self.directory.path()
    }

    /// Waits until the process has ended by itself, as it does after `quit`.
    ///
    /// # Panics
    /// It does not.
    pub fn wait_for_end(&mut self) {
        let deadline = Instant::now() + PATIENCE;
        while self.is_running() {
            assert!(Instant::now() < deadline, "QEMU does not end");
            thread::sleep(BETWEEN_ATTEMPTS);
        }
    }

    fn is_running(&mut self) -> bool {
        matches!(self.process.try_wait(), Ok(None))
    }

    fn wait_until_it_listens(&mut self, socket: &Path) {
        let deadline = Instant::now() + PATIENCE;
        loop {
            match UnixStream::connect(socket) {
                Ok(_) => return,
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => {}
                Err(error) => panic!("cannot connect: {error}"),
            }
            assert!(self.is_running(), "QEMU ended: {}", self.said());
            assert!(Instant::now() < deadline, "QEMU does not listen");
            thread::sleep(BETWEEN_ATTEMPTS);
        }
    }

    /// What it wrote before it ended.
    fn said(&mut self) -> String {
        let mut text = String::new();
        if let Some(mut stderr) = self.process.stderr.take() {
            // Where that cannot be read, there is nothing to tell.
            let _ = stderr.read_to_string(&mut text);
        }
        text
    }
}

impl Drop for Qemu {
    fn drop(&mut self) {
        // It may be gone already, which is as well.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
