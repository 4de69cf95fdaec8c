//! What a policy forbids looks as it does with the C agent and the same commands in its list.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use qapi_tests::{Agent, Setup};
use tempfile::TempDir;

use crate::agents::{Theirs, ours};

/// What the profile `backup` leaves out and the C agent has as well.
const BLOCKED: &[&str] = &[
    "guest-exec",
    "guest-exec-status",
    "guest-file-close",
    "guest-file-flush",
    "guest-file-open",
    "guest-file-read",
    "guest-file-seek",
    "guest-file-write",
    "guest-fstrim",
    "guest-set-memory-blocks",
    "guest-set-time",
    "guest-set-user-password",
    "guest-set-vcpus",
    "guest-shutdown",
    "guest-ssh-add-authorized-keys",
    "guest-ssh-get-authorized-keys",
    "guest-ssh-remove-authorized-keys",
    "guest-suspend-disk",
    "guest-suspend-hybrid",
    "guest-suspend-ram",
];

/// Which commands an agent lists, and whether they can be used.
fn listed(agent: &Agent) -> BTreeMap<String, bool> {
    let info = agent.connect().ask("{'execute': 'guest-info'}");
    let commands = info["return"]["supported_commands"].as_array();
    let entry = |command: &serde_json::Value| {
        let name = command["name"].as_str().expect("a name").to_owned();
        (name, command["enabled"].as_bool().expect("a decision"))
    };
    commands.expect("a list").iter().map(entry).collect()
}

/// What is answered to each of them, with arguments that do not fit and without an id.
fn refusals(agent: &Agent) -> Vec<String> {
    let request = |command: &&str| {
        let mut wire = agent.connect();
        wire.send(format!(
            "{{'execute': '{command}', 'arguments': {{'x': 1}}}}\n"
        ));
        String::from_utf8(wire.line()).expect("text")
    };
    BLOCKED.iter().map(request).collect()
}

fn with_policy(program: &Path, rules: &str) -> (TempDir, Agent) {
    let dir = TempDir::with_prefix("qapi-test-").expect("a temporary directory");
    fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o755)).expect("permissions");
    let file = dir.path().join("10-rules.toml");
    fs::write(&file, rules).expect("a fresh file");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).expect("permissions");
    let mut setup = Setup::new(program);
    let config = format!("[general]\npolicy-dir={}\n", dir.path().display());
    setup.file("config", &config).arg("-c").arg("config");
    let agent = setup.start();
    (dir, agent)
}

#[test]
fn what_a_policy_forbids_looks_as_if_it_were_in_the_list() {
    let Some(theirs) = Theirs::find() else {
        return;
    };
    let (theirs, _) = theirs.both(|program| {
        let is_ours = program == ours();
        (!is_ours).then(|| {
            let mut setup = Setup::new(program);
            let agent = setup.arg("-b").arg(&BLOCKED.join(",")).start();
            (listed(&agent), refusals(&agent))
        })
    });
    let theirs = theirs.expect("the C agent");
    let quoted: Vec<_> = BLOCKED.iter().map(|name| format!("'{name}'")).collect();
    let list = format!("[[rule]]\ndeny = [{}]\n", quoted.join(", "));
    for rules in [list.as_str(), "[[rule]]\nprofile = 'backup'\n"] {
        let (_dir, agent) = with_policy(&ours(), rules);
        let ours = listed(&agent);
        for (name, enabled) in &theirs.0 {
            assert_eq!(ours.get(name), Some(enabled), "{name}");
        }
        assert_eq!(refusals(&agent), theirs.1);
    }
}
