//! Words that clients and test suites look for.

use serde_json::{Value, json};

use crate::{agent, ask, request};

#[test]
fn the_words_that_are_looked_for_are_there() {
    let agent = agent();
    let mut wire = agent.connect();
    let cases: [(&str, Value, &str); 7] = [
        (
            "guest-nope",
            json!({}),
            "The command guest-nope has not been found",
        ),
        ("guest-ping", json!({"x": 1}), "Parameter 'x' is unexpected"),
        (
            "guest-file-read",
            json!({"handle": 7}),
            "handle '7' has not been found",
        ),
        (
            "guest-file-open",
            json!({"path": "/absent"}),
            "failed to open file '/absent' (mode: 'r'): No such file or directory",
        ),
        // A file that not even root may write to.
        (
            "guest-file-open",
            json!({"path": "/sys/kernel/uevent_seqnum", "mode": "r+"}),
            "failed to open file '/sys/kernel/uevent_seqnum' (mode: 'r+'): Permission denied",
        ),
        (
            "guest-exec",
            json!({"path": "/absent"}),
            "Failed to execute child process \u{201c}/absent\u{201d} (No such file or directory)",
        ),
        // Too much for 64 bits, so no clock is set.
        (
            "guest-set-time",
            json!({"time": u64::MAX}),
            "Invalid parameter type for 'time', expected: integer",
        ),
    ];
    for (command, arguments, desc) in cases {
        let reply = wire.ask(&request(command, arguments));
        assert_eq!(reply["error"]["desc"], desc, "{command}");
    }
}

#[test]
fn a_count_that_is_too_large_is_named() {
    let agent = agent();
    let mut wire = agent.connect();
    let handle = crate::open(&mut wire, "/proc/version", "r");
    let arguments = json!({"handle": handle, "count": 1_u64 << 40});
    assert_eq!(
        wire.ask(&request("guest-file-read", arguments))["error"]["desc"],
        "value '1099511627776' is invalid for argument count"
    );
}

/// Monitoring reads there what the agent does not tell.
#[test]
fn files_of_the_kernel_are_read_to_their_end() {
    let agent = agent();
    let mut wire = agent.connect();
    let handle = crate::open(&mut wire, "/proc/meminfo", "r");
    let read = wire.ask(&request("guest-file-read", json!({"handle": handle})));
    assert_eq!(read["return"]["eof"], true);
    assert_ne!(read["return"]["count"], 0);
}

#[test]
fn freezing_has_two_states() {
    let reply = ask(r#"{"execute":"guest-fsfreeze-status"}"#);
    assert_eq!(reply, json!({"return": "thawed"}));
}
