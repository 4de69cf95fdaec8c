//! What ends a freeze.

use std::fs;
use std::io::Write;

use rustix::process::{Signal, kill_process};
use serde_json::json;

use crate::{Island, freeze, guard, setup, status, wait_for};

#[test]
fn an_agent_that_is_killed_leaves_nothing_frozen() {
    let Some(mut setup) = setup() else { return };
    let agent = setup.on_island().arg("-F/hook").start();
    let island = Island::of(&agent);
    assert_eq!(guard(&agent), None, "nothing is frozen yet");
    freeze(&agent);
    assert!(island.is_marked());
    let guard = guard(&agent).expect("a guard");
    // It cannot be asked to end.
    for signal in [Signal::TERM, Signal::INT, Signal::HUP, Signal::USR1] {
        kill_process(guard, signal).expect("it is there");
    }
    kill_process(agent.process(), Signal::KILL).expect("it is ours");
    wait_for("the end of the freeze", || !island.is_marked());
    island.write();
    wait_for("the hook", || island.heard() == "freeze\nthaw\n");
}

#[test]
fn a_freeze_whose_time_is_over_is_thawed_and_told() {
    let Some(mut setup) = setup() else { return };
    setup.on_island().arg("-F/hook").arg("--freeze-timeout=1");
    let agent = setup.start();
    let island = Island::of(&agent);
    freeze(&agent);
    assert_eq!(status(&agent), "frozen");
    wait_for("the end of the freeze", || status(&agent) == "thawed");
    island.write();
    assert_eq!(island.heard(), "freeze\nthaw\n");
    assert!(!island.is_marked() && guard(&agent).is_none());
    let told = "file systems were frozen for 1 seconds without a thaw: 3 are thawed";
    assert!(agent.said().contains(told), "{}", agent.said());
    let reply = agent.connect().call("guest-fsfreeze-thaw", json!({}));
    assert_eq!(reply["return"], 0, "{reply}");
    // And everything can begin anew.
    freeze(&agent);
    let reply = agent.connect().call("guest-fsfreeze-thaw", json!({}));
    assert_eq!(reply["return"], 3, "{reply}");
    assert_eq!(guard(&agent), None);
}

#[test]
fn without_a_limit_of_time_a_freeze_waits_for_its_thaw() {
    let Some(mut setup) = setup() else { return };
    let agent = setup.on_island().arg("--freeze-timeout=0").start();
    freeze(&agent);
    let pid = guard(&agent).expect("a guard").as_raw_nonzero();
    let words = fs::read(format!("/proc/{pid}/cmdline")).expect("a process");
    assert!(words.starts_with(b"qga-guard\0--guard\x000\0"), "{words:?}");
    let reply = agent.connect().call("guest-fsfreeze-thaw", json!({}));
    assert_eq!(reply["return"], 3, "{reply}");
}

#[test]
fn a_guard_that_is_killed_is_replaced() {
    let Some(mut setup) = setup() else { return };
    let agent = setup.on_island().arg("-F/hook").start();
    let island = Island::of(&agent);
    freeze(&agent);
    let first = guard(&agent).expect("a guard");
    kill_process(first, Signal::KILL).expect("it is there");
    wait_for("another guard", || {
        guard(&agent).is_some_and(|second| second != first)
    });
    assert_eq!(status(&agent), "frozen");
    kill_process(agent.process(), Signal::KILL).expect("it is ours");
    wait_for("the hook", || island.heard() == "freeze\nthaw\n");
    island.write();
}

#[test]
fn an_agent_that_is_killed_while_the_hook_runs_tells_it_of_the_end() {
    let Some(mut setup) = setup() else { return };
    let agent = setup.on_island().arg("-F/hook").start();
    let island = Island::of(&agent);
    let gate = island.path("run/gate");
    rustix::fs::mknodat(
        rustix::fs::CWD,
        &gate,
        rustix::fs::FileType::Fifo,
        rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR,
        0,
    )
    .expect("a pipe");
    let mut wire = agent.connect();
    wire.send(b"{\"execute\":\"guest-fsfreeze-freeze\"}\n");
    let mut gate = fs::OpenOptions::new()
        .write(true)
        .open(gate)
        .expect("the hook waits");
    kill_process(agent.process(), Signal::KILL).expect("it is ours");
    gate.write_all(b"\n").expect("the hook reads");
    // Not before it has come to its end.
    wait_for("the hook", || island.heard() == "freeze\nthaw\n");
    assert!(!island.is_marked());
    island.write();
}

#[test]
fn a_hook_that_fails_at_the_thaw_is_told_and_nothing_is_left() {
    let Some(mut setup) = setup() else { return };
    let agent = setup.on_island().arg("-F/hook").start();
    let island = Island::of(&agent);
    freeze(&agent);
    fs::write(island.path("hook"), "#!/bin/sh\necho no; exit 1\n").expect("a hook");
    let reply = agent.connect().call("guest-fsfreeze-thaw", json!({}));
    let told = "child process has failed to execute fsfreeze hook: no\n";
    assert_eq!(reply["error"]["desc"], told, "{reply}");
    assert_eq!(status(&agent), "thawed");
    assert!(guard(&agent).is_none() && !island.is_marked());
    island.write();
}

#[test]
fn an_administrator_who_takes_the_mark_away_is_believed() {
    let Some(mut setup) = setup() else { return };
    let agent = setup.on_island().arg("-F/hook").start();
    let island = Island::of(&agent);
    freeze(&agent);
    fs::remove_file(island.path("run/qga.state.isfrozen")).expect("a mark");
    assert_eq!(status(&agent), "thawed");
    island.write();
    assert_eq!(island.heard(), "freeze\nthaw\n");
}
