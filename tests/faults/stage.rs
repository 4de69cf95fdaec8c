//! A place in which agents run one after the other, with what they leave behind.

use std::fs::{self, OpenOptions};
use std::io::{BufRead as _, BufReader, ErrorKind, Read as _, Write as _};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use qapi_tests::Setup;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::points::Point;

/// Far longer than anything takes that comes to an end.
const PATIENCE: Duration = Duration::from_secs(20);
const BETWEEN_LOOKS: Duration = Duration::from_millis(2);

/// Directories for a home and for state, and how agents are started in them.
pub(crate) struct Stage {
    root: TempDir,
    /// What furnishes the mount namespace of each agent, if it has one of its own.
    pub(crate) script: Option<&'static str>,
    /// Where its agents find themselves, if not where the test does.
    island: Option<Arc<Island>>,
    /// Arguments besides those that say where it listens and keeps its state.
    pub(crate) arguments: Vec<String>,
}

/// Three file systems that can be frozen, and nothing else that can: see `tests/src/island.sh`.
pub(crate) struct Island(qapi_tests::Agent);

impl Island {
    pub(crate) fn new() -> Arc<Self> {
        // The agent that is there all the time is never asked for anything.
        Arc::new(Self(Setup::new(crate::agent()).on_island().start()))
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.island().join(name)
    }

    /// Whether anybody is there, such as the process that thaws what a dead agent has frozen, which has no name of its own
    /// at first, or the hook that it was starting when it was killed.
    pub(crate) fn is_inhabited(&self) -> bool {
        let mounts = |process: &Path| fs::read_link(process.join("ns/mnt")).ok();
        let own = PathBuf::from(format!("/proc/{}", self.0.process()));
        let here = mounts(&own);
        let processes = fs::read_dir("/proc").into_iter().flatten().flatten();
        let mut others = processes.map(|entry| entry.path()).filter(|it| *it != own);
        others.any(|process| mounts(&process).is_some_and(|there| Some(there) == here))
    }
}

/// How an agent is started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Start {
    /// At once.
    Running,
    /// Stopped, before anything of it runs.
    Stopped,
}

impl Stage {
    pub(crate) fn new() -> Self {
        let stage = Self::unfurnished(None);
        stage.furnish();
        stage
    }

    /// On an island, on which former agents may have left something.
    pub(crate) fn on(island: &Arc<Island>) -> Self {
        let mut stage = Self::unfurnished(Some(Arc::clone(island)));
        stage.arguments.push("-F/hook".into());
        for name in ["home", "state"] {
            let _ = fs::remove_dir_all(stage.path(name));
        }
        stage.furnish();
        stage
    }

    fn unfurnished(island: Option<Arc<Island>>) -> Self {
        Self {
            root: TempDir::with_prefix("qapi-faults-").expect("a temporary directory"),
            script: None,
            island,
            arguments: Vec::new(),
        }
    }

    fn furnish(&self) {
        for name in ["home", "state"] {
            fs::create_dir(self.path(name)).expect("a fresh directory");
        }
    }

