//! The program as a user starts it: options, exit codes, signals, clients that misbehave.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use qga_types::COMMANDS;
use rustix::process::{Pid, Signal, kill_process};
use tempfile::{TempDir, tempdir};

fn program() -> Command {
    Command::new(env!("CARGO_BIN_EXE_qga-server"))
}

fn output(args: &[&str]) -> Output {
    program().args(args).output().expect("the program runs")
}

fn text(bytes: &[u8]) -> &str {
    str::from_utf8(bytes).expect("text")
}

/// A running agent.
struct Running {
    child: Child,
    dir: TempDir,
}

impl Running {
    fn start() -> Self {
        Self::start_with(&[])
    }

    fn start_with(args: &[&str]) -> Self {
        let dir = tempdir().expect("a directory");
        let mut child = program()
            .args(["-v", "-m", "unix-listen", "-p"])
            .arg(dir.path().join("socket"))
            .arg("-t")
            .arg(dir.path())
            .args(args)
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program runs");
        // The log says when the socket is there, so nobody has to guess.
        let mut log = BufReader::new(child.stderr.take().expect("a pipe"));
        let mut line = String::new();
        log.read_line(&mut line).expect("a line");
        assert!(line.contains("started"), "{line}");
        // The log must not fill its pipe.
        std::thread::spawn(move || log.read_to_string(&mut String::new()));
        Self { child, dir }
    }

    fn socket(&self) -> PathBuf {
        self.dir.path().join("socket")
    }

    fn connect(&self) -> BufReader<UnixStream> {
        BufReader::new(UnixStream::connect(self.socket()).expect("a connection"))
    }

    fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).expect("a running agent");
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn ask(client: &mut BufReader<UnixStream>, request: &str) -> String {
    client
        .get_mut()
        .write_all(request.as_bytes())
        .expect("a listener");
    let mut line = String::new();
    client.read_line(&mut line).expect("an answer");
    line
}

fn ping(client: &mut BufReader<UnixStream>) -> String {
    ask(client, "{'execute': 'guest-ping'}")
}

#[test]
fn the_version_begins_with_that_of_the_c_agent() {
    for option in ["-V", "--version", "--vers"] {
        let output = output(&[option]);
        assert!(output.status.success());
        let lines: Vec<&str> = text(&output.stdout).lines().collect();
        assert_eq!(lines[0], "QEMU Guest Agent 10.2.2");
        assert_eq!(lines[1], concat!("qga-server ", env!("CARGO_PKG_VERSION")));
    }
}

#[test]
fn help_goes_to_standard_output() {
    let output = output(&["--help"]);
    assert!(output.status.success() && output.stderr.is_empty());
    assert!(text(&output.stdout).starts_with("Usage: "));
}

#[test]
fn misuse_ends_with_status_one_and_a_hint() {
    for args in [
        &["-x"][..],
        &["--foo"],
        &["-m"],
        &["--verbose=1"],
        &["--ver"],
    ] {
        let output = output(args);
        assert_eq!(output.status.code(), Some(1), "{args:?}");
        let hint = text(&output.stdout);
        assert!(
            hint.starts_with("Unknown option, try '"),
            "{args:?}: {hint}"
        );
        assert!(
            hint.ends_with(" --help' for more information.\n"),
            "{args:?}: {hint}"
        );
        assert_eq!(text(&output.stderr).lines().count(), 1, "{args:?}");
    }
}

#[test]
fn a_bad_configuration_file_shows_whatever_is_asked_for() {
    let dir = tempdir().expect("a directory");
    let file = dir.path().join("file");
    fs::write(&file, "[general]\nverbose=yes\n").expect("a file");
    let file = file.to_str().expect("text");
    for (args, problem) in [
        (["-V", "-c", file], "is to be true or false, and not 'yes'"),
        (["-h", "-c", "/absent"], "No such file or directory"),
        (["-bhelp", "-c", "/"], "Not a regular file"),
    ] {
        let output = output(&args);
        assert_eq!(output.status.code(), Some(1), "{args:?}");
        assert!(output.stdout.is_empty(), "{args:?}");
        let log = text(&output.stderr);
        let begin = "critical: error loading configuration from path: ";
        assert!(log.contains(begin) && log.contains(problem), "{log}");
    }
}

#[test]
fn what_is_dumped_is_a_configuration_file_for_the_same() {
    let dir = tempdir().expect("a directory");
    let file = dir.path().join("file");
    let first = output(&[
        "-D",
        "-m",
        "x",
        "-p",
        " a\\b",
        "-rdv",
        "-F",
        "-b",
        "guest-ping",
    ]);
    assert!(first.status.success(), "{first:?}");
    fs::write(&file, &first.stdout).expect("a file");
    let second = output(&["-D", "-c", file.to_str().expect("text")]);
    assert_eq!(text(&second.stdout), text(&first.stdout));
    assert!(text(&first.stdout).contains("\npath=\\sa\\\\b\n"));
}

#[test]
fn the_commands_are_listed_in_the_order_of_the_schema() {
    for args in [["-b", "help"], ["-a", "?"]] {
        let output = output(&args);
        assert!(output.status.success(), "{args:?}");
        let names: Vec<_> = text(&output.stdout).lines().collect();
        let known: Vec<_> = COMMANDS.iter().map(|command| command.name).collect();
        assert_eq!(names, known);
    }
}

