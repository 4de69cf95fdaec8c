//! Starting a program with exactly the arguments, environment and descriptors it should have.

use std::ffi::{CStr, CString, OsStr, OsString};
use std::mem;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd, RawFd};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

use rustix::fs::{Access, Mode, OFlags};
use rustix::io::Errno;
use rustix::pipe::{PipeFlags, pipe_with};
use rustix::process::{Pid, WaitOptions, WaitStatus, waitpid};

use super::Root;
use super::directory::Directory;
use super::heritage;
use super::vfork::Program;

/// Where programs are looked up when the environment has no `PATH`.
///
/// The C agent's list also has the current directory, which is left out: the agent runs as root.
const DEFAULT_PATH: &str = "/bin:/usr/bin";
/// What runs a file that is executable but no program and has no `#!` line.
const SHELL: &CStr = c"/bin/sh";

/// Which output of a child is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Capture {
    None,
    Stdout,
    Stderr,
    /// Both, each for itself.
    Separated,
    /// Both, in the order of writing.
    Merged,
}

/// A program to start, in the agent's working directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Launch {
    /// A path, or a name to look up; it is also the program's own name for itself.
    pub(crate) program: OsString,
    /// Where the program is, if that is known already; it is not looked up then.
    pub(crate) found: Option<PathBuf>,
    /// The arguments after the name.
    pub(crate) arguments: Vec<OsString>,
    /// The whole environment as `NAME=value` strings, passed unchecked; or what is of use of the
    /// agent's own.
    pub(crate) environment: Option<Vec<OsString>>,
    /// Whether the standard input is a pipe; else it is empty.
    pub(crate) input: bool,
    /// Which output is kept; the rest goes nowhere.
    pub(crate) capture: Capture,
    /// Whether it gets a session of its own, and not only a group of processes.
    pub(crate) new_session: bool,
}

/// A child that runs, and the agent's ends of the pipes to it.
#[derive(Debug)]
pub(crate) struct Child {
    pub(crate) pid: Pid,
    pub(crate) stdin: Option<OwnedFd>,
    pub(crate) stdout: Option<OwnedFd>,
    pub(crate) stderr: Option<OwnedFd>,
}

impl Child {
    /// Writes input until the pipe is full, and closes it at the end. Says how much was taken.
    ///
    /// # Errors
    /// The rest cannot be written, and the pipe is closed.
    pub(crate) fn feed(&mut self, input: &[u8]) -> Result<usize, Errno> {
        let Some(stdin) = &self.stdin else {
            return Ok(0);
        };
        let mut written = 0;
        while written < input.len() {
            match rustix::io::write(stdin, &input[written..]) {
                Ok(count) => written += count,
                Err(Errno::INTR) => {}
                Err(Errno::AGAIN) => return Ok(written),
                Err(errno) => {
                    self.stdin = None;
                    return Err(errno);
                }
            }
        }
        self.stdin = None;
        Ok(written)
    }

    /// The status, if it has exited.
    ///
    /// # Errors
    /// The child was not the agent's to wait for.
    pub(crate) fn try_reap(&self) -> Result<Option<WaitStatus>, Errno> {
        loop {
            match waitpid(Some(self.pid), WaitOptions::NOHANG) {
                Err(Errno::INTR) => {}
                waited => return Ok(waited?.map(|(_, status)| status)),
            }
        }
    }

    /// Waits for the exit; there is no status if the child was not the agent's to wait for.
    pub(crate) fn reap(&self) -> Option<WaitStatus> {
        loop {
            match waitpid(Some(self.pid), WaitOptions::empty()) {
                Ok(waited) => return waited.map(|(_, status)| status),
                Err(Errno::INTR) => {}
                Err(_) => return None,
            }
        }
    }
}

impl Launch {
    /// Where a program of this name is looked for and found, with an environment or the agent's own.
    ///
    /// # Errors
    /// There is none.
    pub(crate) fn find(
        program: &OsStr,
        environment: Option<&[OsString]>,
    ) -> Result<PathBuf, Errno> {
        match environment {
            Some(environment) => locate(program, search_path(environment)),
            None => locate(program, search_path(&heritage::environment())),
        }
    }

