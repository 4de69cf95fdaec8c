//! How long messages take on their way through the runtime, and how much memory.
//!
//! Below each row of times stands what is allocated for one message: nothing for a ping, once a session has answered
//! one; `max alloc` of `large_reply` shows that 48 MiB of a file are never in memory at once.
//!
//! What generated types cost on top is for the benchmarks of the workspace to tell.

use std::fmt::Write as _;
use std::io::{self, Read};

use divan::counter::BytesCount;
use divan::{AllocProfiler, Bencher};
use qapi_runtime::{
    Base64Stream, Call, CommandInfo, Decoder, Empty, Error, Outcome, Service, Session,
};

#[global_allocator]
static ALLOCATOR: AllocProfiler = AllocProfiler::system();

fn main() {
    divan::main();
}

/// Answers pings, and reads a file.
struct Guest;

impl Service for Guest {
    fn commands(&self) -> &'static [CommandInfo] {
        &[]
    }

    fn call(&mut self, call: Call<'_>) -> Result<Outcome, Error> {
        match call.command() {
            "guest-ping" => call.answer(|Empty {}| Ok(Empty {})),
            _ => call.succeed(&Base64Stream::new(io::repeat(b'x').take(48 << 20))),
        }
    }
}

#[divan::bench]
fn ping(bencher: Bencher<'_, '_>) {
    let request = b"{\"execute\": \"guest-ping\", \"id\": 1}\n";
    let mut session = Session::new();
    session.feed(request, &mut Guest);
    bencher.bench_local(move || {
        let reply = session.next_reply(&mut &request[..], &mut Guest);
        assert!(reply.is_some());
    });
}

#[divan::bench(max_time = 2)]
fn large_reply(bencher: Bencher<'_, '_>) {
    let bencher = bencher.counter(BytesCount::new(64_u32 << 20));
    bencher.bench_local(|| {
        let mut request = &b"{\"execute\": \"guest-file-read\"}"[..];
        let mut sink = io::sink();
        let answered = Session::new().answer(&mut request, &mut Guest, &mut sink);
        answered.expect("the sink takes everything");
    });
}

/// A request as large as a guest agent takes, in pieces as a stream gives them.
#[divan::bench(max_time = 2)]
fn large_request(bencher: Bencher<'_, '_>) {
    let text = "QUJD".repeat(15 << 20);
    let request = format!("{{\"execute\": \"guest-file-write\", \"arguments\": \"{text}\"}}");
    let bencher = bencher.counter(BytesCount::of_str(&request));
    bencher.bench_local(|| decode_all(request.as_bytes()));
}

/// A message like most large ones: objects with a few short members each.
#[divan::bench(args = [10, 1000, 50_000])]
fn objects(bencher: Bencher<'_, '_>, count: usize) {
    let mut text = String::from("[");
    for number in 0..count {
        let separator = if number == 0 { "" } else { ", " };
        let written = write!(
            text,
            "{separator}{{\"name\": \"member-{number}\", \"type\": \"{number}\", \
             \"features\": [\"unstable\"], \"default\": null, \"size\": {number}}}"
        );
        written.expect("a String takes everything");
    }
    text.push(']');
    let bencher = bencher.counter(BytesCount::of_str(&text));
    bencher.bench_local(|| decode_all(text.as_bytes()));
}

fn decode_all(text: &[u8]) {
    let mut decoder = Decoder::new();
    let mut messages = 0;
    for mut piece in text.chunks(16 * 1024) {
        while let Some(message) = decoder.decode(&mut piece) {
            message.expect("the benchmark writes JSON");
            messages += 1;
        }
    }
    assert_eq!(messages, 1);
}