    /// What is at this place, such as `home/file`.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        match &self.island {
            Some(island) => island.path(name),
            None => self.root.path().join(name),
        }
    }

    /// The same place as agents see it.
    fn inside(&self, name: &str) -> PathBuf {
        match &self.island {
            Some(_) => Path::new("/").join(name),
            None => self.path(name),
        }
    }

    /// Where agents listen: a name that no other stage has.
    pub(crate) fn socket(&self) -> PathBuf {
        self.path(&self.socket_name())
    }

    fn socket_name(&self) -> String {
        let name = self
            .root
            .path()
            .file_name()
            .expect("a directory has a name");
        format!("{}.socket", name.display())
    }

    /// The content of a file, if there is one.
    pub(crate) fn read(&self, name: &str) -> Option<Vec<u8>> {
        fs::read(self.path(name)).ok()
    }

    /// The names in a directory.
    pub(crate) fn names(&self, directory: &str) -> Vec<String> {
        let entries = fs::read_dir(self.path(directory)).into_iter().flatten();
        let mut names: Vec<_> = entries
            .map(|entry| {
                entry
                    .expect("an entry")
                    .file_name()
                    .to_string_lossy()
                    .into_owned()
            })
            .collect();
        names.sort();
        names
    }

    /// Whether agents go to the background.
    pub(crate) fn is_daemon(&self) -> bool {
        self.arguments.iter().any(|argument| argument == "-d")
    }

    /// Starts an agent.
    pub(crate) fn spawn(&self, start: Start) -> Agent {
        let mut script = self.script.unwrap_or_default().to_owned();
        if start == Start::Stopped {
            script.push_str("\nkill -STOP $$");
        }
        script.push_str("\nexec \"$@\"");
        let mut command = match (self.script, &self.island) {
            (_, Some(island)) => {
                let mut command = Command::new("nsenter");
                command.arg(format!("--mount=/proc/{}/ns/mnt", island.0.process()));
                command.arg("/bin/sh");
                command
            }
            (Some(_), None) => {
                let mut command = Command::new("unshare");
                command.args(["--mount", "--propagation", "private", "sh"]);
                command
            }
            (None, None) => Command::new("sh"),
        };
        let program = match self.island {
            Some(_) => Path::new("/bin").join(crate::agent().file_name().expect("a program")),
            None => crate::agent(),
        };
        // The test's own file: what is frozen must not hold it up.
        let log = self.root.path().join("log");
        let log = OpenOptions::new().create(true).append(true).open(log);
        let log = log.expect("a file of ours");
        let child = command
            .args(["-euc", &script, "sh"])
            .arg(program)
            .args(["-m", "unix-listen", "-p"])
            .arg(self.inside(&self.socket_name()))
            .arg("-t")
            .arg(self.inside("state"))
            .args(&self.arguments)
            .current_dir(match self.island {
                Some(_) => self.root.path().to_owned(),
                None => self.path("home"),
            })
            .stdin(Stdio::null())
            .stdout(log.try_clone().expect("a second handle"))
            .stderr(log)
            .spawn()
            .expect("a shell");
        Agent {
            child,
            socket: self.socket(),
        }
    }

    /// Starts an agent and waits until it answers.
    pub(crate) fn start(&self) -> Agent {
        let mut agent = self.spawn(Start::Running);
        assert!(
            agent.comes_up(),
            "the agent does not start:\n{}",
            self.log()
        );
        agent
    }

    /// The agents that run here, those in the background included.
    pub(crate) fn agents(&self) -> Vec<Pid> {
        let name = self.socket_name();
        let processes = fs::read_dir("/proc").into_iter().flatten().flatten();
        let numbers = processes.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
        let is_ours = |pid: &i32| {
            let words = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
            words
                .windows(name.len())
                .any(|part| part == name.as_bytes())
        };
        numbers.filter(is_ours).filter_map(Pid::from_raw).collect()
    }

    /// Kills whoever runs here.
    pub(crate) fn end_agents(&self) {
        for pid in self.agents() {
            // It may come to its end by itself.
            let _ = kill_process(pid, Signal::KILL);
        }
        assert!(
            wait_until(|| self.agents().is_empty() && !is_anyone_ending()),
            "who is killed ends"
        );
    }

    /// What all its agents have said.
    pub(crate) fn log(&self) -> String {
        let bytes = fs::read(self.root.path().join("log")).unwrap_or_default();
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

/// Whether a thread of an agent, of whichever stage, is about to end: its memory is gone, and with that its command line,
/// but not yet what it has locked.
fn is_anyone_ending() -> bool {
    let program = crate::agent();
    let name = program.file_name().expect("a program").to_string_lossy();
    // As much of it as the kernel keeps.
    let name = format!("({}) ", &name[..name.len().min(15)]);
    let entries = |path: PathBuf| fs::read_dir(path).into_iter().flatten().flatten();
    let stat = |task: &Path| fs::read_to_string(task.join("stat")).unwrap_or_default();
    entries("/proc".into()).any(|process| {
        let process = process.path();
        let words = fs::read(process.join("cmdline"));
        let has_no_words = words.is_ok_and(|words| words.is_empty());
        has_no_words
            && stat(&process).contains(&name)
            && entries(process.join("task")).any(|task| {
                let stat = stat(&task.path());
                let state = stat.rsplit_once(") ").map(|(_, state)| state);
                state.is_some_and(|state| !state.starts_with(['Z', 'X']))
            })
    })
}

/// One agent.
pub(crate) struct Agent {
    child: Child,
    socket: PathBuf,
}

impl Agent {
    pub(crate) fn pid(&self) -> Pid {
        Pid::from_child(&self.child)
    }

    /// Whether the process is still there.
    pub(crate) fn is_running(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// Waits until it answers; false, if it ends instead.
    pub(crate) fn comes_up(&mut self) -> bool {
        let deadline = Instant::now() + PATIENCE;
        while Instant::now() < deadline {
            if Talk::with(&self.socket)
                .call("guest-ping", json!({}))
                .is_some()
            {
                return true;
            }
            if !self.is_running() {
                return false;
            }
            thread::sleep(BETWEEN_LOOKS);
        }
        panic!("the agent neither answers nor ends");
    }

    /// Whether it waits to be told to go on.
    pub(crate) fn is_stopped(&self) -> bool {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.pid()));
        stat.is_ok_and(|stat| stat.contains(") T "))
    }

    /// Tells it to go on.
    pub(crate) fn go_on(&self) {
        kill_process(self.pid(), Signal::CONT).expect("a process of ours");
    }

    /// Whether it has ended as if all were well.
    pub(crate) fn succeeded(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(Some(status)) if status.success())
    }

    /// Waits until it is gone.
    pub(crate) fn ends(&mut self) -> bool {
        wait_until(|| !self.is_running())
    }

    pub(crate) fn kill(mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// What its descriptors lead to.
    pub(crate) fn descriptors(&self) -> Vec<String> {
        let entries = fs::read_dir(format!("/proc/{}/fd", self.pid()));
        let entries = entries.into_iter().flatten().flatten();
        let targets = entries.filter_map(|entry| fs::read_link(entry.path()).ok());
        targets
            .map(|target| target.to_string_lossy().into_owned())
            .collect()
    }

    /// Its children, those that nobody has waited for included.
    pub(crate) fn children(&self) -> String {
        let tasks = fs::read_dir(format!("/proc/{}/task", self.pid()));
        let tasks = tasks.into_iter().flatten().flatten();
        tasks
            .filter_map(|task| fs::read_to_string(task.path().join("children")).ok())
            .collect()
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        // A test that fails may leave one.
        for pid in self.agents() {
            let _ = kill_process(pid, Signal::KILL);
        }
    }
}

