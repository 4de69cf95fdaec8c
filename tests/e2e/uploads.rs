//! Long writes, which are made while their requests are still being read.

use std::fs;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use qapi_tests::Wire;
use serde_json::{Value, json};

use crate::{agent, request};

/// How many bytes a long write has.
const LENGTH: u64 = 3 << 18;

fn open(wire: &mut Wire, path: &Path, mode: &str) -> Value {
    let arguments = json!({"path": path, "mode": mode});
    wire.ask(&request("guest-file-open", arguments))["return"].clone()
}

fn write(handle: &Value, data: &str, rest: &str) -> String {
    format!(
        "{{'execute': 'guest-file-write', 'arguments': {{'handle': {handle}, \
         'buf-b64': '{data}'{rest}}}}}\n"
    )
}

fn long() -> String {
    "YWJj".repeat(1 << 18)
}

fn counted(count: u64) -> Value {
    json!({"return": {"count": count, "eof": false}})
}

fn length(path: &Path) -> u64 {
    fs::metadata(path).expect("a file").len()
}

#[test]
fn a_long_write_that_is_wrong_in_the_end_has_written_nothing() {
    let agent = agent();
    let mut wire = agent.connect();
    let path = agent.home().join("file");
    let (handle, data) = (open(&mut wire, &path, "w"), long());
    assert_eq!(wire.ask(&write(&handle, &data, "")), counted(LENGTH));
    for (data, rest, desc) in [
        (
            &format!("{data}#"),
            "",
            "Base64 data contains invalid characters",
        ),
        (
            &data,
            ", 'count': 9999999",
            "value '9999999' is invalid for argument count",
        ),
        (&data, ", 'more': 1", "Parameter 'more' is unexpected"),
        (&data, " 1", "JSON parse error, expected separator in dict"),
    ] {
        let reply = wire.ask(&write(&handle, data, rest));
        assert_eq!(reply["error"]["desc"], desc);
        assert_eq!(length(&path), LENGTH);
    }
    // What follows stands where it would have stood.
    assert_eq!(wire.ask(&write(&handle, &data, ", 'count': 5")), counted(5));
    assert_eq!(wire.ask(&write(&handle, "IQ==", "")), counted(1));
    let written = fs::read(&path).expect("a file");
    assert!(written.ends_with(b"abcabcab!"));
    assert_eq!(length(&path), LENGTH + 6);
}

#[test]
fn a_client_that_leaves_in_the_middle_of_a_write_has_written_nothing() {
    let agent = agent();
    let mut wire = agent.connect();
    let path = agent.home().join("file");
    let (handle, data) = (open(&mut wire, &path, "w"), long());
    wire.send(write(&handle, &data, "").trim_end_matches("}}\n"));
    let start = Instant::now();
    let until = |is_reached: fn(u64) -> bool| {
        while !is_reached(length(&path)) {
            assert!(start.elapsed() < Duration::from_secs(60));
            thread::yield_now();
        }
    };
    until(|length| length > 0);
    drop(wire);
    until(|length| length == 0);
    let mut wire = agent.connect();
    assert_eq!(wire.ask(&write(&handle, "IQ==", "")), counted(1));
    assert_eq!(fs::read(&path).expect("a file"), b"!");
}

#[test]
fn who_has_the_same_handle_sees_nothing_of_a_write_that_is_not_complete() {
    let agent = agent();
    let (mut one, mut other) = (agent.connect(), agent.connect());
    let path = agent.home().join("file");
    let (handle, data) = (open(&mut one, &path, "w+"), long());
    let whole = write(&handle, &data, "");
    let (beginning, end) = whole.split_at(whole.len() / 2);
    one.send(beginning);
    let seek = json!({"handle": handle, "offset": 0, "whence": 2});
    let reply = other.ask(&request("guest-file-seek", seek));
    assert_eq!(reply["return"]["position"], 0);
    assert_eq!(
        other.ask(&write(&handle, "SW4gZnJvbnQ6IA==", "")),
        counted(10)
    );
    assert_eq!(one.ask(end), counted(LENGTH));
    let written = fs::read(&path).expect("a file");
    assert!(written.starts_with(b"In front: abcabc") && written.ends_with(b"abc"));
    assert_eq!(length(&path), LENGTH + 10);
}

#[test]
fn in_the_middle_of_a_file_and_at_the_end_of_a_shared_one_writes_are_what_they_were() {
    let agent = agent();
    let mut wire = agent.connect();
    let path = agent.home().join("file");
    fs::write(&path, "0123456789").expect("a file");
    let data = long();
    for (mode, content) in [("r+", "abcabc"), ("a", "0123456789abc")] {
        fs::write(&path, "0123456789").expect("a file");
        let handle = open(&mut wire, &path, mode);
        let reply = wire.ask(&write(&handle, &data, ", 'more': 1"));
        assert_eq!(reply["error"]["desc"], "Parameter 'more' is unexpected");
        assert_eq!(fs::read(&path).expect("a file"), b"0123456789");
        assert_eq!(wire.ask(&write(&handle, &data, "")), counted(LENGTH));
        let written = fs::read(&path).expect("a file");
        assert!(written.starts_with(content.as_bytes()), "{mode}");
    }
}
