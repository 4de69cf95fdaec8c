//! The client of an agent against a session, over a pair of sockets.

mod common;

use std::io::{self, Read, Write};
use std::os::unix::net::UnixStream;
use std::thread;
use std::time::Duration;

use common::Guest;
use qapi_runtime::client::Agent;
use qapi_runtime::session::serve;
use qapi_runtime::{ClientError, Empty, ErrorClass, Value};
use serde_json::json;

/// What the client is talking to ends with the returned stream.
fn connected() -> Agent<UnixStream> {
    let (near, mut far) = UnixStream::pair().expect("a pair of sockets");
    thread::spawn(move || serve(&mut far, &mut Guest));
    Agent::new(near)
}

/// A client whose peer says `bytes`, whatever it is asked.
fn told(bytes: &'static [u8]) -> Agent<Canned> {
    Agent::new(Canned(bytes))
}

struct Canned(&'static [u8]);

impl Read for Canned {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        // The smallest pieces there are.
        let end = buffer.len().min(1);
        self.0.read(&mut buffer[..end])
    }
}

impl Write for Canned {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn ping<S: Read + Write>(client: &mut Agent<S>) -> Result<Empty, ClientError> {
    client.execute("guest-ping", &Empty {})
}

#[test]
fn answers_arrive_typed() {
    let mut client = connected();
    ping(&mut client).unwrap();
    let id: i64 = client
        .execute("guest-sync", &json!({"id": i64::MIN}))
        .unwrap();
    assert_eq!(id, i64::MIN);
    let text = "é\0\u{7f}\"'".repeat(100_000);
    let echo: String = client
        .execute("test-echo", &json!({ "text": text }))
        .unwrap();
    assert!(echo == text);
}

#[test]
fn a_command_that_fails_leaves_the_client_usable() {
    let mut client = connected();
    let error = client
        .execute::<_, Value>("no-such", &Empty {})
        .unwrap_err();
    assert_eq!(error.to_string(), "The command no-such has not been found");
    let ClientError::Command(error) = error else {
        panic!("{error:?}");
    };
    assert_eq!(error.class, ErrorClass::CommandNotFound);

    let error = client
        .execute::<_, bool>("guest-ping", &Empty {})
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "guest-ping: return: expected boolean, got object"
    );
    ping(&mut client).unwrap();
}

#[test]
fn a_delimited_answer_is_an_answer_like_others() {
    let mut client = connected();
    for id in 0..2 {
        let answer: i64 = client
            .execute("guest-sync-delimited", &json!({"id": id}))
            .unwrap();
        assert_eq!(answer, id);
    }
}

#[test]
fn silent_commands_tell_failure_from_success() {
    let mut client = connected();
    client
        .execute_silently("guest-shutdown", &Empty {})
        .unwrap();
    let refused = client.execute_silently("guest-shutdown", &json!({"mode": "x"}));
    assert_eq!(refused.unwrap_err().to_string(), "mode is x");
    ping(&mut client).unwrap();
}

#[test]
fn a_peer_that_goes_away_during_a_silent_command_has_done_it() {
    told(b"")
        .execute_silently("guest-shutdown", &Empty {})
        .unwrap();
    let refused = b"{\"error\": {\"class\": \"GenericError\", \"desc\": \"no\"}}\n";
    let refused = told(refused).execute_silently("guest-shutdown", &Empty {});
    assert_eq!(refused.unwrap_err().to_string(), "no");
}

#[test]
fn the_failure_of_a_silent_command_is_told_even_if_the_agent_goes_mute() {
    let (near, mut far) = UnixStream::pair().expect("a pair of sockets");
    far.write_all(b"{\"error\": {\"class\": \"GenericError\", \"desc\": \"no\"}}\n")
        .unwrap();
    near.set_read_timeout(Some(Duration::from_millis(1)))
        .unwrap();
    let mut client = Agent::new(near);
    let refused = client.execute_silently("guest-shutdown", &Empty {});
    assert_eq!(refused.unwrap_err().to_string(), "no");
    assert!(matches!(ping(&mut client), Err(ClientError::OutOfStep)));
}

