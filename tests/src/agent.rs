use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::MetadataExt as _;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, geteuid, kill_process};
use tempfile::TempDir;

use crate::wire::{PATIENCE, Wire};

/// How long to leave an agent alone between two attempts to connect. Neither agent tells when it listens.
const BETWEEN_ATTEMPTS: Duration = Duration::from_millis(2);

/// How long to wait for the last reply of an agent that will be killed anyway.
const LAST_PATIENCE: Duration = Duration::from_secs(5);

/// How to start an [`Agent`].
#[derive(Clone, Debug)]
pub struct Setup {
    program: PathBuf,
    args: Vec<String>,
    env: BTreeMap<String, String>,
    files: Vec<(String, String)>,
    place: Place,
}

/// Where an [`Agent`] runs.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Place {
    /// Where the test runs.
    Here,
    /// In namespaces of its own, furnished by this script.
    Apart(String),
    /// On an island.
    Island,
}

impl Setup {
    /// Starts `program`.
    ///
    /// Its environment holds a `PATH` and a UTF-8 locale and nothing else, so that two agents see the same.
    pub fn new(program: impl AsRef<Path>) -> Self {
        let env = [
            ("PATH", "/usr/sbin:/usr/bin:/sbin:/bin"),
            ("LC_ALL", "C.UTF-8"),
        ];
        Self {
            program: program.as_ref().to_owned(),
            args: Vec::new(),
            env: env.map(|(name, value)| (name.into(), value.into())).into(),
            files: Vec::new(),
            place: Place::Here,
        }
    }

    /// Starts it on an island, `island.sh`: with an ext4, an xfs and a btrfs file system at `/ext4`, `/xfs` and `/btrfs`,
    /// a hook at `/hook` that writes down in `/run/heard` what it hears and waits before a freeze for a line from the
    /// pipe `/run/gate` if there is one, its files at `/home`, and without the disks of the machine.
    pub fn on_island(&mut self) -> &mut Self {
        self.place = Place::Island;
        self
    }

    /// Starts it with mounts, a network and a host name of its own, which `script` furnishes first.
    ///
    /// The script is one of a shell in the agent's home and ends at the first failure; `$$` is the process that becomes
    /// the agent. See [`need::apart`](crate::need::apart).
    pub fn apart(&mut self, script: &str) -> &mut Self {
        self.place = Place::Apart(script.into());
        self
    }

    /// An argument more.
    pub fn arg(&mut self, arg: &str) -> &mut Self {
        self.args.push(arg.into());
        self
    }

    /// An environment variable; `%` stands for the agent's home.
    pub fn env(&mut self, name: &str, value: &str) -> &mut Self {
        self.env.insert(name.into(), value.into());
        self
    }

    /// A file in the agent's home.
    pub fn file(&mut self, name: &str, content: &str) -> &mut Self {
        self.files.push((name.into(), content.into()));
        self
    }

    /// Starts the agent and waits until it answers.
    ///
    /// # Panics
    /// It ends instead, or does not listen in time; the message holds what it said.
    pub fn start(&self) -> Agent {
        let root = TempDir::with_prefix("qapi-test-").expect("a temporary directory");
        for name in ["home", "state"] {
            fs::create_dir(root.path().join(name)).expect("a fresh directory");
        }
        let home = root.path().join("home");
        for (name, content) in &self.files {
            fs::write(home.join(name), content).expect("a fresh file");
        }
        let log = File::create(root.path().join("log")).expect("a fresh file");
        let place = home.to_str().expect("temporary paths are text");
        let env = self
            .env
            .iter()
            .map(|(name, value)| (name, value.replace('%', place)));
        let child = self
            .command(root.path())
            .args(&self.args)
            .current_dir(&home)
            .env_clear()
            .envs(env)
            .stdin(Stdio::null())
            .stdout(log.try_clone().expect("a second handle"))
            .stderr(log)
            .spawn()
            .unwrap_or_else(|error| panic!("cannot start {}: {error}", self.program.display()));
        let mut agent = Agent {
            child,
            root,
            on_island: self.place == Place::Island,
        };
        agent.wait_until_it_answers();
        agent
    }

    /// The program and where it listens and keeps its state.
    fn command(&self, root: &Path) -> Command {
        let mut command = match &self.place {
            Place::Here => Command::new(&self.program),
            Place::Apart(script) => {
                let mut command = private();
                let script = format!("{script}\nexec \"$@\"");
                command.args(["--net", "--uts", "sh", "-euc", &script, "sh"]);
                command.arg(&self.program);
                command
            }
            Place::Island => {
                let script = concat!(env!("CARGO_MANIFEST_DIR"), "/src/island.sh");
                let mut command = private();
                command.args(["sh", "-eu", script]);
                command.arg(root).arg(&self.program);
                command.args(["-m", "unix-listen", "-p", "/run/socket", "-t", "/run"]);
                return command;
            }
        };
        command.args(["-m", "unix-listen", "-p"]);
        command.arg(root.join("socket"));
        command.arg("-t").arg(root.join("state"));
        command
    }
}

