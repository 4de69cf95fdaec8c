//! Clients of all manners.

use std::fmt;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::iter::Sum;
use std::net::Shutdown;
use std::os::unix::net::UnixStream;

use qapi_tests::{Agent, PATIENCE};
use serde_json::{Value, json};

use crate::mix::{Mix, Outcome, Request};
use crate::numbers::Numbers;

/// How many requests are sent in one piece at most. That has to be smaller than what the agent reads at a time, for
/// whoever synchronizes in a piece of its own gives up what is slow.
const PIECE: u64 = 24;
const PIECE_BYTES: usize = 8 << 10;

/// How a client behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Manner {
    /// Waits for each reply.
    Patient,
    /// Sends nothing more after its requests, and reads to the end.
    Complete,
    /// Leaves with replies unread.
    Deaf,
    /// Leaves in the middle of a request.
    Broken,
    /// Leaves at once.
    Mute,
}

impl Manner {
    pub(crate) fn any(numbers: &mut Numbers) -> Self {
        match numbers.below(10) {
            0..6 => Self::Patient,
            6 => Self::Complete,
            7 => Self::Deaf,
            8 => Self::Broken,
            _ => Self::Mute,
        }
    }
}

/// What has been done.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Counts {
    pub(crate) clients: u64,
    pub(crate) requests: u64,
    /// Of the requests: those that were broken, and those that were sound and refused.
    broken: u64,
    refused: u64,
    /// Of the requests: those for whose replies nobody waited.
    unheard: u64,
    replies: u64,
    files: u64,
    programs: u64,
}

impl Sum for Counts {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        all.fold(Self::default(), |one, other| Self {
            clients: one.clients + other.clients,
            requests: one.requests + other.requests,
            broken: one.broken + other.broken,
            refused: one.refused + other.refused,
            unheard: one.unheard + other.unheard,
            replies: one.replies + other.replies,
            files: one.files + other.files,
            programs: one.programs + other.programs,
        })
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} clients, {} requests ({} broken, {} refused, {} files, {} programs, {} of clients that left), {} replies",
            self.clients,
            self.requests,
            self.broken,
            self.refused,
            self.files,
            self.programs,
            self.unheard,
            self.replies
        )
    }
}

/// Comes, asks about as much as `share`, and leaves.
pub(crate) fn be_client(
    agent: &Agent,
    mix: &Mix,
    numbers: &mut Numbers,
    manner: Manner,
    share: u64,
    counts: &mut Counts,
) {
    let stream = UnixStream::connect(agent.socket()).expect("the agent listens");
    stream.set_read_timeout(Some(PATIENCE)).expect("a socket");
    stream.set_write_timeout(Some(PATIENCE)).expect("a socket");
    counts.clients += 1;
    let mut client = Client {
        replies: BufReader::new(stream.try_clone().expect("a second handle")),
        stream,
        counts,
        mix,
        numbers,
    };
    match manner {
        // Those who wait ask for the others, too.
        Manner::Patient => client.ask(share + share / 2),
        Manner::Complete => client.complete(),
        Manner::Deaf => drop(client.send_any()),
        Manner::Broken => {
            client.send_any();
            // The agent may see the end before this.
            let _ = client.stream.write_all(b"{'execute': 'guest-pi");
        }
        Manner::Mute => {}
    }
}

/// What is to come back for something that was sent.
struct Awaited {
    /// What was sent.
    text: String,
    /// The id and how it ends, or nothing but errors.
    sound: Option<(u64, Outcome)>,
    errors: usize,
}

struct Client<'a> {
    stream: UnixStream,
    replies: BufReader<UnixStream>,
    counts: &'a mut Counts,
    mix: &'a Mix,
    numbers: &'a mut Numbers,
}