    /// Starts the program. Whether it can be executed is known on return.
    pub(crate) fn spawn(&self) -> Result<Child, Errno> {
        let environment = self
            .environment
            .clone()
            .unwrap_or_else(heritage::environment);
        let program = match &self.found {
            Some(path) => path.clone(),
            None => locate(&self.program, search_path(&environment))?,
        };
        let (no_input, no_output) = (null(OFlags::RDONLY)?, null(OFlags::WRONLY)?);
        let stdin = pipe_if(self.input)?;
        let stdout = pipe_if(!matches!(self.capture, Capture::None | Capture::Stderr))?;
        let stderr = pipe_if(matches!(self.capture, Capture::Stderr | Capture::Separated))?;
        if let Some(stdin) = &stdin {
            // Only this end: a child that does not read must not make the agent wait.
            rustix::fs::fcntl_setfl(&stdin.write, OFlags::NONBLOCK)?;
        }

        let child_in = stdin.as_ref().map_or(&no_input, |pipe| &pipe.read);
        let child_out = stdout.as_ref().map_or(&no_output, |pipe| &pipe.write);
        let child_err = match self.capture {
            Capture::Merged => child_out,
            _ => stderr.as_ref().map_or(&no_output, |pipe| &pipe.write),
        };
        let streams = [child_in, child_out, child_err].map(AsFd::as_fd);
        let pid = self.execute(&program, &environment, streams)?;
        heritage::make_ordinary(pid);
        Ok(Child {
            pid,
            stdin: stdin.map(|pipe| pipe.write),
            stdout: stdout.map(|pipe| pipe.read),
            stderr: stderr.map(|pipe| pipe.read),
        })
    }

