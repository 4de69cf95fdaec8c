//! Programs.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::{BAD_CLASS, Fixture};
use crate::exec;

/// Four lines, the odd ones on one output and the even ones on the other.
const ALTERNATING: &str = "for i in $(seq 4); do if [ $((i % 2)) = 1 ]; then echo stdout; else echo stderr 1>&2; fi; done";

fn alternate(capture: &str) -> Value {
    let arguments = json!({
        "path": "/bin/bash",
        "arg": ["-c", ALTERNATING],
        "capture-output": capture,
    });
    let status = exec(&mut Fixture::new().wire, arguments);
    assert_eq!(status["exitcode"], 0);
    status
}

fn text(base64: &Value) -> String {
    let bytes = STANDARD.decode(base64.as_str().expect("text"));
    String::from_utf8(bytes.expect("base64")).expect("text")
}

#[test]
fn guest_exec() {
    let arguments = json!({
        "path": "/bin/echo",
        "arg": ["-n", "\" test_str \""],
        "capture-output": true,
    });
    let status = exec(&mut Fixture::new().wire, arguments);
    assert_eq!(status["exitcode"], 0);
    assert_eq!(text(&status["out-data"]), "\" test_str \"");
}

#[test]
fn guest_exec_separated() {
    let status = alternate("separated");
    assert_eq!(text(&status["out-data"]), "stdout\nstdout\n");
    assert_eq!(text(&status["err-data"]), "stderr\nstderr\n");
}

#[test]
fn guest_exec_merged() {
    let status = alternate("merged");
    assert_eq!(
        text(&status["out-data"]),
        "stdout\nstderr\nstdout\nstderr\n"
    );
    assert_eq!(status.get("err-data"), None);
}

#[test]
fn guest_exec_invalid() {
    let mut fixture = Fixture::new();
    for request in [
        "{'execute': 'guest-exec', 'arguments': {'path': '/bin/invalid-cmd42'}}",
        "{'execute': 'guest-exec-status', 'arguments': {'pid': 0}}",
    ] {
        let (class, desc) = fixture.error(request);
        assert_eq!(class, BAD_CLASS, "{request}");
        assert!(!desc.is_empty(), "{request}");
    }
}
