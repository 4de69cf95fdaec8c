//! Programs of the host.

use std::fs;

use qapi_tests::{Setup, Wire, need};
use rustix::fs::{CWD, FileType, Mode, mknodat};
use serde_json::{Value, json};

use crate::process::{gone, peak};
use crate::{agent, program};

/// `err` and a line feed.
const ERR: &str = "ZXJyCg==";
/// `/dev/null` and a line feed.
const NULL: &str = "L2Rldi9udWxsCg==";

#[test]
fn defect_01_capturing_one_stream_leaves_the_agents_own_alone() {
    let agent = agent();
    let own = || fs::read_link(format!("/proc/{}/fd/0", agent.process()));
    let before = own().expect("it has an input");
    let mut wire = agent.connect();
    let modes = [
        ("stdout", Some(NULL), None),
        ("stderr", None, Some(ERR)),
        ("separated", Some(NULL), Some(ERR)),
        ("none", None, None),
    ];
    for (mode, out, err) in modes.iter().chain(&modes) {
        let script = "readlink /proc/$$/fd/0; echo err >&2";
        let ended = wire.run(json!({"path": "sh", "arg": ["-c", script], "capture-output": mode}));
        let data = |name: &str| ended.get(name).and_then(Value::as_str);
        assert_eq!((data("out-data"), data("err-data")), (*out, *err), "{mode}");
        assert_eq!(own().expect("it still has"), before, "{mode}");
    }
}

#[test]
fn defect_21_results_that_nobody_fetches_are_bounded() {
    const EACH: usize = 16 << 20;
    const CHILDREN: usize = 11;
    let agent = agent();
    let mut wire = agent.connect();
    let arguments = json!({
        "path": "head",
        "arg": ["-c", EACH.to_string(), "/dev/zero"],
        "capture-output": "stdout",
    });
    for _ in 0..CHILDREN {
        let started = wire.call("guest-exec", arguments.clone());
        gone(&started["return"]["pid"]);
    }
    let peak = peak(&agent);
    assert!(peak < (CHILDREN - 1) * EACH, "{peak} bytes");
}

#[test]
fn defect_21_a_number_that_is_used_again_means_the_new_program() {
    // Who is root may tell the kernel which number was the last.
    let Some(()) = need::root() else { return };
    let agent = agent();
    let mut wire = agent.connect();
    let start = |wire: &mut Wire, status: &str| {
        let arguments = json!({"path": "sh", "arg": ["-c", format!("exit {status}")]});
        let pid = wire.call("guest-exec", arguments)["return"]["pid"].take();
        gone(&pid);
        pid
    };
    // Others take numbers, too, and keep them: what is wanted is one success.
    let again = (0..100).find_map(|_| {
        let first = start(&mut wire, "1");
        let number = first.as_i64().expect("a number");
        // A thread of the agent may take the next one.
        let taken = (1..=3).any(|before| {
            let last = (number - before).to_string();
            fs::write("/proc/sys/kernel/ns_last_pid", last).expect("root may say");
            start(&mut wire, "2") == first
        });
        taken.then_some(first)
    });
    let again = again.expect("a number is used again");
    let ended = wire.call("guest-exec-status", json!({"pid": again}));
    assert_eq!(ended["return"]["exitcode"], 2);
}

#[test]
fn defect_23_output_that_was_cut_is_said_to_be() {
    let agent = agent();
    let mut wire = agent.connect();
    let bytes = ((16 << 20) + 1).to_string();
    let arguments =
        json!({"path": "head", "arg": ["-c", bytes, "/dev/zero"], "capture-output": true});
    assert_eq!(wire.run(arguments)["out-truncated"], true);
    let arguments = json!({"path": "echo", "capture-output": true});
    assert_eq!(wire.run(arguments)["out-truncated"], false);
}

#[test]
fn defect_29_pipes_of_one_program_are_not_inherited_by_others() {
    let Some(()) = need::island() else { return };
    let agent = Setup::new(program()).on_island().arg("-F/hook").start();
    let island = agent.island();
    let hook = "#!/bin/sh\ncd /proc/$$/fd; echo $1 * >>/run/heard\n";
    fs::write(island.join("hook"), hook).expect("a file of ours");
    let gate = island.join("run/gate");
    mknodat(CWD, &gate, FileType::Fifo, Mode::from_raw_mode(0o600), 0).expect("a fresh pipe");
    let mut wire = agent.connect();
    // An empty list, so that nothing is frozen.
    let hear = |wire: &mut Wire| {
        wire.call("guest-fsfreeze-freeze-list", json!({"mountpoints": []}));
        let heard = fs::read_to_string(island.join("run/heard")).expect("it was written");
        fs::remove_file(island.join("run/heard")).expect("a file of ours");
        heard
    };
    let alone = hear(&mut wire);
    assert!(alone.starts_with("freeze 0 1 "), "{alone}");
    // More than a pipe holds, so that all three pipes stay open.
    let input = "QUJD".repeat(1 << 16);
    let arguments = json!({
        "path": "/bin/sh",
        "arg": ["-c", "read line </run/gate"],
        "input-data": input,
        "capture-output": true,
    });
    let pid = wire.call("guest-exec", arguments)["return"]["pid"].take();
    assert_eq!(hear(&mut wire), alone);
    let list = "cd /proc/$$/fd; echo *";
    let arguments = json!({"path": "/bin/sh", "arg": ["-c", list], "capture-output": true});
    // `0 1 2 3` and a line feed: the last is the list itself.
    assert_eq!(wire.run(arguments)["out-data"], "MCAxIDIgMwo=");
    fs::write(gate, "\n").expect("somebody reads");
    gone(&pid);
}