    /// Executes a program, by way of the shell if the kernel does not know its format.
    fn execute(
        &self,
        path: &Path,
        environment: &[OsString],
        streams: [BorrowedFd<'_>; 3],
    ) -> Result<Pid, Errno> {
        let words = [&self.program].into_iter().chain(&self.arguments);
        let mut program = Program {
            path: c_string(path.as_os_str())?,
            arguments: words.map(|word| c_string(word)).collect::<Result<_, _>>()?,
            environment: environment
                .iter()
                .map(|entry| c_string(entry))
                .collect::<Result<_, _>>()?,
            streams,
            new_session: self.new_session,
        };
        match program.execute() {
            Err(Errno::NOEXEC) => {
                program.arguments[0] = mem::replace(&mut program.path, SHELL.into());
                program.arguments.insert(0, SHELL.into());
                program.execute()
            }
            other => other,
        }
    }
}

/// Every open descriptor above the standard streams.
///
/// What the agent opens itself closes on execution; this finds what it was started with. A machine
/// without `/proc` does not tell, and its programs inherit that.
///
/// # Errors
/// No descriptor is left to look with.
pub(super) fn open_descriptors() -> Result<Vec<RawFd>, Errno> {
    let entries = match Directory::open(&Root::default(), "/proc/self/fd") {
        Err(Errno::NOENT) => return Ok(Vec::new()),
        directory => directory?.entries()?,
    };
    let numbers = entries
        .iter()
        .filter_map(|entry| entry.name.to_str()?.parse().ok());
    Ok(numbers.filter(|&fd| fd > 2).collect())
}

/// The file that a program named so is, with the agent's own environment.
///
/// # Errors
/// There is none.
pub(crate) fn find(program: &OsStr) -> Result<PathBuf, Errno> {
    let path = std::env::var_os("PATH");
    let path = path.unwrap_or_else(|| DEFAULT_PATH.into());
    locate(program, &path)
}

/// Finds a program: a name with a slash is a path, any other is looked up.
fn locate(program: &OsStr, search: &OsStr) -> Result<PathBuf, Errno> {
    if program.is_empty() {
        return Err(Errno::NOENT);
    }
    if program.as_bytes().contains(&b'/') {
        return Ok(program.into());
    }
    let mut reason = Errno::NOENT;
    for directory in search.as_bytes().split(|&byte| byte == b':') {
        // An empty entry is the current directory, by old custom; the path stays bare then.
        let candidate = Path::new(OsStr::from_bytes(directory)).join(program);
        match rustix::fs::access(&candidate, Access::EXEC_OK) {
            Ok(()) if candidate.is_file() => return Ok(candidate),
            Ok(()) | Err(Errno::ACCESS) => reason = Errno::ACCESS,
            Err(_) => {}
        }
    }
    Err(reason)
}

/// The value of `PATH` in an environment.
fn search_path(environment: &[OsString]) -> &OsStr {
    let value = environment
        .iter()
        .find_map(|entry| entry.as_bytes().strip_prefix(b"PATH="));
    OsStr::from_bytes(value.unwrap_or(DEFAULT_PATH.as_bytes()))
}

/// The stream of a program that reads nothing, or whose output nobody wants.
fn null(direction: OFlags) -> Result<OwnedFd, Errno> {
    rustix::fs::open("/dev/null", direction | OFlags::CLOEXEC, Mode::empty())
}

/// The two ends of a pipe.
struct Pipe {
    read: OwnedFd,
    write: OwnedFd,
}

fn pipe_if(wanted: bool) -> Result<Option<Pipe>, Errno> {
    if !wanted {
        return Ok(None);
    }
    pipe_with(PipeFlags::CLOEXEC).map(|(read, write)| Some(Pipe { read, write }))
}

fn c_string(text: &OsStr) -> Result<CString, Errno> {
    CString::new(text.to_owned().into_vec()).map_err(|_| Errno::INVAL)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt;

    use tempfile::tempdir;

    use super::*;

    #[test]
    fn the_environment_says_where_to_look() {
        let environment = |entries: &[&str]| entries.iter().map(OsString::from).collect::<Vec<_>>();
        assert_eq!(
            search_path(&environment(&["A=1", "PATH=/x:/y", "PATH=/z"])),
            "/x:/y"
        );
        assert_eq!(search_path(&environment(&["XPATH=/x"])), DEFAULT_PATH);
        assert_eq!(search_path(&environment(&[])), DEFAULT_PATH);
    }

    #[test]
    fn names_are_looked_up_and_paths_are_not() {
        let locate = |name: &str, path: &str| locate(OsStr::new(name), OsStr::new(path));
        assert_eq!(locate("sh", "/nowhere:/bin"), Ok(PathBuf::from("/bin/sh")));
        assert_eq!(locate("./sh", "/bin"), Ok(PathBuf::from("./sh")));
        assert_eq!(locate("Cargo.toml", "/bin:"), Err(Errno::ACCESS));
        assert_eq!(locate("sh", "/nowhere"), Err(Errno::NOENT));
        assert_eq!(locate("", "/bin"), Err(Errno::NOENT));
    }

    #[test]
    fn what_is_found_but_cannot_run_is_denied() {
        let dir = tempdir().expect("a directory");
        fs::write(dir.path().join("plain"), "").expect("a file");
        fs::create_dir(dir.path().join("directory")).expect("a directory");
        for name in ["plain", "directory"] {
            let found = locate(OsStr::new(name), dir.path().as_os_str());
            assert_eq!(found, Err(Errno::ACCESS), "{name}");
        }
    }

    #[test]
    fn files_without_a_format_are_run_by_the_shell() {
        let dir = tempdir().expect("a directory");
        let script = dir.path().join("script");
        fs::write(&script, "exit 7\n").expect("a file");
        fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).expect("permissions");
        let launch = Launch {
            program: script.into(),
            found: None,
            arguments: Vec::new(),
            environment: None,
            input: false,
            capture: Capture::None,
            new_session: false,
        };
        let child = launch.spawn().expect("a child");
        let status = child.reap().expect("a status");
        assert_eq!(status.exit_status(), Some(7));
    }
}
