//! Freezing and thawing, on an island.

use std::fs;
use std::process::{Command, Stdio};
use std::sync::Arc;

use qapi_tests::need;
use serde_json::{Value, json};

use crate::conversation::{Conversation, survives_each};
use crate::stage::{Island, Stage, Talk, wait_until};

const SYSTEMS: [&str; 3] = ["ext4", "xfs", "btrfs"];

struct Frozen(Arc<Island>);

#[derive(Debug)]
struct Memory {
    frozen: Option<Value>,
    thawed: Option<Value>,
}

impl Conversation for Frozen {
    type Memory = Memory;

    fn stage(&self) -> Stage {
        let stage = Stage::on(&self.0);
        let _ = fs::remove_file(stage.path("run/heard"));
        stage
    }

    fn run(&self, _: &Stage, talk: &mut Talk) -> Memory {
        if talk.returned("guest-fsfreeze-status", json!({})) == Some(json!("frozen")) {
            // A former agent could not take its mark away.
            talk.call("guest-fsfreeze-thaw", json!({}));
        }
        let frozen = talk.call("guest-fsfreeze-freeze", json!({}));
        let status = talk.returned("guest-fsfreeze-status", json!({}));
        if let (Some(frozen), Some(status)) = (&frozen, status) {
            let is_frozen = frozen["return"].as_u64() > Some(0);
            let expected = if is_frozen { "frozen" } else { "thawed" };
            assert_eq!(status, expected, "after {frozen}");
        }
        let mut thawed = talk.returned("guest-fsfreeze-thaw", json!({}));
        if thawed.is_none() {
            // As hosts do it, who have to get the guest going again.
            thawed = talk.returned("guest-fsfreeze-thaw", json!({}));
        }
        let status = talk.returned("guest-fsfreeze-status", json!({}));
        if let (Some(thawed), Some(status)) = (&thawed, status) {
            assert_eq!(status, "thawed", "after {thawed}");
        }
        Memory {
            frozen: frozen.and_then(|mut reply| reply.as_object_mut()?.remove("return")),
            thawed,
        }
    }

    fn check(&self, stage: &Stage, _: &Memory) {
        assert!(wait_until(|| !self.0.is_inhabited()), "guard and hook end");
        for name in SYSTEMS {
            assert!(!thaw(stage, name), "{name} is left frozen");
        }
        let heard = fs::read_to_string(stage.path("run/heard")).unwrap_or_default();
        // Not the order: a hook that the guard was just starting when it was killed is nobody's, and may be late.
        let times = |event| heard.lines().filter(|line| *line == event).count();
        assert!(
            times("freeze") <= times("thaw"),
            "the hook hears of the end: {heard:?}"
        );
    }

    fn check_again(&self, stage: &Stage, _: &Memory, memory: &Memory) {
        assert_eq!(memory.frozen, Some(json!(3)));
        assert_eq!(memory.thawed, Some(json!(3)));
        assert_eq!(
            stage.names("state"),
            ["qga.state"],
            "nothing is left behind"
        );
    }
}

/// Thaws a file system; false, if it is not frozen.
fn thaw(stage: &Stage, name: &str) -> bool {
    let status = Command::new("fsfreeze")
        .arg("--unfreeze")
        .arg(stage.path(name))
        .stderr(Stdio::null())
        .status();
    status.expect("a tool of every Debian").success()
}

#[test]
fn nothing_stays_frozen_whatever_the_kernel_does() {
    let tools = ["nsenter", "fsfreeze"].map(need::tool);
    if need::island().is_some() && tools.iter().all(Option::is_some) {
        survives_each("freezing", &Frozen(Island::new()), 1);
    }
}
