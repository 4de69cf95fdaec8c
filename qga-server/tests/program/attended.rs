//! Clients of an agent that has something slow to do: a hook that waits for the test.
//!
//! Freezing an empty list of file systems freezes nothing, and runs the hook all the same.

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::Shutdown;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

use rustix::fs::{CWD, FileType, Mode, mknodat};
use rustix::process::Signal;
use tempfile::{TempDir, tempdir};

use crate::running::{Running, ask, ping};

const FREEZE: &str = "{'execute': 'guest-fsfreeze-freeze-list', 'arguments': {'mountpoints': []}}";
const STATUS: &str = "{'execute': 'guest-fsfreeze-status'}";
const EMPTY: &str = "{\"return\": {}}\n";

/// How long to wait before one synchronizes again: what is sent together with a command waits for
/// that, and nobody tells when it has begun.
const RETRY: Duration = Duration::from_millis(200);

type Client = BufReader<UnixStream>;

/// An agent whose freeze hook waits.
struct Slow {
    agent: Running,
    dir: TempDir,
}

impl Slow {
    fn start() -> Self {
        let dir = tempdir().expect("a directory");
        let path = |name: &str| dir.path().join(name).display().to_string();
        let (hook, gate, heard) = (path("hook"), path("gate"), path("heard"));
        let mode = Mode::from_raw_mode(0o600);
        mknodat(CWD, &gate, FileType::Fifo, mode, 0).expect("a pipe");
        let script = format!(
            "#!/bin/sh\necho $1 >>{heard}\n[ $1 != freeze ] || read -r _ <{gate}\nexit 0\n"
        );
        fs::write(&hook, script).expect("a file");
        fs::set_permissions(&hook, fs::Permissions::from_mode(0o700)).expect("a mode");
        let agent = Running::start_with(&[&format!("-F{hook}")]);
        Self { agent, dir }
    }

    /// Waits until the hook waits, which it does until what is returned is dropped.
    fn until_hook_waits(&self) -> File {
        let gate = self.dir.path().join("gate");
        File::options().write(true).open(gate).expect("the hook")
    }

    /// What the hook has been told.
    fn heard(&self) -> String {
        fs::read_to_string(self.dir.path().join("heard")).expect("a file")
    }
}

fn send(client: &mut Client, request: &str) {
    let stream = client.get_mut();
    stream.write_all(request.as_bytes()).expect("a listener");
}

fn line(client: &mut Client) -> String {
    let mut line = Vec::new();
    client.read_until(b'\n', &mut line).expect("a reply");
    String::from_utf8_lossy(&line).into_owned()
}

fn sync(number: u32) -> String {
    format!("{{'execute': 'guest-sync', 'arguments': {{'id': {number}}}}}")
}

/// Synchronizes until there is an answer, as clients do; gives all that was answered meanwhile.
fn synchronize(client: &mut Client) -> Vec<u8> {
    let mut answers = Vec::new();
    let wait = |client: &Client, time| client.get_ref().set_read_timeout(time).expect("a socket");
    wait(client, Some(RETRY));
    for number in 1.. {
        send(client, &sync(number));
        let answer = format!("{{\"return\": {number}}}\n");
        while client.read_until(b'\n', &mut answers).is_ok() {
            if answers.ends_with(answer.as_bytes()) {
                wait(client, None);
                return answers;
            }
        }
    }
    unreachable!("there is no last number")
}

/// What comes until the agent has nothing more to do for a client that sends nothing more.
fn rest(mut client: Client) -> String {
    client
        .get_ref()
        .shutdown(Shutdown::Write)
        .expect("a connection");
    let mut rest = String::new();
    client.read_to_string(&mut rest).expect("an end");
    rest
}

