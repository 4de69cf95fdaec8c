//! Going to the background.
//!
//! The process forks once, when everything that can fail is done, and the child goes on. It is
//! not started anew: another program may lie at its path by now, and the child has to keep the
//! name by which init scripts look for it, and the sockets that were given to this process. The
//! parent ends when the child is where it belongs, so that the pid file is there for whoever
//! waits for the parent.

use std::fs::OpenOptions;
use std::io::{self, PipeWriter, Read, Write};
use std::process;

use rustix::fs::Mode;
use thiserror::Error;

use crate::pid_file::{PidFile, PidFileError};
use crate::sys::alone::{self, Side};
use crate::sys::error::{errno, reason};

/// What a daemon makes is for its owner only, unless it says otherwise.
const UMASK: Mode = Mode::RWXG.union(Mode::RWXO);

/// Why the process could not go to the background.
#[derive(Debug, Error)]
pub(crate) enum DaemonError {
    /// The kernel refuses.
    #[error("failed to go to the background: {}", reason(errno(.0)))]
    Io(#[from] io::Error),
    /// Nobody would find it there.
    #[error(transparent)]
    PidFile(#[from] PidFileError),
}

/// Goes to the background: returns in the child only, and ends the parent. What no process can have
/// before it forks, such as threads, is what the child prepares.
///
/// # Errors
/// The process stays where it is, or the child has not come far. Then the parent fails, too.
pub(crate) fn detach<T>(
    pid_file: Option<&PidFile>,
    prepare: impl FnOnce() -> io::Result<T>,
) -> Result<T, DaemonError> {
    let (mut arrival, arrived) = io::pipe()?;
    match alone::fork().map_err(io::Error::from)? {
        Side::Child => {
            drop(arrival);
            settle(pid_file, prepare, arrived)
        }
        Side::Parent => {
            drop(arrived);
            // A child that ends without a word has told its reason itself.
            let has_arrived = arrival.read_exact(&mut [0]).is_ok();
            end(has_arrived)
        }
    }
}

/// Ends the parent without any clearing up: all that it has is the child's now.
#[expect(
    clippy::exit,
    reason = "to return would remove the socket and the pid file of the child"
)]
fn end(successfully: bool) -> ! {
    process::exit(i32::from(!successfully))
}

/// Cuts the ties to whoever started the agent, and tells the parent.
fn settle<T>(
    pid_file: Option<&PidFile>,
    prepare: impl FnOnce() -> io::Result<T>,
    mut arrived: PipeWriter,
) -> Result<T, DaemonError> {
    if let Some(file) = pid_file {
        file.fill()?;
    }
    rustix::process::umask(UMASK);
    rustix::process::setsid().map_err(io::Error::from)?;
    std::env::set_current_dir("/")?;
    let prepared = prepare()?;
    let null = OpenOptions::new()
        .read(true)
        .write(true)
        .open("/dev/null")?;
    rustix::stdio::dup2_stdin(&null)
        .and_then(|()| rustix::stdio::dup2_stdout(&null))
        .and_then(|()| rustix::stdio::dup2_stderr(&null))
        .map_err(io::Error::from)?;
    // A parent that was killed meanwhile needs no word.
    let _ = arrived.write_all(b".");
    Ok(prepared)
}
