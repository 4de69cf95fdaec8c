//! Requests of all kinds. None of them changes anything but a file in the agent's home.

use qapi_tests::Agent;
use serde_json::{Value, json};

use crate::numbers::Numbers;

/// How a reply begins to be right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Return,
    Error,
}

/// A request, and what it is answered with.
#[derive(Debug)]
pub(crate) enum Request {
    /// To be sent with an id, which comes back.
    Sound { text: Value, outcome: Outcome },
    /// Bytes that are no request. So many errors come back.
    Broken { bytes: Vec<u8>, errors: usize },
}

/// Commands that only look, and how often each is called among a thousand.
const LOOKS: &[(&str, u64)] = &[
    ("guest-ping", 250),
    ("guest-get-time", 60),
    ("guest-info", 30),
    ("guest-get-host-name", 60),
    ("guest-get-osinfo", 10),
    ("guest-get-timezone", 20),
    ("guest-get-users", 20),
    ("guest-get-load", 60),
    ("guest-get-cpustats", 20),
    ("guest-get-diskstats", 5),
    ("guest-get-disks", 1),
    ("guest-get-fsinfo", 2),
    ("guest-get-vcpus", 20),
    ("guest-get-memory-blocks", 1),
    ("guest-get-memory-block-info", 20),
    ("guest-network-get-interfaces", 10),
    ("guest-network-get-route", 10),
    ("guest-fsfreeze-status", 60),
];

/// What fails.
fn refused() -> Vec<Value> {
    let call =
        |command: &str, arguments: Value| json!({"execute": command, "arguments": arguments});
    vec![
        json!({"execute": "guest-no-such-command"}),
        json!({"execute": "guest-ping", "arguments": {"x": 1}}),
        json!({"execute": "guest-sync"}),
        json!({"execute": 1}),
        json!({"execute": "guest-ping", "unknown": []}),
        call("guest-sync", json!({"id": "text"})),
        call("guest-file-open", json!({"path": "/absent/file"})),
        call("guest-file-open", json!({"path": "file", "mode": "wrong"})),
        call("guest-file-read", json!({"handle": 1})),
        call("guest-file-read", json!({"handle": 1, "count": -1})),
        call("guest-file-write", json!({"handle": 1, "buf-b64": "QUJD"})),
        call("guest-file-write", json!({"handle": 1, "buf-b64": "%%%%"})),
        call(
            "guest-file-seek",
            json!({"handle": 1, "offset": 0, "whence": 7}),
        ),
        call("guest-file-close", json!({"handle": -1})),
        call(
            "guest-exec",
            json!({"path": "/absent/program", "capture-output": true}),
        ),
        call("guest-exec-status", json!({"pid": 1})),
        call(
            "guest-ssh-get-authorized-keys",
            json!({"username": "no such user"}),
        ),
        call(
            "guest-ssh-add-authorized-keys",
            json!({"username": "nobody", "keys": ["#"]}),
        ),
        call(
            "guest-set-user-password",
            json!({"username": "a:b", "password": "c2VjcmV0", "crypted": false}),
        ),
        call("guest-fstrim", json!({"minimum": "much"})),
        call("guest-shutdown", json!({"mode": "wrong"})),
        call("guest-set-vcpus", json!({"vcpus": 1})),
        call("guest-set-time", json!({"time": "now"})),
    ]
}

/// What is no request. The byte 0xFF at the end of each, which is a mistake of its own, lets a new one begin; what follows
/// it is passed over up to the line feed.
fn broken() -> Vec<Vec<u8>> {
    let mut broken: Vec<Vec<u8>> = [
        "\"text\"",
        "[]",
        "[1, 2, {}]",
        "{}",
        "}",
        "]",
        "{'a': 1, 'a': 2}",
        "{'execute' 'guest-ping'}",
        "{'execute': nothing}",
        "{'execute': '\\q'}",
        "{'execute': '\\ud800'}",
        "[1e400, 01]",
        "{'execute': 'guest-ping', 'id': ",
        "",
    ]
    .map(|text| text.as_bytes().to_vec())
    .to_vec();
    broken.push(b"{'execute': 'guest-\xC3(ping'}".to_vec());
    broken.push(b"[".repeat(1100));
    broken.push([b"'".to_vec(), b"x".repeat(4000), b"\x01".to_vec()].concat());
    for bytes in &mut broken {
        bytes.extend_from_slice(b"\xFF\n");
    }
    broken
}

/// What clients choose from.
#[derive(Debug)]
pub(crate) struct Mix {
    refused: Vec<Value>,
    /// With the number of errors that each gets.
    broken: Vec<(Vec<u8>, usize)>,
    looks: u64,
}

impl Mix {
    /// Finds out how many errors each broken thing gets at the beginning, which is what it has to get ever after.
    pub(crate) fn new(agent: &Agent) -> Self {
        let mut wire = agent.connect();
        let broken = broken().into_iter().map(|bytes| {
            let errors = wire.replies_to(&bytes);
            let errors = errors.iter().filter(|byte| **byte == b'\n').count();
            (bytes, errors)
        });
        Self {
            broken: broken.collect(),
            refused: refused(),
            looks: LOOKS.iter().map(|(_, share)| share).sum(),
        }
    }

    /// Any request.
    pub(crate) fn any(&self, numbers: &mut Numbers) -> Request {
        match numbers.below(1000) {
            0..100 => {
                let (bytes, errors) = numbers.one_of(&self.broken).clone();
                Request::Broken { bytes, errors }
            }
            100..250 => Request::Sound {
                text: numbers.one_of(&self.refused).clone(),
                outcome: Outcome::Error,
            },
            250..350 => {
                let command = numbers.one_of(&["guest-sync", "guest-sync-delimited"]);
                let id = numbers.below(1 << 40);
                Request::Sound {
                    text: json!({"execute": command, "arguments": {"id": id}}),
                    outcome: Outcome::Return,
                }
            }
            _ => self.look(numbers),
        }
    }

    fn look(&self, numbers: &mut Numbers) -> Request {
        let mut place = numbers.below(self.looks);
        let found = LOOKS.iter().find(|(_, share)| {
            let is_here = place < *share;
            place = place.saturating_sub(*share);
            is_here
        });
        let (command, _) = found.expect("the shares add up");
        Request::Sound {
            text: json!({"execute": command}),
            outcome: Outcome::Return,
        }
    }
}