#[test]
fn commands_of_the_file_and_of_the_command_line_are_blocked() {
    let dir = tempdir().expect("a directory");
    let file = dir.path().join("file");
    fs::write(&file, "[general]\nblock-rpcs=guest-get-time,guest-exec\n").expect("a file");
    let file = file.to_str().expect("text");
    let agent = Running::start_with(&["-c", file, "-b", "guest-info"]);
    let mut client = agent.connect();
    assert_eq!(ping(&mut client), "{\"return\": {}}\n");
    for command in ["guest-get-time", "guest-exec", "guest-info"] {
        let line = ask(&mut client, &format!("{{'execute': '{command}'}}"));
        let refusal = format!(
            "\"desc\": \"Command {command} has been disabled: the command is not allowed\""
        );
        assert!(line.contains(&refusal), "{line}");
    }
}

#[test]
fn what_prevents_the_start_is_told() {
    let dir = tempdir().expect("a directory");
    let file = dir.path().join("file");
    fs::write(&file, "precious").expect("a file");
    let (dir, file) = (
        dir.path().to_str().expect("text"),
        file.to_str().expect("text"),
    );
    for (args, message) in [
        (
            &["-m", "unix-listen"][..],
            "must specify a path for this channel",
        ),
        (
            &["-p", "/nonexistent/port", "-t", dir],
            "error opening channel '/nonexistent/port': No such file or directory",
        ),
        (
            &["-m", "foo", "-p", "x"],
            "unsupported channel method/type: foo",
        ),
        (
            &["-m", "unix-listen", "-p", "x", "-t", "/nonexistent"],
            "failed to write persistent state to /nonexistent/qga.state: No such file or directory",
        ),
        (
            &["-m", "unix-listen", "-p", "/nonexistent/x", "-t", dir],
            "Failed to bind socket to /nonexistent/x: No such file or directory",
        ),
        (
            &["-m", "unix-listen", "-p", file, "-t", dir],
            "a file that is not a socket is in the way",
        ),
    ] {
        let output = output(args);
        assert_eq!(output.status.code(), Some(1), "{args:?}");
        let log = text(&output.stderr);
        assert!(
            log.contains(": critical: ") && log.contains(message),
            "{args:?}: {log}"
        );
    }
    assert_eq!(fs::read(file).expect("the file"), b"precious");
}

#[test]
fn signals_end_the_agent_cleanly() {
    for signal in [Signal::TERM, Signal::INT] {
        let mut agent = Running::start();
        let mut client = agent.connect();
        assert_eq!(ping(&mut client), "{\"return\": {}}\n");
        agent.signal(signal);
        let status = agent.child.wait().expect("an end");
        assert_eq!(status.code(), Some(0), "{signal:?}");
        assert!(!agent.socket().exists());
        assert!(agent.dir.path().join("qga.state").exists());
    }
}

#[test]
fn clients_that_leave_their_answers_unread_do_no_harm() {
    let agent = Running::start();
    for _ in 0..3 {
        let mut rude = agent.connect();
        assert_eq!(ping(&mut rude), "{\"return\": {}}\n");
        for _ in 0..100 {
            rude.get_mut()
                .write_all(b"{'execute': 'guest-info'}")
                .expect("a listener");
        }
        drop(rude);
        assert_eq!(ping(&mut agent.connect()), "{\"return\": {}}\n");
    }
}

#[test]
fn a_client_that_leaves_at_once_is_obeyed() {
    let agent = Running::start();
    let file = |number| agent.dir.path().join(format!("file-{number}"));
    let mut hasty = agent.connect();
    for number in 0..3 {
        let (open, path) = ("'execute': 'guest-file-open'", file(number));
        let request = format!(
            "{{{open}, 'arguments': {{'path': '{}', 'mode': 'w'}}}}",
            path.display()
        );
        hasty
            .get_mut()
            .write_all(request.as_bytes())
            .expect("a listener");
    }
    drop(hasty);
    // Whoever comes next is served after that.
    assert_eq!(ping(&mut agent.connect()), "{\"return\": {}}\n");
    assert!((0..3).all(|number| file(number).exists()));
}

#[test]
fn a_client_that_never_reads_does_not_hold_up_the_end() {
    let mut agent = Running::start();
    let mut deaf = agent.connect();
    assert_eq!(ping(&mut deaf), "{\"return\": {}}\n");
    deaf.get_ref().set_nonblocking(true).expect("a socket");
    // Until the agent, stuck with its answers, takes no more.
    while deaf.get_mut().write(b"{'execute': 'guest-info'}").is_ok() {}
    agent.signal(Signal::TERM);
    assert_eq!(agent.child.wait().expect("an end").code(), Some(0));
}

#[test]
fn pending_requests_are_answered_before_a_half_closed_client_is_left() {
    let agent = Running::start();
    let mut client = agent.connect();
    client
        .get_mut()
        .write_all(b"{'execute': 'guest-ping'}{'execute': 'guest-ping'}")
        .expect("room");
    client
        .get_ref()
        .shutdown(std::net::Shutdown::Write)
        .expect("a socket");
    let mut answers = String::new();
    client.read_to_string(&mut answers).expect("answers");
    assert_eq!(answers, "{\"return\": {}}\n{\"return\": {}}\n");
}

#[test]
fn handles_survive_a_client_and_numbers_survive_the_agent() {
    let agent = Running::start();
    let open = r#"{"execute": "guest-file-open", "arguments": {"path": "/dev/null"}}"#;
    assert_eq!(ask(&mut agent.connect(), open), "{\"return\": 1000}\n");
    let close = r#"{"execute": "guest-file-close", "arguments": {"handle": 1000}}"#;
    assert_eq!(ask(&mut agent.connect(), close), "{\"return\": {}}\n");
    let state = Path::new(agent.dir.path()).join("qga.state");
    assert_eq!(
        fs::read_to_string(state).expect("a state"),
        "[global]\nfd_counter=1001\n"
    );
}