impl Drop for Agent {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Waits until something is so; false, if it does not come to be.
pub(crate) fn wait_until(mut is_so: impl FnMut() -> bool) -> bool {
    let deadline = Instant::now() + PATIENCE;
    while !is_so() {
        if Instant::now() > deadline {
            return false;
        }
        thread::sleep(BETWEEN_LOOKS);
    }
    true
}

/// Requests to an agent that may go away, or hang up.
pub(crate) struct Talk {
    socket: PathBuf,
    stream: Option<BufReader<UnixStream>>,
    /// How many requests have got no reply, because the connection or the agent was gone.
    pub(crate) lost: usize,
    /// How many requests have got one.
    pub(crate) answered: usize,
}

impl Talk {
    pub(crate) fn with(socket: &Path) -> Self {
        Self {
            socket: socket.to_owned(),
            stream: None,
            lost: 0,
            answered: 0,
        }
    }

    /// Calls a command. There is no reply only if the connection ends.
    ///
    /// # Panics
    /// Neither a reply comes nor the end of the connection, or the reply is none.
    pub(crate) fn call(&mut self, command: &str, arguments: Value) -> Option<Value> {
        let request = json!({"execute": command, "arguments": arguments});
        let reply = self.exchange(&request.to_string());
        match &reply {
            Some(_) => self.answered += 1,
            None => {
                self.lost += 1;
                self.stream = None;
            }
        }
        reply
    }

