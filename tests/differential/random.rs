//! Requests that nobody would think of. They are the same in each run: the numbers begin with one that is given.

use std::collections::BTreeMap;
use std::path::Path;

use qapi_tests::Agent;
use serde_json::{Value, json};

use crate::agents::{Theirs, furnished};

/// How many streams of nonsense are compared.
const STREAMS: u64 = 3000;
/// How many stories of files are compared, and how long each is.
const STORIES: u64 = 40;
const STEPS: u64 = 60;

/// What streams consist of. No command in it does anything.
const WORDS: &[&[u8]] = &[
    b"{",
    b"}",
    b"[",
    b"]",
    b":",
    b",",
    b" ",
    b"\n",
    b"\t",
    b"\r",
    b"\"",
    b"'",
    b"\\",
    b"\\\"",
    br#"{"execute":"guest-ping"}"#,
    br#"{"execute":"guest-sync","arguments":{"id":12}}"#,
    br#"{"execute":"guest-sync-delimited","arguments":{"id":-3}}"#,
    br#"{"execute":"guest-ping","id":"#,
    br#"{"execute":"guest-sync","arguments":"#,
    br#""execute":"#,
    br#""guest-ping""#,
    br#""arguments":"#,
    br#""id":"#,
    b"'id'",
    b"true",
    b"false",
    b"null",
    b"nul",
    b"True",
    b"0",
    b"1",
    b"-",
    b"-1",
    b"12",
    b"01",
    b"-0",
    b"1.5",
    b"1.",
    b".5",
    b"1e3",
    b"1E-2",
    b"1e",
    b"9223372036854775808",
    b"-9223372036854775809",
    b"18446744073709551616",
    b"\"a\"",
    b"\"\\u00e4\"",
    b"\"\\ud83d\\ude00\"",
    b"\"\\ud83d\"",
    b"\"\\u0000\"",
    b"\"\\x\"",
    b"\"\\u12",
    b"'a\"b'",
    b"\"\xC3\xA4\"",
    b"\"\xC3\"",
    b"\"\xED\xA0\x80\"",
    b"\"\xF0\x9F\x98\x80\"",
    b"\xC3\xA4",
    b"\xFF",
    b"\xFE",
    b"\x00",
    b"\x01",
    b"\x7F",
    b"\x80",
    b"%",
    b"%s",
    b"/",
    b"//",
    b"#",
    b"@",
    b"\xEF\xBB\xBF",
    b"a",
    b"A",
    b"_",
    b"\"\t\"",
    b"\"\x7F\"",
];

/// Numbers without a pattern (xorshift).
struct Numbers(u64);

impl Numbers {
    fn new(seed: u64) -> Self {
        // Any start but zero will do, and the first numbers of near ones are alike.
        let mut numbers = Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
        for _ in 0..8 {
            numbers.below(2);
        }
        numbers
    }

    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit
    }

    fn index(&mut self, limit: usize) -> usize {
        let limit = u64::try_from(limit).expect("a short list");
        usize::try_from(self.below(limit)).expect("it is below")
    }

    fn one<'a, T: ?Sized>(&mut self, of: &[&'a T]) -> &'a T {
        of[self.index(of.len())]
    }
}

fn stream(seed: u64) -> Vec<u8> {
    let mut numbers = Numbers::new(seed);
    let length = 1 + numbers.below(12);
    (0..length)
        .flat_map(|_| numbers.one(WORDS).to_vec())
        .collect()
}

#[test]
fn nonsense_gets_the_same_replies() {
    let Some(theirs) = Theirs::find() else { return };
    let mut comparison = theirs.comparison();
    let streams: Vec<Vec<u8>> = (1..=STREAMS).map(stream).collect();
    let (their, our) = theirs.both(|program| {
        let agent = Agent::start(program);
        let mut wire = agent.connect();
        let replies = streams
            .iter()
            .map(|stream| wire.replies_to_then_reset(stream));
        replies.collect::<Vec<_>>()
    });
    for (stream, (their, our)) in streams.iter().zip(their.iter().zip(&our)) {
        comparison.compare("nonsense", &stream.escape_ascii().to_string(), their, our);
    }
    comparison.finish();
}

/// Steps with three files, none of them open twice: what the C agent has not written yet only its own handle sees.
fn steps(numbers: &mut Numbers) -> Vec<String> {
    let mut closed = vec!["greeting", "other", "long"];
    let mut open: Vec<(u64, &str)> = Vec::new();
    let mut next = 1000;
    (0..STEPS)
        .map(|_| {
            if open.is_empty() || (!closed.is_empty() && numbers.below(8) == 0) {
                let path = closed.swap_remove(numbers.index(closed.len()));
                let mode = numbers.one(&["r", "w", "a", "r+", "w+", "a+", "rb", "a+b"]);
                open.push((next, path));
                next += 1;
                return request("open", json!({"path": path, "mode": mode}));
            }
            let at = numbers.index(open.len());
            let handle = open[at].0;
            if numbers.below(12) == 0 {
                closed.push(open.swap_remove(at).1);
                return request("close", json!({"handle": handle}));
            }
            step(numbers, handle)
        })
        .collect()
}

/// One step with an open file.
fn step(numbers: &mut Numbers, handle: u64) -> String {
    match numbers.below(8) {
        0..=2 => {
            let count = [0, 1, 5, 100, 4096, 5000][numbers.index(6)];
            request("read", json!({"handle": handle, "count": count}))
        }
        3..=5 => {
            let length = [0, 1, 3, 1000, 2000][numbers.index(5)];
            let data = "QUJD".repeat(length);
            request("write", json!({"handle": handle, "buf-b64": data}))
        }
        6 => {
            let offset = i64::try_from(numbers.below(9000)).expect("a small number") - 100;
            let whence = numbers.one(&["set", "cur", "end"]);
            request(
                "seek",
                json!({"handle": handle, "offset": offset, "whence": whence}),
            )
        }
        _ => request("flush", json!({"handle": handle})),
    }
}

fn request(command: &str, arguments: Value) -> String {
    json!({"execute": format!("guest-file-{command}"), "arguments": arguments}).to_string()
}

/// The replies to some steps, and the files that they leave when all is closed.
fn story(program: &Path, steps: &[String]) -> (Vec<Vec<u8>>, BTreeMap<String, String>) {
    let agent = furnished(program);
    let mut wire = agent.connect();
    let replies = steps.iter().map(|step| wire.replies_to(step)).collect();
    for handle in 1000..1000 + STEPS {
        wire.call("guest-file-close", json!({"handle": handle}));
    }
    (replies, agent.files())
}

#[test]
fn files_have_the_same_stories() {
    let Some(theirs) = Theirs::find() else { return };
    let mut comparison = theirs.comparison();
    for seed in 1..=STORIES {
        let steps = steps(&mut Numbers::new(seed));
        let (their, our) = theirs.both(|program| story(program, &steps));
        let place = format!("story {seed}");
        for (number, (step, (their, our))) in
            steps.iter().zip(their.0.iter().zip(&our.0)).enumerate()
        {
            comparison.compare(&format!("{place}, step {number}"), step, their, our);
        }
        comparison.compare_files(&place, &their.1, &our.1);
    }
    comparison.finish();
}
