//! The agent of the tour: this program once more, in a process of its own.

use std::error::Error;
use std::io::ErrorKind;
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use std::{env, thread};

use qapi_runtime::client;
use qga_types::GuestAgentClient;
use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

/// The argument that makes this program the agent.
pub(crate) const AGENT: &str = "--agent";

/// How long an agent may take to start, or to answer.
const PATIENCE: Duration = Duration::from_secs(20);

/// How long to wait between two attempts to connect.
const BETWEEN_ATTEMPTS: Duration = Duration::from_millis(1);

/// What talks to it.
pub(crate) type Client = GuestAgentClient<client::Agent<UnixStream>>;

/// A running agent with a directory of its own.
///
/// Process and directory go when this is dropped, whatever happened before.
pub(crate) struct Agent {
    process: Child,
    directory: TempDir,
}

impl Agent {
    pub(crate) fn start() -> Result<Self, Box<dyn Error>> {
        let directory = TempDir::with_prefix("tour-")?;
        let process = Command::new(env::current_exe()?)
            .args([AGENT, "-m", "unix-listen", "-p"])
            .arg(directory.path().join("agent.sock"))
            .arg("-t")
            .arg(directory.path())
            .current_dir(directory.path())
            .stdin(Stdio::null())
            .spawn()?;
        Ok(Self { process, directory })
    }

    pub(crate) fn pid(&self) -> u32 {
        self.process.id()
    }

    pub(crate) fn socket(&self) -> PathBuf {
        self.directory.path().join("agent.sock")
    }

    /// A client for it, as soon as it listens.
    pub(crate) fn connect(&mut self) -> Result<Client, Box<dyn Error>> {
        let start = Instant::now();
        loop {
            match UnixStream::connect(self.socket()) {
                Ok(stream) => {
                    stream.set_read_timeout(Some(PATIENCE))?;
                    return Ok(GuestAgentClient::over(stream));
                }
                Err(error)
                    if !matches!(
                        error.kind(),
                        ErrorKind::NotFound | ErrorKind::ConnectionRefused
                    ) =>
                {
                    return Err(error.into());
                }
                Err(error) if start.elapsed() > PATIENCE => return Err(error.into()),
                Err(_) => {}
            }
            if let Some(status) = self.process.try_wait()? {
                return Err(format!("the agent did not start: {status}").into());
            }
            thread::sleep(BETWEEN_ATTEMPTS);
        }
    }

    /// Tells it to end, as an init system would, and removes what it left.
    pub(crate) fn stop(mut self) -> Result<(), Box<dyn Error>> {
        kill_process(Pid::from_child(&self.process), Signal::TERM)?;
        let status = self.process.wait()?;
        if !status.success() {
            return Err(format!("the agent did not end well: {status}").into());
        }
        Ok(())
    }
}

impl Drop for Agent {
    fn drop(&mut self) {
        // Both fail where the process has ended already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
