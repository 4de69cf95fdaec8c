use std::io::{self, Read as _, Write as _};
use std::net::Shutdown;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

/// How long to wait for bytes: far longer than any reply takes, so that only one that never comes gets here.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// What every 0xFF byte is answered with.
pub const RESET_REPLY: &[u8] =
    b"{\"error\": {\"class\": \"GenericError\", \"desc\": \"JSON parse error, stray '\\uFFFD'\"}}\n";

/// The number of the first fence, unlikely to stand in a test.
const FIRST_FENCE: u64 = 0x0005_EED0_0000_0000;

/// A connection to an agent, in raw bytes.
#[derive(Debug)]
pub struct Wire {
    stream: UnixStream,
    held: Vec<u8>,
    fence: u64,
}

impl Wire {
    /// Connects to the socket at `path`.
    ///
    /// # Errors
    /// Nobody listens there.
    pub fn connect(path: &Path) -> io::Result<Self> {
        let stream = UnixStream::connect(path)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        Ok(Self {
            stream,
            held: Vec::new(),
            fence: FIRST_FENCE,
        })
    }

    /// Sends `bytes` in one write.
    ///
    /// # Panics
    /// The agent is gone.
    pub fn send(&mut self, bytes: impl AsRef<[u8]>) {
        self.stream
            .write_all(bytes.as_ref())
            .expect("the agent reads");
    }

    /// Sends nothing more; the agent sees the end and still can answer.
    ///
    /// # Panics
    /// The agent is gone.
    pub fn finish(&mut self) {
        self.stream
            .shutdown(Shutdown::Write)
            .expect("the agent is there");
    }

    /// The next reply, line feed included.
    ///
    /// # Panics
    /// It does not come.
    pub fn line(&mut self) -> Vec<u8> {
        let mut seen = 0;
        self.read_to(|held| {
            let end = held[seen..].iter().position(|byte| *byte == b'\n');
            let end = end.map(|offset| seen + offset + 1);
            seen = held.len();
            end
        })
    }

    /// Sends one request and gives its reply.
    ///
    /// # Panics
    /// The reply does not come, or is no JSON.
    pub fn ask(&mut self, request: &str) -> Value {
        self.send(request);
        let line = self.line();
        serde_json::from_slice(&line)
            .unwrap_or_else(|error| panic!("{error} in {}", line.escape_ascii()))
    }

    /// Calls a command and gives the reply.
    ///
    /// # Panics
    /// The reply does not come, or is no JSON.
    pub fn call(&mut self, command: &str, arguments: Value) -> Value {
        self.ask(&json!({"execute": command, "arguments": arguments}).to_string())
    }

    /// Runs a program by `guest-exec` with these arguments, and gives what `guest-exec-status` tells of its end.
    ///
    /// # Panics
    /// It cannot be run.
    pub fn run(&mut self, arguments: Value) -> Value {
        let started = self.call("guest-exec", arguments);
        let pid = &started["return"]["pid"];
        assert!(pid.is_number(), "{started}");
        loop {
            let status = &mut self.call("guest-exec-status", json!({"pid": pid}))["return"];
            if status["exited"] == true {
                return status.take();
            }
        }
    }

    /// Everything that the agent answers to these complete requests.
    ///
    /// # Panics
    /// The agent falls silent.
    pub fn replies_to(&mut self, bytes: impl AsRef<[u8]>) -> Vec<u8> {
        self.fenced(bytes.as_ref(), b"")
    }

    /// Everything that the agent answers to these bytes and a 0xFF behind them, which ends whatever is incomplete.
    ///
    /// # Panics
    /// The agent falls silent.
    pub fn replies_to_then_reset(&mut self, bytes: impl AsRef<[u8]>) -> Vec<u8> {
        self.fenced(bytes.as_ref(), b"\xFF")
    }

    /// Everything up to the end of the connection.
    ///
    /// # Panics
    /// The end does not come.
    pub fn rest(&mut self) -> Vec<u8> {
        let mut bytes = std::mem::take(&mut self.held);
        self.stream
            .read_to_end(&mut bytes)
            .expect("the agent closes the connection");
        bytes
    }

    /// Sends `bytes`, `end` and a fence, and gives what comes before the answer to the fence.
    fn fenced(&mut self, bytes: &[u8], end: &[u8]) -> Vec<u8> {
        self.fence += 1;
        // No `guest-sync`: that says that nobody waits for what comes before it.
        let name = format!("fence-{}", self.fence);
        let request = format!(r#"{{"execute":"{name}"}}"#);
        let answer = format!(
            "{{\"error\": {{\"class\": \"CommandNotFound\", \
             \"desc\": \"The command {name} has not been found\"}}}}\n"
        );
        let answer = answer.into_bytes();
        let mut writer = self.stream.try_clone().expect("a second handle");
        // An agent that waits until its replies are taken must not hold up the rest of the requests.
        let mut replies = thread::scope(|scope| {
            scope.spawn(move || {
                for part in [bytes, end, request.as_bytes()] {
                    writer.write_all(part).expect("the agent reads");
                }
            });
            self.read_to(|held| held.ends_with(&answer).then_some(held.len()))
        });
        replies.truncate(replies.len() - answer.len());
        replies
    }

    /// Reads until `complete` says how many of the bytes are wanted.
    fn read_to(&mut self, mut complete: impl FnMut(&[u8]) -> Option<usize>) -> Vec<u8> {
        let mut chunk = vec![0; 1 << 16];
        loop {
            if let Some(length) = complete(&self.held) {
                let rest = self.held.split_off(length);
                return std::mem::replace(&mut self.held, rest);
            }
            match self.stream.read(&mut chunk) {
                Ok(0) => panic!("the agent closed the connection after {}", tail(&self.held)),
                Ok(count) => self.held.extend_from_slice(&chunk[..count]),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => panic!("no more bytes after {}: {error}", tail(&self.held)),
            }
        }
    }
}

/// The last bytes of what came, in a form that can be printed.
fn tail(bytes: &[u8]) -> String {
    bytes[bytes.len().saturating_sub(500)..]
        .escape_ascii()
        .to_string()
}