#[test]
fn resynchronizing_throws_stale_replies_away() {
    let (near, mut far) = UnixStream::pair().expect("a pair of sockets");
    far.write_all(b"n\": 1}\n{\"return\": 2}\nhalf a li\xFF{\"return\": 3}\n\xFF{\"ret")
        .unwrap();
    thread::spawn(move || {
        far.write_all(b"urn\": 4}\n").unwrap();
        serve(&mut far, &mut Guest)
    });
    let mut client = Agent::new(near);
    client.resynchronize().unwrap();
    let id: i64 = client.execute("guest-sync", &json!({"id": 5})).unwrap();
    assert_eq!(id, 5);
}

#[test]
fn a_reply_that_came_too_late_is_not_taken_for_the_next() {
    let (near, mut far) = UnixStream::pair().expect("a pair of sockets");
    near.set_read_timeout(Some(Duration::from_millis(1)))
        .unwrap();
    let mut client = Agent::new(near);
    assert!(matches!(ping(&mut client), Err(ClientError::Timeout)));
    assert!(matches!(ping(&mut client), Err(ClientError::OutOfStep)));

    thread::spawn(move || serve(&mut far, &mut Guest));
    client.stream().set_read_timeout(None).unwrap();
    client.resynchronize().unwrap();
    let id: i64 = client.execute("guest-sync", &json!({"id": 5})).unwrap();
    assert_eq!(id, 5);
}

#[test]
fn replies_may_arrive_together_and_in_any_pieces() {
    let mut client = told(b"{\"return\": 1}\n{\"new\": 0, \"return\": 2, \"id\": 3}\r\n{\"ret");
    assert_eq!(client.execute::<_, i64>("x", &Empty {}).unwrap(), 1);
    assert_eq!(client.execute::<_, i64>("x", &Empty {}).unwrap(), 2);
    assert!(matches!(
        client.execute::<_, i64>("x", &Empty {}),
        Err(ClientError::Closed)
    ));
}

#[test]
fn lines_that_are_no_replies_are_errors_one_by_one() {
    let mut client = told(b"hello\n{}\n{\"error\": 1}\n{\"return\": 4}\n");
    assert!(matches!(
        client.execute::<_, i64>("x", &Empty {}),
        Err(ClientError::Json(_))
    ));
    for _ in 0..2 {
        assert!(matches!(
            client.execute::<_, i64>("x", &Empty {}),
            Err(ClientError::NotAResponse(_))
        ));
    }
    assert_eq!(client.execute::<_, i64>("x", &Empty {}).unwrap(), 4);
}

#[test]
fn a_reply_beyond_the_limit_is_passed_over() {
    let (near, mut far) = UnixStream::pair().expect("a pair of sockets");
    thread::spawn(move || {
        let chunk = vec![b'x'; 1 << 20];
        for _ in 0..=qapi_runtime::client::MAX_REPLY >> 20 {
            far.write_all(&chunk).unwrap();
        }
        far.write_all(b"\n{\"return\": 1}\n").unwrap();
        // Until the client has gone.
        let _ = io::copy(&mut far, &mut io::sink());
    });
    let mut client = Agent::new(near);
    assert!(matches!(
        client.execute::<_, i64>("x", &Empty {}),
        Err(ClientError::TooLong)
    ));
    assert_eq!(client.execute::<_, i64>("x", &Empty {}).unwrap(), 1);
}

#[test]
fn requests_leave_empty_arguments_out() {
    let (near, mut far) = UnixStream::pair().expect("a pair of sockets");
    far.write_all(b"{\"return\": {}}\n{\"return\": {}}\n")
        .unwrap();
    let mut client = Agent::new(near);
    ping(&mut client).unwrap();
    let _: Empty = client.execute("x", &json!({"a": ["é"]})).unwrap();
    drop(client);
    let mut sent = String::new();
    far.read_to_string(&mut sent).unwrap();
    assert_eq!(
        sent,
        "{\"execute\": \"guest-ping\"}\n{\"execute\": \"x\", \"arguments\": {\"a\": [\"\\u00E9\"]}}\n"
    );
}
