//! Any bytes as requests to an agent of which every command returns what stands behind a line `%%`: no reply is missing
//! and none is too many, each is a line of JSON, and it does not matter in which pieces the requests come.

#![no_main]

use libfuzzer_sys::fuzz_target;
use qapi_runtime::client::{ClientError, Execute};
use qapi_runtime::serde::Serialize;
use qapi_runtime::{
    DecodeOwned, Decoder, Document, Error, Input, Response, Session, Unknown, to_string,
};
use qga_types::{COMMANDS, GuestAgentClient, GuestAgentServer};

const BETWEEN: &[u8] = b"\n%%\n";

fuzz_target!(|bytes: &[u8]| {
    let end = bytes
        .windows(BETWEEN.len())
        .position(|part| part == BETWEEN);
    let (requests, returns) = match end {
        Some(end) => (&bytes[..end], &bytes[end + BETWEEN.len()..]),
        None => (bytes, &b"{}"[..]),
    };
    let replies = answer([requests], returns);
    assert_eq!(
        replies,
        answer(requests.chunks(1), returns),
        "one byte at a time"
    );
    let lines: Vec<_> = replies.split_inclusive(|byte| *byte == b'\n').collect();
    for line in &lines {
        // The answer to `guest-sync-delimited` begins so.
        let line = line.strip_prefix(b"\xFF").unwrap_or(line);
        let reply = Document::parse(line).expect("a reply is JSON");
        Response::parse(reply.root()).expect("a reply is a response");
    }
    let (messages, silent) = count(requests);
    assert!(
        lines.len() <= messages,
        "one reply at most for each message"
    );
    assert!(
        lines.len() + silent >= messages,
        "one reply at least for most"
    );
});

/// All replies to some pieces.
fn answer<'a>(pieces: impl IntoIterator<Item = &'a [u8]>, returns: &[u8]) -> Vec<u8> {
    let mut session = Session::new();
    let mut agent = GuestAgentServer(GuestAgentClient::new(Mock { returns }));
    let pieces = pieces.into_iter();
    pieces
        .flat_map(|piece| session.feed(piece, &mut agent))
        .collect()
}

/// How many messages there are, and how many of them ask for what is not answered.
fn count(mut bytes: &[u8]) -> (usize, usize) {
    let (mut messages, mut silent) = (0, 0);
    let mut decoder = Decoder::new();
    while let Some(message) = decoder.decode(&mut bytes) {
        messages += 1;
        let value = message.map(Document::to_value).unwrap_or_default();
        let is_silent = |name: &str| {
            COMMANDS
                .iter()
                .any(|c| c.name == name && !c.success_response)
        };
        silent += usize::from(value["execute"].as_str().is_some_and(is_silent));
    }
    (messages, silent)
}

/// Runs no command, and returns the next line for each.
struct Mock<'a> {
    returns: &'a [u8],
}

impl Execute for Mock<'_> {
    fn execute<A, R>(&mut self, _: &str, arguments: &A) -> Result<R, ClientError>
    where
        A: Serialize + ?Sized,
        R: DecodeOwned,
    {
        let text = to_string(arguments).expect("what was read can be written");
        Document::parse(text.as_bytes()).expect("what is written can be read");
        let line = self
            .returns
            .split(|byte| *byte == b'\n')
            .next()
            .unwrap_or_default();
        if line.len() < self.returns.len() {
            self.returns = &self.returns[line.len() + 1..];
        }
        let document = Document::parse(line)?;
        R::decode(Input::new(document.root(), Unknown::Ignore))
            .map_err(|error| ClientError::Command(Error::generic(error.to_string())))
    }

    fn execute_silently<A>(&mut self, command: &str, arguments: &A) -> Result<(), ClientError>
    where
        A: Serialize + ?Sized,
    {
        self.run(command, arguments)
    }

    fn execute_oob<A, R>(&mut self, command: &str, arguments: &A) -> Result<R, ClientError>
    where
        A: Serialize + ?Sized,
        R: DecodeOwned,
    {
        self.execute(command, arguments)
    }
}
