//! What a freeze does to each file system, and when.

use std::fs;
use std::process::Command;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use qapi_tests::{Agent, need};
use serde_json::json;

use crate::{Island, freeze, setup};

/// What a shell prints on the island.
#[track_caller]
fn sh(agent: &Agent, script: &str) -> String {
    let arguments = json!({"path": "/bin/sh", "arg": ["-ec", script], "capture-output": "merged"});
    let ended = agent.connect().run(arguments);
    let output = ended["out-data"].as_str().unwrap_or_default();
    let output = STANDARD.decode(output).expect("base64");
    let output = String::from_utf8(output).expect("text");
    assert_eq!(ended["exitcode"], 0, "{script}: {output}");
    output
}

/// Puts an image of a file system on the ext4 of the island.
fn put_image(island: &Island) {
    let image = island.path("ext4/image");
    let file = fs::File::create(&image).expect("room");
    file.set_len(4 << 20).expect("room");
    let mkfs = need::tool("mkfs.ext4").expect("an island needs it");
    let made = Command::new(mkfs).arg("-qF").arg(&image).output();
    let made = made.expect("it starts");
    assert!(made.status.success(), "{made:?}");
}

#[test]
fn an_image_is_frozen_before_the_file_system_that_it_lies_on() {
    let Some(mut setup) = setup() else { return };
    let agent = setup.on_island().start();
    let island = Island::of(&agent);
    put_image(&island);
    // The ext4 is mounted after what lies on it, so that the other order would wait for ever.
    sh(
        &agent,
        "mount -o loop /ext4/image /machine
         mount --bind /ext4 /tmp
         umount -l /ext4",
    );
    let plan = sh(&agent, "/bin/agent-under-test --freeze-plan");
    let place = |point: &str| {
        let mut lines = plan.lines();
        let found = lines.position(|line| line.starts_with(point));
        found.unwrap_or_else(|| panic!("no {point} in {plan}"))
    };
    assert!(place("/machine") < place("/tmp"), "{plan}");
    for _ in 0..2 {
        let mut wire = agent.connect();
        let reply = wire.call("guest-fsfreeze-freeze", json!({}));
        assert_eq!(reply["return"], 4, "{reply}");
        let reply = wire.call("guest-fsfreeze-thaw", json!({}));
        assert_eq!(reply["return"], 4, "{reply}");
    }
    sh(&agent, "umount /machine");
}

#[test]
fn what_is_seen_in_two_places_is_frozen_once_and_an_overlay_is_left_out() {
    let Some(mut setup) = setup() else { return };
    let agent = setup.on_island().start();
    let island = Island::of(&agent);
    for name in ["xfs/up", "xfs/work"] {
        fs::create_dir(island.path(name)).expect("a fresh directory");
    }
    sh(
        &agent,
        "mount --bind /xfs /machine
         mount -t overlay -o lowerdir=/ext4,upperdir=/xfs/up,workdir=/xfs/work over /tmp",
    );
    let plan = sh(&agent, "/bin/agent-under-test --freeze-plan");
    let lines: Vec<String> = plan
        .lines()
        .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "))
        .collect();
    let has = |point: &str, end: &str| {
        let mut lines = lines.iter();
        lines.any(|line| line.starts_with(&format!("{point} ")) && line.ends_with(end))
    };
    assert!(
        has("/machine", "skip the same file system as /xfs"),
        "{plan}"
    );
    assert!(has("/xfs", "xfs freeze"), "{plan}");
    let overlay = "skip what is written to it goes to /xfs";
    assert!(has("/tmp", overlay), "{plan}");
    freeze(&agent);
    let reply = agent.connect().call("guest-fsfreeze-thaw", json!({}));
    assert_eq!(reply["return"], 3, "{reply}");
}
