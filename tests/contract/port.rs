//! The port: a device that is opened once.

use std::fs::{self, File};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::thread;

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};

use crate::program;

/// An agent at a serial line, whose other end is here.
struct AtALine {
    agent: Child,
    host: File,
    line: PathBuf,
    _state: tempfile::TempDir,
}

impl AtALine {
    fn start() -> Self {
        let host = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).expect("a terminal");
        grantpt(&host)
            .and_then(|()| unlockpt(&host))
            .expect("a terminal");
        let name = ptsname(&host, Vec::new()).expect("a name");
        let line = PathBuf::from(name.to_str().expect("text"));
        let state = tempfile::tempdir().expect("a directory");
        let mut agent = Command::new(program())
            .args(["-v", "-m", "isa-serial", "-p"])
            .arg(&line)
            .arg("-t")
            .arg(state.path())
            .stdin(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        // What is written before the agent has the line is lost, and its log says when that is.
        let mut log = BufReader::new(agent.stderr.take().expect("a pipe"));
        let mut said = String::new();
        while !said.contains("started") {
            assert_ne!(log.read_line(&mut said).expect("text"), 0, "{said}");
        }
        // The rest of it must not fill its pipe.
        thread::spawn(move || log.read_to_string(&mut String::new()));
        Self {
            agent,
            host: host.into(),
            line,
            _state: state,
        }
    }

    /// Says something and reads the reply to a sync behind it.
    fn exchange(&mut self, bytes: &[u8], number: u32) {
        let sync = format!("{{'execute':'guest-sync-delimited','arguments':{{'id':{number}}}}}\n");
        self.host.write_all(bytes).expect("room");
        self.host.write_all(sync.as_bytes()).expect("room");
        let mut read = Vec::new();
        let end = [b"\xFF", format!("{{\"return\": {number}}}\n").as_bytes()].concat();
        let mut byte = [0];
        while !read.ends_with(&end) {
            self.host.read_exact(&mut byte).expect("the agent answers");
            read.extend(byte);
        }
    }

    /// The descriptors of the agent that lead to the line.
    fn descriptors(&self) -> Vec<PathBuf> {
        let directory = format!("/proc/{}/fd", self.agent.id());
        let entries = fs::read_dir(directory).expect("the agent runs");
        let mut paths: Vec<_> = entries
            .map(|entry| entry.expect("an entry").path())
            .collect();
        paths.retain(|path| fs::read_link(path).is_ok_and(|target| target == self.line));
        paths.sort();
        paths
    }
}

impl Drop for AtALine {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.agent.kill();
        let _ = self.agent.wait();
    }
}

#[test]
fn w14_the_port_stays_open_whatever_comes_through_it() {
    let mut line = AtALine::start();
    line.exchange(b"", 1);
    let descriptors = line.descriptors();
    assert_eq!(descriptors.len(), 1, "{descriptors:?}");
    for (number, bytes) in (2..).zip([
        &b"\xFF\xFF"[..],
        b"{'execute': 'guest-ping'}",
        b"{'execute': 'guest-file-open', 'arg\xFF",
        b"{'execute': 'no-such-command'}@@@",
        b"{'execute': 'guest-exec', 'arguments': {'path': 'true'}}",
    ]) {
        line.exchange(bytes, number);
        assert_eq!(line.descriptors(), descriptors);
    }
}
