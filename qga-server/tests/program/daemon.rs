//! Going to the background, the pid file and the log file.

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::os::unix::fs::MetadataExt;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use rustix::event::{PollFd, PollFlags, poll};
use rustix::process::{Pid, PidfdFlags, Signal, kill_process, pidfd_open};
use tempfile::{TempDir, tempdir};

use crate::running::{ask, ping, program, text};

/// A directory for a daemon, which is stopped at the end.
struct Home(TempDir);

impl Home {
    fn new() -> Self {
        Self(tempdir().expect("a directory"))
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// The program with paths that are relative, as from a shell in this directory.
    fn command(&self, args: &[&str]) -> Command {
        let mut command = program();
        command
            .current_dir(self.0.path())
            .args([
                "-d",
                "-m",
                "unix-listen",
                "-t",
                ".",
                "-f",
                "pid",
                "-l",
                "log",
            ])
            .args(args);
        command
    }

    /// Starts a daemon, and waits for its parent and for the end of what they say.
    fn start(&self, args: &[&str]) -> Output {
        self.command(args).output().expect("the program runs")
    }

    fn started(self, args: &[&str]) -> Self {
        let output = self.start(args);
        assert!(output.status.success(), "{output:?}\n{}", self.log());
        assert!(output.stdout.is_empty() && output.stderr.is_empty());
        self
    }

    fn pid(&self) -> Option<Pid> {
        let text = fs::read_to_string(self.path("pid")).ok()?;
        let number = text.strip_suffix('\n').expect("a whole line");
        Pid::from_raw(number.parse().expect("a number"))
    }

    /// A line of what the kernel says about the daemon.
    fn status(&self, key: &str) -> String {
        let pid = self.pid().expect("a daemon").as_raw_pid();
        let status = fs::read_to_string(format!("/proc/{pid}/status")).expect("a process");
        let line = status.lines().find_map(|line| line.strip_prefix(key));
        line.expect("a line").trim().to_owned()
    }

    fn link(&self, name: &str) -> PathBuf {
        let pid = self.pid().expect("a daemon").as_raw_pid();
        fs::read_link(format!("/proc/{pid}/{name}")).expect("a link")
    }

    fn connect(&self, name: &str) -> BufReader<UnixStream> {
        BufReader::new(UnixStream::connect(self.path(name)).expect("a connection"))
    }

    fn log(&self) -> String {
        fs::read_to_string(self.path("log")).unwrap_or_default()
    }

    /// Ends the daemon, and waits until it has let go of its socket.
    fn stop(&self, socket: &str) {
        let mut client = self.connect(socket);
        assert_eq!(ping(&mut client), "{\"return\": {}}\n");
        let pid = self.pid().expect("a daemon");
        kill_process(pid, Signal::TERM).expect("a daemon");
        wait_for_end(&mut client);
        self.wait_until_gone(pid);
    }

    /// It is the child of nobody here, so there is nothing but its descriptor to wait for.
    fn wait_until_gone(&self, pid: Pid) {
        if let Ok(process) = pidfd_open(pid, PidfdFlags::empty()) {
            poll(&mut [PollFd::new(&process, PollFlags::IN)], None).expect("a process");
        }
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        if let Some(pid) = self.pid() {
            let _ = kill_process(pid, Signal::KILL);
        }
    }
}

fn wait_for_end(client: &mut BufReader<UnixStream>) {
    let mut rest = String::new();
    client.read_to_string(&mut rest).expect("an end");
    assert_eq!(rest, "");
}

#[test]
fn a_daemon_is_ready_when_its_parent_ends() {
    let home = Home::new().started(&["-p", "socket"]);
    assert_eq!(ping(&mut home.connect("socket")), "{\"return\": {}}\n");
    let pid = home.pid().expect("a daemon").as_raw_pid().to_string();
    let file = fs::metadata(home.path("pid")).expect("the file");
    assert_eq!(file.mode() & 0o777, 0o600);
    home.stop("socket");
    for name in ["pid", "socket"] {
        assert!(!home.path(name).exists(), "{name} of {pid} is left");
    }
}

#[test]
fn a_daemon_has_no_ties_to_whoever_started_it() {
    let home = Home::new().started(&["-p", "socket"]);
    let pid = home.pid().expect("a daemon").as_raw_pid().to_string();
    assert_eq!(home.link("cwd"), Path::new("/"));
    for descriptor in 0..3 {
        assert_eq!(
            home.link(&format!("fd/{descriptor}")),
            Path::new("/dev/null")
        );
    }
    assert_eq!(home.status("Umask:"), "0077");
    // The leader of a session of its own, as its number in all namespaces tells.
    assert_eq!(home.status("NSsid:"), home.status("NSpid:"));
    assert_eq!(home.status("NSpid:").split_whitespace().next(), Some(&*pid));
    home.stop("socket");
}

#[test]
fn a_daemon_keeps_the_name_it_was_called_by() {
    let home = Home::new();
    let link = home.path("qemu-ga");
    std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_qga-server"), &link).expect("a link");
    let status = Command::new(&link)
        .current_dir(home.0.path())
        .args([
            "-d",
            "-m",
            "unix-listen",
            "-p",
            "socket",
            "-t",
            ".",
            "-f",
            "pid",
        ])
        .status();
    assert!(status.expect("the program runs").success());
    assert_eq!(home.status("Name:"), "qemu-ga");
    home.stop("socket");
}

#[test]
fn a_second_daemon_takes_nothing_from_the_first() {
    let home = Home::new().started(&["-p", "socket"]);
    let first = home.pid().expect("a daemon");
    for socket in ["socket", "/nonexistent/socket"] {
        let second = home.start(&["-p", socket]);
        assert_eq!(second.status.code(), Some(1));
        let refusal = ": critical: Cannot lock pid file: Resource temporarily unavailable\n";
        assert!(home.log().ends_with(refusal), "{}", home.log());
    }
    let dump = home.start(&["-p", "socket", "-D"]);
    assert!(dump.status.success());
    assert_eq!(home.pid(), Some(first));
    assert_eq!(ping(&mut home.connect("socket")), "{\"return\": {}}\n");
    home.stop("socket");
    assert!(!home.path("pid").exists());
}

#[test]
fn a_daemon_follows_one_that_was_killed() {
    let home = Home::new().started(&["-p", "socket"]);
    let first = home.pid().expect("a daemon");
    kill_process(first, Signal::KILL).expect("a daemon");
    home.wait_until_gone(first);
    assert_eq!(home.pid(), Some(first));
    let home = home.started(&["-p", "socket"]);
    assert_ne!(home.pid(), Some(first));
    home.stop("socket");
}

#[test]
fn what_prevents_a_daemon_shows_in_the_status_of_its_parent() {
    let home = Home::new();
    for (args, reason) in [
        (
            &["-p", "/nonexistent/socket"][..],
            "Failed to bind socket to /nonexistent/socket: No such file or directory",
        ),
        (
            &["-p", "socket", "-f", "/nonexistent/pid"],
            "Could not create '/nonexistent/pid': No such file or directory",
        ),
    ] {
        let output = home.start(args);
        assert_eq!(output.status.code(), Some(1), "{args:?}");
        let reason = format!(": critical: {reason}\n");
        assert!(home.log().contains(&reason), "{args:?}: {}", home.log());
        assert_eq!(home.pid(), None, "{args:?}");
        assert!(!home.path("socket").exists(), "{args:?}");
    }
}

#[test]
fn without_daemon_there_is_no_pid_file() {
    let home = Home::new();
    let mut agent = program()
        .current_dir(home.0.path())
        .args([
            "-m",
            "unix-listen",
            "-p",
            "socket",
            "-t",
            ".",
            "-f",
            "pid",
            "-v",
        ])
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program runs");
    let mut line = String::new();
    let mut log = BufReader::new(agent.stderr.take().expect("a pipe"));
    // The first line says that it is ready.
    log.read_line(&mut line).expect("a line");
    assert!(!home.path("pid").exists());
    kill_process(Pid::from_child(&agent), Signal::TERM).expect("an agent");
    assert!(agent.wait().expect("an end").success());
}

#[test]
fn a_daemon_that_starts_frozen_writes_no_file_before_the_thaw() {
    let home = Home::new();
    fs::write(home.path("qga.state.isfrozen"), "").expect("a file");
    let socket = home.path("socket");
    let output = home.start(&["-p", socket.to_str().expect("text"), "-v"]);
    assert!(output.status.success());
    let said = text(&output.stderr);
    assert!(
        said.contains(" WARNING **: ") && said.contains("frozen"),
        "{said}"
    );
    let mut client = home.connect("socket");
    let status = ask(&mut client, "{'execute': 'guest-fsfreeze-status'}");
    assert_eq!(status, "{\"return\": \"frozen\"}\n");
    for name in ["pid", "log", "qga.state"] {
        assert!(!home.path(name).exists(), "{name}");
    }
    // There is no pid file, so the daemon has to be found by its arguments.
    kill_process(process_with(&socket), Signal::KILL).expect("a daemon");
    wait_for_end(&mut client);
}

fn process_with(argument: &Path) -> Pid {
    let argument = argument.as_os_str().as_encoded_bytes();
    let has_argument = |process: &fs::DirEntry| {
        let line = fs::read(process.path().join("cmdline")).unwrap_or_default();
        line.split(|byte| *byte == 0).any(|word| word == argument)
    };
    let mut processes = fs::read_dir("/proc").expect("processes").flatten();
    let process = processes.find(has_argument).expect("a process");
    let name = process.file_name().into_string().expect("text");
    Pid::from_raw(name.parse().expect("a number")).expect("a process")
}
