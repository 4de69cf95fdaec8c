//! Clients that misbehave, and signals.

use std::fs;
use std::io::{Read, Write};
use std::os::unix::process::ExitStatusExt;
use std::path::Path;

use rustix::process::Signal;

use crate::running::{Running, ask, ping};

#[test]
fn signals_end_the_agent_cleanly() {
    for signal in [Signal::TERM, Signal::INT] {
        let mut agent = Running::start();
        let mut client = agent.connect();
        assert_eq!(ping(&mut client), "{\"return\": {}}\n");
        agent.signal(signal);
        let status = agent.child.wait().expect("an end");
        assert_eq!(status.code(), Some(0), "{signal:?}");
        assert!(!agent.socket().exists());
        assert!(agent.dir.path().join("qga.state").exists());
    }
}

#[test]
fn clients_that_leave_their_answers_unread_do_no_harm() {
    let agent = Running::start();
    for _ in 0..3 {
        let mut rude = agent.connect();
        assert_eq!(ping(&mut rude), "{\"return\": {}}\n");
        for _ in 0..100 {
            rude.get_mut()
                .write_all(b"{'execute': 'guest-info'}")
                .expect("a listener");
        }
        drop(rude);
        assert_eq!(ping(&mut agent.connect()), "{\"return\": {}}\n");
    }
}

#[test]
fn a_client_that_leaves_at_once_is_obeyed() {
    let agent = Running::start();
    let file = |number| agent.dir.path().join(format!("file-{number}"));
    let mut hasty = agent.connect();
    for number in 0..3 {
        let (open, path) = ("'execute': 'guest-file-open'", file(number));
        let request = format!(
            "{{{open}, 'arguments': {{'path': '{}', 'mode': 'w'}}}}",
            path.display()
        );
        hasty
            .get_mut()
            .write_all(request.as_bytes())
            .expect("a listener");
    }
    drop(hasty);
    let mut other = agent.connect();
    while !(0..3).all(|number| file(number).exists()) {
        assert_eq!(ping(&mut other), "{\"return\": {}}\n");
    }
}

#[test]
fn a_client_that_never_reads_does_not_hold_up_the_end() {
    let mut agent = Running::start();
    let mut deaf = agent.connect();
    assert_eq!(ping(&mut deaf), "{\"return\": {}}\n");
    deaf.get_ref().set_nonblocking(true).expect("a socket");
    // Until the agent, stuck with its answers, takes no more.
    while deaf.get_mut().write(b"{'execute': 'guest-info'}").is_ok() {}
    agent.signal(Signal::TERM);
    assert_eq!(agent.child.wait().expect("an end").code(), Some(0));
}

#[test]
fn pending_requests_are_answered_before_a_half_closed_client_is_left() {
    let agent = Running::start();
    let mut client = agent.connect();
    client
        .get_mut()
        .write_all(b"{'execute': 'guest-ping'}{'execute': 'guest-ping'}")
        .expect("room");
    client
        .get_ref()
        .shutdown(std::net::Shutdown::Write)
        .expect("a socket");
    let mut answers = String::new();
    client.read_to_string(&mut answers).expect("answers");
    assert_eq!(answers, "{\"return\": {}}\n{\"return\": {}}\n");
}

#[test]
fn handles_survive_a_client_and_numbers_survive_the_agent() {
    let agent = Running::start();
    let open = r#"{"execute": "guest-file-open", "arguments": {"path": "/dev/null"}}"#;
    assert_eq!(ask(&mut agent.connect(), open), "{\"return\": 1000}\n");
    let close = r#"{"execute": "guest-file-close", "arguments": {"handle": 1000}}"#;
    assert_eq!(ask(&mut agent.connect(), close), "{\"return\": {}}\n");
    let state = Path::new(agent.dir.path()).join("qga.state");
    assert_eq!(
        fs::read_to_string(state).expect("a state"),
        "[global]\nfd_counter=1001\n"
    );
}

#[test]
fn other_signals_end_the_agent_as_they_end_any_program() {
    // Without a policy SIGHUP is another one, too. But whoever runs the tests may ignore it.
    let mut agent = Running::start();
    assert_eq!(ping(&mut agent.connect()), "{\"return\": {}}\n");
    agent.signal(Signal::USR1);
    let status = agent.child.wait().expect("an end");
    assert_eq!(status.signal(), Some(Signal::USR1.as_raw()));
}
