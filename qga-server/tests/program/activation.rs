//! Sockets that whoever starts the agent has opened for it, as systemd does.

use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::os::fd::OwnedFd;
use std::os::unix::net::{UnixDatagram, UnixListener, UnixStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use rustix::process::{Pid, Signal, kill_process};
use tempfile::{TempDir, tempdir};

use crate::running::{ask, ping, text};

/// The agent with `socket` as descriptor 3, by way of a shell that knows its number before it
/// becomes the agent. `script` is what the shell does first.
fn activated(socket: impl Into<OwnedFd>, script: &str, args: &[&str]) -> Command {
    let mut command = Command::new("sh");
    command
        .arg("-c")
        .arg(format!("{script}; exec \"$0\" \"$@\" 3<&0 </dev/null"))
        .arg(env!("CARGO_BIN_EXE_qga-server"))
        .args(args)
        .stdin(Stdio::from(socket.into()));
    command
}

/// What systemd says about one socket.
const ONE: &str = "export LISTEN_PID=$$ LISTEN_FDS=1 LISTEN_FDNAMES=agent";

fn listener() -> (TempDir, UnixListener) {
    let dir = tempdir().expect("a directory");
    let listener = UnixListener::bind(dir.path().join("socket")).expect("a socket");
    (dir, listener)
}

/// An agent that is killed at the end.
struct Activated(Child);

impl Drop for Activated {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn start(socket: UnixListener, dir: &Path) -> Activated {
    let dir = dir.to_str().expect("text");
    // What the options say about the channel does not count.
    let args = ["-t", dir, "-m", "isa-serial", "-p", "/nonexistent/line"];
    let agent = activated(socket, ONE, &args).spawn();
    Activated(agent.expect("the program runs"))
}

fn connect(dir: &TempDir) -> BufReader<UnixStream> {
    let stream = UnixStream::connect(dir.path().join("socket"));
    BufReader::new(stream.expect("a connection"))
}

#[test]
fn clients_come_by_the_socket_that_was_opened() {
    let (dir, socket) = listener();
    let mut agent = start(socket, dir.path());
    for _ in 0..2 {
        assert_eq!(ping(&mut connect(&dir)), "{\"return\": {}}\n");
    }
    kill_process(Pid::from_child(&agent.0), Signal::TERM).expect("an agent");
    assert!(agent.0.wait().expect("an end").success());
    let socket = dir.path().join("socket");
    assert!(socket.exists(), "it belongs to who has made it");
}

#[test]
fn no_program_of_the_agent_learns_of_the_socket() {
    let (dir, socket) = listener();
    let _agent = start(socket, dir.path());
    let mut client = connect(&dir);
    let script = "env | grep -q ^LISTEN_ && exit 1; test -e /proc/$$/fd/3 && exit 2; exit 42";
    let request = format!(
        "{{'execute': 'guest-exec', 'arguments': {{'path': 'sh', 'arg': ['-c', '{script}']}}}}"
    );
    let answer = ask(&mut client, &request);
    let pid: String = answer.chars().filter(char::is_ascii_digit).collect();
    let request = format!("{{'execute': 'guest-exec-status', 'arguments': {{'pid': {pid}}}}}");
    let status = loop {
        let status = ask(&mut client, &request);
        if !status.contains("\"exited\": false") {
            break status;
        }
        std::thread::yield_now();
    };
    assert!(status.contains("\"exitcode\": 42"), "{status}");
}

#[test]
fn the_configuration_tells_the_kind_of_the_socket_and_no_path() {
    let (_dir, socket) = listener();
    let output = activated(socket, ONE, &["-D", "-p", "/p"]).output();
    let output = output.expect("the program runs");
    assert!(output.status.success());
    let dump = text(&output.stdout);
    assert!(dump.contains("\nmethod=unix-listen\npidfile="), "{dump}");
}

#[test]
fn what_cannot_be_used_is_told() {
    let file = || File::open("/dev/null").expect("a file");
    let two = "export LISTEN_PID=$$ LISTEN_FDS=2";
    for (socket, script, message) in [
        (file().into(), ONE.to_owned(), "unsupported listen fd type"),
        (
            UnixDatagram::unbound().expect("a socket").into(),
            ONE.to_owned(),
            "unsupported listen fd type",
        ),
        (
            OwnedFd::from(file()),
            format!("{two}; exec 4</dev/null"),
            "qemu-ga only supports listening on one socket",
        ),
        (
            file().into(),
            format!("{two}; exec 4<&-"),
            "Socket activation failed: invalid file descriptor fd = 4: Bad file descriptor",
        ),
    ] {
        let output = activated(socket, &script, &[]).output();
        let output = output.expect("the program runs");
        assert_eq!(output.status.code(), Some(1), "{message}");
        let said = text(&output.stderr);
        assert!(said.contains(message), "{said}");
    }
}

#[test]
fn sockets_for_another_process_do_not_count() {
    for script in [
        "export LISTEN_PID=1 LISTEN_FDS=1",
        "export LISTEN_PID=$$ LISTEN_FDS=0",
        "export LISTEN_PID=$$",
    ] {
        let (_dir, socket) = listener();
        let output = activated(socket, script, &["-D", "-p", "/p"]).output();
        let output = output.expect("the program runs");
        let dump = text(&output.stdout);
        assert!(dump.contains("\nmethod=virtio-serial\npath=/p\n"), "{dump}");
    }
}

#[test]
fn a_daemon_keeps_the_socket() {
    let (dir, socket) = listener();
    let pid = dir.path().join("pid");
    let (state, pid_file) = (
        dir.path().to_str().expect("text"),
        pid.to_str().expect("text"),
    );
    let args = ["-d", "-t", state, "-f", pid_file];
    let status = activated(socket, ONE, &args).status();
    assert!(status.expect("the program runs").success());
    let mut client = connect(&dir);
    assert_eq!(ping(&mut client), "{\"return\": {}}\n");
    let number = fs::read_to_string(&pid).expect("the file");
    let daemon = Pid::from_raw(number.trim().parse().expect("a number"));
    kill_process(daemon.expect("a process"), Signal::TERM).expect("a daemon");
    assert_eq!(client.read_line(&mut String::new()).expect("an end"), 0);
}