/// Runs what follows with mounts of its own.
fn private() -> Command {
    let mut command = Command::new("unshare");
    command.args(["--mount", "--propagation", "private"]);
    command
}

/// A running agent and its directory; both go when this is dropped.
#[derive(Debug)]
pub struct Agent {
    child: Child,
    root: TempDir,
    on_island: bool,
}

impl Agent {
    /// Starts `program` without further settings; see [`Setup::start`].
    pub fn start(program: impl AsRef<Path>) -> Self {
        Setup::new(program).start()
    }

    /// Its working directory.
    pub fn home(&self) -> PathBuf {
        self.root.path().join("home")
    }

    /// The socket that it listens on.
    pub fn socket(&self) -> PathBuf {
        match self.on_island {
            true => self.island().join("run/socket"),
            false => self.root.path().join("socket"),
        }
    }

    /// The root directory of its island.
    pub fn island(&self) -> PathBuf {
        PathBuf::from(format!("/proc/{}/root", self.child.id()))
    }

    /// Its process.
    pub fn process(&self) -> Pid {
        Pid::from_child(&self.child)
    }

    /// A new connection. The C agent serves one at a time, ours many.
    ///
    /// # Panics
    /// The agent is gone; the message holds what it said.
    pub fn connect(&self) -> Wire {
        Wire::connect(&self.socket())
            .unwrap_or_else(|error| panic!("cannot connect: {error}\n{}", self.said()))
    }

    /// Everything that it has written to its output and its log.
    pub fn said(&self) -> String {
        let bytes = fs::read(self.root.path().join("log")).unwrap_or_default();
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// Whether the process is still there.
    pub fn is_running(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// Asks it to end, as an init system does, and waits for it.
    ///
    /// # Panics
    /// The process cannot be waited for.
    pub fn terminate(self) -> ExitStatus {
        self.end_by(Signal::TERM)
    }

    /// Sends it a signal that ends it, and waits for that.
    ///
    /// # Panics
    /// The process cannot be waited for.
    pub fn end_by(mut self, signal: Signal) -> ExitStatus {
        kill_process(self.process(), signal).expect("the process is ours");
        self.child.wait().expect("the process is ours")
    }

    /// The files in its home and state directory, each with its mode and content.
    ///
    /// # Panics
    /// A file cannot be read.
    pub fn files(&self) -> BTreeMap<String, String> {
        let in_directory = |name: &str| {
            let files = files_below(&self.root.path().join(name));
            let name = name.to_owned();
            files
                .into_iter()
                .map(move |(file, what)| (format!("{name}/{file}"), what))
        };
        ["home", "state"]
            .into_iter()
            .flat_map(in_directory)
            .collect()
    }

    fn wait_until_it_answers(&mut self) {
        let deadline = Instant::now() + PATIENCE;
        loop {
            match Wire::connect(&self.socket()) {
                Ok(mut wire) => {
                    // It listens before it is ready for a signal; what it answers tells that it is. The line feed ends
                    // what the C agent skips behind a bad byte.
                    wire.send(b"\xFF\n");
                    wire.line();
                    return;
                }
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => {}
                Err(error) => panic!("cannot connect: {error}\n{}", self.said()),
            }
            assert!(self.is_running(), "the agent ended:\n{}", self.said());
            assert!(
                Instant::now() < deadline,
                "the agent does not listen:\n{}",
                self.said()
            );
            thread::sleep(BETWEEN_ATTEMPTS);
        }
    }
}

impl Agent {
    /// Thaws the file systems of the island: a frozen one would outlive its mount, and nobody could reach it any more.
    fn thaw(&self) -> io::Result<()> {
        let mut stream = UnixStream::connect(self.socket())?;
        stream.set_read_timeout(Some(LAST_PATIENCE))?;
        stream.write_all(b"{'execute': 'guest-fsfreeze-thaw'}\n")?;
        stream.read(&mut [0; 64]).map(drop)
    }
}

impl Drop for Agent {
    fn drop(&mut self) {
        if self.on_island {
            let _ = self.thaw();
        }
        // Both fail where the process has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What is below a directory, each with its mode, owner and content; nothing if there is no such directory.
///
/// # Panics
/// A file cannot be read.
pub fn files_below(directory: &Path) -> BTreeMap<String, String> {
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(directory).into_iter().flatten() {
        let path = entry.expect("a directory entry").path();
        let name = path.file_name().expect("it has a name").to_string_lossy();
        files.insert(name.to_string(), describe_file(&path));
        if path.is_dir() && !path.is_symlink() {
            for (below, what) in files_below(&path) {
                files.insert(format!("{name}/{below}"), what);
            }
        }
    }
    files
}

/// One line about a file: kind and mode, the owner if that is somebody else, and the content of a plain one.
fn describe_file(path: &Path) -> String {
    let data = fs::symlink_metadata(path).expect("the file is there");
    let mode = data.mode();
    let owner = match data.uid() == geteuid().as_raw() {
        true => String::new(),
        false => format!(" of {}", data.uid()),
    };
    if data.is_file() {
        let content = fs::read(path).expect("a file of ours");
        return format!("{mode:o}{owner} {}", content.escape_ascii());
    }
    format!("{mode:o}{owner}")
}