#[test]
fn who_has_given_up_a_command_gets_other_answers_and_not_the_late_one() {
    let slow = Slow::start();
    let mut client = slow.agent.connect();
    send(&mut client, FREEZE);
    let gate = slow.until_hook_waits();
    assert_eq!(ask(&mut client, &sync(1)), "{\"return\": 1}\n");
    assert_eq!(ping(&mut client), EMPTY);
    client.get_mut().write_all(b"\xFF").expect("a listener");
    send(
        &mut client,
        "{'execute': 'guest-sync-delimited', 'arguments': {'id': 2}}",
    );
    assert!(line(&mut client).contains("stray"));
    assert_eq!(line(&mut client), "\u{FFFD}{\"return\": 2}\n");
    drop(gate);
    // This one waits for the freeze, and for the thaw that follows since nothing was frozen.
    assert_eq!(ask(&mut client, STATUS), "{\"return\": \"thawed\"}\n");
    assert_eq!(slow.heard(), "freeze\nthaw\n");
    assert_eq!(rest(client), "");
}

#[test]
fn others_are_served_while_a_command_runs_but_not_told_of_a_state_that_ends() {
    let slow = Slow::start();
    let (mut first, mut second) = (slow.agent.connect(), slow.agent.connect());
    send(&mut first, FREEZE);
    let gate = slow.until_hook_waits();
    assert_eq!(ping(&mut second), EMPTY);
    // Only because it waits can it be overtaken.
    send(&mut second, STATUS);
    let answers = synchronize(&mut second);
    assert!(!String::from_utf8_lossy(&answers).contains("thawed"));
    let opened = "{'execute': 'guest-file-open', 'arguments': {'path': '/dev/null'}}";
    assert_eq!(ask(&mut second, opened), "{\"return\": 1000}\n");
    drop(gate);
    assert_eq!(line(&mut first), "{\"return\": 0}\n");
    assert_eq!(ask(&mut second, STATUS), "{\"return\": \"thawed\"}\n");
    assert_eq!((rest(first), rest(second)), Default::default());
}

#[test]
fn what_was_asked_for_meanwhile_is_answered_in_order() {
    let slow = Slow::start();
    let mut client = slow.agent.connect();
    send(&mut client, FREEZE);
    let gate = slow.until_hook_waits();
    for request in [STATUS, "{'execute': 'guest-ping'}", "{'execute': 'no'}"] {
        send(&mut client, request);
    }
    drop(gate);
    assert_eq!(line(&mut client), "{\"return\": 0}\n");
    assert_eq!(line(&mut client), "{\"return\": \"thawed\"}\n");
    assert_eq!(line(&mut client), EMPTY);
    assert!(line(&mut client).contains("CommandNotFound"));
    assert_eq!(rest(client), "");
}

#[test]
fn a_command_that_hangs_does_not_keep_the_agent_from_its_end() {
    let mut slow = Slow::start();
    let mut client = slow.agent.connect();
    send(&mut client, FREEZE);
    let _gate = slow.until_hook_waits();
    slow.agent.signal(Signal::TERM);
    assert_eq!(slow.agent.child.wait().expect("an end").code(), Some(0));
    assert!(!slow.agent.socket().exists());
}

#[test]
fn a_hundred_clients_come_at_once() {
    let agent = Running::start();
    let mut clients: Vec<_> = (0..100).map(|_| agent.connect()).collect();
    // The last ones wait in the queue until others have left.
    let waiting = clients.split_off(90);
    for client in &mut clients {
        assert_eq!(ping(client), EMPTY);
    }
    drop(clients);
    for mut client in waiting {
        assert_eq!(ping(&mut client), EMPTY);
    }
}

#[test]
fn each_channel_of_the_configuration_has_its_clients() {
    let dir = tempdir().expect("a directory");
    let (config, other) = (dir.path().join("conf"), dir.path().join("other"));
    let group = |name: &str, path: &Path| {
        format!(
            "[channel {name}]\nmethod=unix-listen\npath={}\n",
            path.display()
        )
    };
    let text = group("monitoring", &other);
    fs::write(&config, text).expect("a file");
    let mut agent = Running::start_with(&["-c", config.to_str().expect("text")]);
    let mut second = BufReader::new(UnixStream::connect(&other).expect("a listener"));
    let mut first = agent.connect();
    // The halves of two requests.
    send(&mut first, "{'execute':");
    send(&mut second, "{'execute':");
    for client in [&mut second, &mut first] {
        assert_eq!(ask(client, "'guest-ping'}"), EMPTY);
    }
    agent.signal(Signal::TERM);
    assert_eq!(agent.child.wait().expect("an end").code(), Some(0));
    assert!(!other.exists() && !agent.socket().exists());
}
