//! Files, under a path that is relative to the directory in which the agent was started.

use std::fs;

use serde_json::{Value, json};

use super::Fixture;

/// `Hello World!`, a line feed and a zero.
const CONTENT: &[u8] = b"Hello World!\n\0";
const CONTENT_BASE64: &str = "SGVsbG8gV29ybGQhCgA=";
/// What is left of it behind `Hello `.
const END_BASE64: &str = "V29ybGQhCgA=";

impl Fixture {
    fn open(&mut self, mode: &str) -> i64 {
        let request = format!(
            "{{'execute': 'guest-file-open', 'arguments': {{'path': 'foo', 'mode': '{mode}'}}}}"
        );
        let reply = self.ask(&request);
        reply["return"]
            .as_i64()
            .unwrap_or_else(|| panic!("{reply}"))
    }

    fn file(&mut self, verb: &str, handle: i64, more: &str) -> Value {
        let request = format!(
            "{{'execute': 'guest-file-{verb}', 'arguments': {{'handle': {handle}{more}}}}}"
        );
        let mut reply = self.ask(&request);
        assert!(reply["error"].is_null(), "{request}: {reply}");
        reply["return"].take()
    }

    fn write(&mut self, handle: i64) {
        let written = self.file("write", handle, &format!(", 'buf-b64': '{CONTENT_BASE64}'"));
        assert_eq!(written, json!({"count": 14, "eof": false}));
    }
}

#[test]
fn file_ops() {
    let mut fixture = Fixture::new();
    let handle = fixture.open("w+");
    fixture.write(handle);
    assert_eq!(fixture.file("flush", handle, ""), json!({}));
    assert_eq!(fixture.file("close", handle, ""), json!({}));
    let path = fixture.directory.path().join("test/foo");
    assert_eq!(fs::read(path).expect("the file is there"), CONTENT);

    let handle = fixture.open("r");
    assert_eq!(
        fixture.file("read", handle, ""),
        json!({"count": 14, "buf-b64": CONTENT_BASE64, "eof": true})
    );
    assert_eq!(
        fixture.file("read", handle, ""),
        json!({"count": 0, "buf-b64": "", "eof": true})
    );
    assert_eq!(
        fixture.file("seek", handle, ", 'offset': 6, 'whence': 'set'"),
        json!({"position": 6, "eof": false})
    );
    assert_eq!(
        fixture.file("read", handle, ""),
        json!({"count": 8, "buf-b64": END_BASE64, "eof": true})
    );
    assert_eq!(fixture.file("close", handle, ""), json!({}));
}

#[test]
fn file_write_read() {
    let mut fixture = Fixture::new();
    let handle = fixture.open("w+");
    fixture.write(handle);
    assert_eq!(
        fixture.file("read", handle, ""),
        json!({"count": 0, "buf-b64": "", "eof": true})
    );
    assert_eq!(
        fixture.file("seek", handle, ", 'offset': 0, 'whence': 'set'"),
        json!({"position": 0, "eof": false})
    );
    assert_eq!(
        fixture.file("read", handle, ""),
        json!({"count": 14, "buf-b64": CONTENT_BASE64, "eof": true})
    );
    assert_eq!(fixture.file("close", handle, ""), json!({}));
}
