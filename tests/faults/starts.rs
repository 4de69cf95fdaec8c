//! The start of an agent: its state, its pid file, its socket, its way to the background.

use std::fs;

use qapi_tests::need;
use serde_json::json;

use crate::faults::Fault;
use crate::points::{self, Point};
use crate::stage::{Agent, Meddler, Report, Stage, Start, Talk, wait_until};

/// With the first call of this name the work of the C library is done, and that of Rust begins.
const FIRST_CALL: &str = "poll";
const AT_A_TIME: usize = 4;

/// What a former agent has left: a counter, a pid file that nobody has locked, a socket that nobody listens at.
fn used_stage(arguments: &[&str]) -> Stage {
    let stage = fresh_stage(arguments);
    fs::write(stage.path("state/qga.state"), "[global]\nfd_counter=1005\n")
        .expect("a file of ours");
    fs::write(stage.path("home/pid"), "2147483647\n").expect("a file of ours");
    drop(std::os::unix::net::UnixListener::bind(stage.socket()).expect("a socket of ours"));
    stage
}

fn fresh_stage(arguments: &[&str]) -> Stage {
    let mut stage = Stage::new();
    stage.arguments = arguments
        .iter()
        .map(|argument| (*argument).to_owned())
        .collect();
    stage
}

/// Starts an agent with one fault, and the next without any.
fn try_start(stage: &Stage, first_handle: i64, point: &Point) -> Report {
    let mut agent = stage.spawn(Start::Stopped);
    assert!(wait_until(|| agent.is_stopped()), "a shell stops itself");
    let meddler = Meddler::begin(agent.pid(), point, Some(FIRST_CALL));
    agent.go_on();
    let serves = || {
        Talk::with(&stage.socket())
            .call("guest-ping", json!({}))
            .is_some()
    };
    // A daemon is another process than the one that was started, whose end tells what has become of it.
    let is_settled = |agent: &mut Agent| {
        wait_until(|| serves() || (!agent.is_running() && stage.agents().is_empty()))
    };
    assert!(
        is_settled(&mut agent),
        "it comes up or ends:\n{}",
        stage.log()
    );
    let report = meddler.end();
    let was_killed = report.hit.is_some() && point.fault == Fault::Kill;
    // It may have been killed behind its first reply.
    assert!(
        is_settled(&mut agent),
        "who has started serves:\n{}",
        stage.log()
    );
    let is_up = !stage.agents().is_empty();
    if is_up {
        assert!(
            wait_until(serves),
            "who has started serves:\n{}",
            stage.log()
        );
    } else {
        assert!(agent.ends());
        if !was_killed {
            assert!(!agent.succeeded(), "who does not start fails");
            assert!(!stage.log().is_empty(), "and says why");
        }
    }
    check_pid_file(stage, is_up);
    stage.end_agents();
    drop(agent);

    let next = stage.spawn(Start::Running);
    assert!(
        wait_until(serves),
        "the next agent starts:\n{}",
        stage.log()
    );
    let open = json!({"path": "/dev/null"});
    let handle = Talk::with(&stage.socket()).returned("guest-file-open", open);
    assert_eq!(
        handle,
        Some(json!(first_handle)),
        "no handle is given out twice, and none is lost"
    );
    check_pid_file(stage, true);
    assert_eq!(
        stage.names("state"),
        ["qga.state"],
        "nothing is left behind"
    );
    stage.end_agents();
    drop(next);
    report
}

/// Whoever is up stands in the pid file. Who is not has left it as it was, empty, or whole.
fn check_pid_file(stage: &Stage, is_up: bool) {
    // An agent that cannot know that nothing is frozen writes it after the thaw only.
    if !stage.is_daemon() || stage.log().contains("has left file systems frozen") {
        return;
    }
    let content = stage.read("home/pid").unwrap_or_default();
    let content = String::from_utf8(content).expect("text");
    let number = content
        .strip_suffix('\n')
        .and_then(|number| number.parse().ok());
    let pids: Vec<i32> = stage
        .agents()
        .iter()
        .map(|pid| pid.as_raw_nonzero().get())
        .collect();
    match is_up {
        true => assert!(
            number.is_some_and(|pid| pids.contains(&pid)),
            "{content:?}, {pids:?}"
        ),
        false => assert!(content.is_empty() || number.is_some(), "{content:?}"),
    }
}

fn survives(name: &str, stage: impl Fn() -> Stage + Sync, first_handle: i64) {
    if need::root().is_none() {
        return;
    }
    let clean = try_start(&stage(), first_handle, &Point::nowhere());
    let points = points::choose(&clean.calls);
    let tally = points::try_all(&points, AT_A_TIME, |point| {
        try_start(&stage(), first_handle, point).hit.is_some()
    });
    tally.tell(name, clean.calls.len());
}

#[test]
fn the_first_start_succeeds_or_tells_why_not() {
    survives("the first start", || fresh_stage(&[]), 1000);
}

#[test]
fn the_next_start_succeeds_or_tells_why_not() {
    survives("the next start", || used_stage(&[]), 1005);
}

#[test]
fn a_daemon_starts_or_tells_why_not() {
    survives("a daemon", || used_stage(&["-d", "-f", "pid"]), 1005);
}
