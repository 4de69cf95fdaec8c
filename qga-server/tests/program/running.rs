//! An agent as a child of the test, and its clients.

use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};

use rustix::process::{Pid, Signal, kill_process};
use tempfile::{TempDir, tempdir};

pub(crate) fn program() -> Command {
    Command::new(env!("CARGO_BIN_EXE_qga-server"))
}

pub(crate) fn output(args: &[&str]) -> Output {
    program().args(args).output().expect("the program runs")
}

pub(crate) fn text(bytes: &[u8]) -> &str {
    str::from_utf8(bytes).expect("text")
}

/// A running agent.
pub(crate) struct Running {
    pub(crate) child: Child,
    pub(crate) dir: TempDir,
}

impl Running {
    pub(crate) fn start() -> Self {
        Self::start_with(&[])
    }

    pub(crate) fn start_with(args: &[&str]) -> Self {
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

    pub(crate) fn socket(&self) -> PathBuf {
        self.dir.path().join("socket")
    }

    pub(crate) fn connect(&self) -> BufReader<UnixStream> {
        BufReader::new(UnixStream::connect(self.socket()).expect("a connection"))
    }

    pub(crate) fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).expect("a running agent");
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub(crate) fn ask(client: &mut BufReader<UnixStream>, request: &str) -> String {
    client
        .get_mut()
        .write_all(request.as_bytes())
        .expect("a listener");
    let mut line = String::new();
    client.read_line(&mut line).expect("an answer");
    line
}

pub(crate) fn ping(client: &mut BufReader<UnixStream>) -> String {
    ask(client, "{'execute': 'guest-ping'}")
}