impl Client<'_> {
    fn ask(&mut self, share: u64) {
        let end = self.counts.requests + share;
        while self.counts.requests < end {
            match self.numbers.below(400) {
                0 => self.use_file(),
                1 => self.run_program(),
                2 => self.write_much(),
                _ => {
                    let awaited = self.send_any();
                    self.counts.unheard -= awaited.len() as u64;
                    awaited.iter().for_each(|awaited| self.hear(awaited));
                }
            }
        }
    }

    /// Asks, says that it is all, and reads to the end.
    fn complete(&mut self) {
        let awaited = self.send_any();
        self.counts.unheard -= awaited.len() as u64;
        self.stream.shutdown(Shutdown::Write).expect("a connection");
        awaited.iter().for_each(|awaited| self.hear(awaited));
        let rest = self.replies.read(&mut [0]).expect("an end");
        assert_eq!(rest, 0, "a reply that nobody asked for");
    }

    /// Sends some requests in one piece, for whose replies nobody has waited yet.
    fn send_any(&mut self) -> Vec<Awaited> {
        let (mut bytes, mut awaited) = (Vec::new(), Vec::new());
        for _ in 0..=self.numbers.below(PIECE) {
            awaited.push(match self.mix.any(self.numbers) {
                Request::Sound { mut text, outcome } => {
                    let id = self.counts.requests;
                    text["id"] = id.into();
                    bytes.extend_from_slice(text.to_string().as_bytes());
                    self.counts.refused += u64::from(outcome == Outcome::Error);
                    Awaited {
                        text: text.to_string(),
                        sound: Some((id, outcome)),
                        errors: 0,
                    }
                }
                Request::Broken {
                    bytes: broken,
                    errors,
                } => {
                    bytes.extend_from_slice(&broken);
                    self.counts.broken += 1;
                    Awaited {
                        text: broken.escape_ascii().to_string(),
                        sound: None,
                        errors,
                    }
                }
            });
            self.counts.requests += 1;
            self.counts.unheard += 1;
            if bytes.len() > PIECE_BYTES {
                break;
            }
        }
        self.stream.write_all(&bytes).expect("the agent reads");
        awaited
    }

    fn hear(&mut self, awaited: &Awaited) {
        for _ in 0..awaited.errors {
            let reply = self.reply();
            let is_right = reply.get("error").is_some() && reply.get("id").is_none();
            assert!(is_right, "{}: {reply}", awaited.text);
        }
        if let Some((id, outcome)) = awaited.sound {
            let reply = self.reply();
            let member = match outcome {
                Outcome::Return => "return",
                Outcome::Error => "error",
            };
            let is_right = reply["id"] == id && reply.get(member).is_some();
            assert!(is_right, "{}: {reply}", awaited.text);
        }
    }

    fn reply(&mut self) -> Value {
        let mut line = Vec::new();
        self.replies.read_until(b'\n', &mut line).expect("a reply");
        self.counts.replies += 1;
        let line = line.strip_prefix(b"\xFF").unwrap_or(&line);
        serde_json::from_slice(line)
            .unwrap_or_else(|error| panic!("{error} in {}", line.escape_ascii()))
    }

    fn call(&mut self, command: &str, arguments: Value) -> Value {
        let request = json!({"execute": command, "arguments": arguments});
        let request = request.to_string();
        self.stream
            .write_all(request.as_bytes())
            .expect("the agent reads");
        self.counts.requests += 1;
        let mut reply = self.reply();
        assert!(reply.get("return").is_some(), "{request}: {reply}");
        reply["return"].take()
    }

    /// Makes a file, writes, reads, and closes it.
    fn use_file(&mut self) {
        // Several do this at a time, each with a file of its own.
        let path = format!("file-{}", self.numbers.below(1000));
        let handle = self.call("guest-file-open", json!({"path": path, "mode": "w+"}));
        let of = |rest: Value| {
            let mut arguments = json!({"handle": handle});
            for (name, value) in rest.as_object().expect("arguments") {
                arguments[name] = value.clone();
            }
            arguments
        };
        self.call("guest-file-write", of(json!({"buf-b64": "QUJDREVG"})));
        self.call("guest-file-flush", of(json!({})));
        self.call("guest-file-seek", of(json!({"offset": 0, "whence": "set"})));
        self.call("guest-file-read", of(json!({"count": 100})));
        self.call("guest-file-close", of(json!({})));
        self.counts.files += 1;
    }

    /// Writes a megabyte in one request.
    fn write_much(&mut self) {
        let handle = self.call("guest-file-open", json!({"path": "/dev/null", "mode": "w"}));
        let data = "QUJD".repeat(1 << 18);
        self.call(
            "guest-file-write",
            json!({"handle": handle, "buf-b64": data}),
        );
        self.call("guest-file-close", json!({"handle": handle}));
        self.counts.files += 1;
    }

    fn run_program(&mut self) {
        let arguments = json!({
            "path": "cat",
            "env": ["PATH=/usr/bin:/bin"],
            "input-data": "QUJDREVG",
            "capture-output": true,
        });
        let pid = self.call("guest-exec", arguments)["pid"].take();
        while self.call("guest-exec-status", json!({"pid": pid}))["exited"] != true {}
        self.counts.programs += 1;
    }
}