    /// What a command returns, if it does.
    pub(crate) fn returned(&mut self, command: &str, arguments: Value) -> Option<Value> {
        let mut reply = self.call(command, arguments)?;
        reply.as_object_mut()?.remove("return")
    }

    fn exchange(&mut self, request: &str) -> Option<Value> {
        if self.stream.is_none() {
            let stream = UnixStream::connect(&self.socket).ok()?;
            stream.set_read_timeout(Some(PATIENCE)).expect("a time");
            self.stream = Some(BufReader::new(stream));
        }
        let stream = self.stream.as_mut()?;
        stream.get_mut().write_all(request.as_bytes()).ok()?;
        let mut line = Vec::new();
        match stream.read_until(b'\n', &mut line) {
            Ok(_) if !line.ends_with(b"\n") => None,
            Ok(_) => {
                let reply: Value = serde_json::from_slice(&line).expect("a reply is JSON");
                let is_reply = reply.get("return").is_some() != reply.get("error").is_some();
                assert!(is_reply, "{reply} to {request}");
                Some(reply)
            }
            Err(error) if error.kind() == ErrorKind::ConnectionReset => None,
            Err(error) => panic!("no reply to {request}: {error}"),
        }
    }

    /// Ends the connection, behind which nothing may come.
    pub(crate) fn finish(mut self) {
        let Some(mut stream) = self.stream.take() else {
            return;
        };
        let _ = stream.get_ref().shutdown(std::net::Shutdown::Write);
        let mut rest = Vec::new();
        if stream.read_to_end(&mut rest).is_ok() {
            assert!(rest.is_empty(), "a reply too many: {}", rest.escape_ascii());
        }
    }
}

/// Somebody who meddles with one call of an agent.
pub(crate) struct Meddler {
    child: Child,
    lines: BufReader<ChildStdout>,
}

/// What was meddled with.
#[derive(Debug)]
pub(crate) struct Report {
    /// The names of all calls, in order.
    pub(crate) calls: Vec<String>,
    /// Whose call was meddled with.
    pub(crate) hit: Option<Pid>,
}

impl Meddler {
    /// Meddles with one call, counted from now on or from the first call `start`.
    pub(crate) fn begin(pid: Pid, point: &Point, start: Option<&str>) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_meddler"))
            .args([pid.to_string(), point.call.clone()])
            .args([point.at.to_string(), point.fault.action()])
            .args(start)
            .stdout(Stdio::piped())
            .spawn()
            .expect("a program of ours");
        let mut lines = BufReader::new(child.stdout.take().expect("a pipe"));
        let mut line = String::new();
        lines.read_line(&mut line).expect("a pipe");
        assert_eq!(line, "ready\n", "the meddler may trace the agent");
        Self { child, lines }
    }

    /// Sets the agent free.
    pub(crate) fn end(mut self) -> Report {
        let _ = self.child.kill();
        let status = self.child.wait().expect("a process of ours");
        assert_ne!(status.code(), Some(1), "the meddler does not fail");
        let mut text = String::new();
        self.lines.read_to_string(&mut text).expect("text");
        let of = |kind: &'static str| text.lines().filter_map(move |line| line.strip_prefix(kind));
        Report {
            calls: of("call ").map(str::to_owned).collect(),
            hit: of("hit ").find_map(|pid| Pid::from_raw(pid.parse().ok()?)),
        }
    }
}
