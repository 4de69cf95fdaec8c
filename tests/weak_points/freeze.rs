//! Freezing, on an island.

use std::fs;
use std::process::Command;
use std::thread;

use qapi_tests::{Setup, need};
use rustix::fs::AtFlags;
use serde_json::json;

use crate::program;

#[test]
fn defect_14_a_hidden_file_system_keeps_no_other_from_being_frozen() {
    let Some(()) = need::island() else { return };
    let agent = Setup::new(program()).on_island().start();
    fs::create_dir(agent.island().join("tmp/deep")).expect("a fresh directory");
    let mut wire = agent.connect();
    let hide = "mount --move /btrfs /tmp/deep && mount -t tmpfs over /tmp";
    let ended = wire.run(json!({"path": "/bin/sh", "arg": ["-c", hide]}));
    assert_eq!(ended["exitcode"], 0);
    for command in ["guest-fsfreeze-freeze", "guest-fsfreeze-thaw"] {
        let reply = wire.call(command, json!({}));
        assert_eq!(reply["return"], 2, "{command}: {reply}");
    }
}

#[test]
fn defect_15_hooks_hear_of_the_end_even_if_nothing_was_frozen() {
    let Some(()) = need::island() else { return };
    let agent = Setup::new(program()).on_island().arg("-F/hook").start();
    let mut wire = agent.connect();
    for chosen in [json!([]), json!(["/nowhere"])] {
        let reply = wire.call("guest-fsfreeze-freeze-list", json!({"mountpoints": chosen}));
        assert_eq!(reply["return"], 0, "{reply}");
    }
    let heard = fs::read_to_string(agent.island().join("run/heard"));
    assert_eq!(
        heard.expect("it was written"),
        "freeze\nthaw\nfreeze\nthaw\n"
    );
}

#[test]
fn defect_17_an_agent_that_is_told_to_end_thaws_first() {
    let Some(()) = need::island() else { return };
    let agent = Setup::new(program()).on_island().arg("-F/hook").start();
    let island = fs::File::open(agent.island().join("run")).expect("a directory");
    let reply = agent.connect().call("guest-fsfreeze-freeze", json!({}));
    assert_eq!(reply["return"], 3, "{reply}");
    assert!(agent.terminate().success());
    // The island is there as long as something in it is open.
    let left = |name| rustix::fs::statat(&island, name, AtFlags::empty()).is_ok();
    assert!(left("heard") && !left("qga.state.isfrozen"));
}

#[test]
fn a_log_on_a_file_system_that_somebody_froze_holds_up_nobody() {
    let Some(()) = need::island() else { return };
    let Some(fsfreeze) = need::tool("fsfreeze") else {
        return;
    };
    let agent = Setup::new(program())
        .on_island()
        .arg("-v")
        .arg("-l/ext4/log")
        .start();
    let mut wire = agent.connect();
    let place = agent.island().join("ext4");
    let frozen = Command::new(fsfreeze).arg("-f").arg(&place).status();
    assert!(frozen.expect("a program").success());
    for _ in 0..20 {
        assert_eq!(wire.call("guest-ping", json!({}))["return"], json!({}));
    }
    // This thaws what others have frozen, too.
    let thawed = wire.call("guest-fsfreeze-thaw", json!({}));
    assert_eq!(thawed["return"], 1, "{thawed}");
    let told = || {
        let log = fs::read_to_string(place.join("log")).expect("text");
        log.matches("guest-ping succeeded").count()
    };
    while told() < 20 {
        thread::yield_now();
    }
}
