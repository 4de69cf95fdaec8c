//! What programs of the host find around them, as they see it themselves.

use std::fs;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use qapi_tests::{Setup, Wire, need};
use serde_json::json;
use tempfile::TempDir;

use crate::sandbox::by_way_of;

/// What a script says when the agent was started by another. It has a line of input, so it runs when all about it is done.
fn said(start: &str, env: &[(&str, &str)], script: &str) -> String {
    let dir = TempDir::with_prefix("qapi-test-").expect("a temporary directory");
    let mut setup = Setup::new(by_way_of(dir.path(), &format!("{start}\nexec")));
    setup.env("PATH", "/usr/bin:/bin");
    for (name, value) in env {
        setup.env(name, value);
    }
    let agent = setup.start();
    run(&mut agent.connect(), script)
}

fn run(wire: &mut Wire, script: &str) -> String {
    let ended = wire.run(json!({
        "path": "sh",
        "arg": ["-c", format!("read -r _; {script}")],
        "input-data": "Cg==",
        "capture-output": "merged",
    }));
    let data = ended["out-data"].as_str().unwrap_or_default();
    String::from_utf8(STANDARD.decode(data).expect("base64")).expect("text")
}

#[test]
fn the_environment_is_what_the_administrator_has_set_for_all() {
    let env = [
        ("LANG", "C.UTF-8"),
        ("http_proxy", "http://proxy"),
        ("NOTIFY_SOCKET", "/run/notify"),
        ("INVOCATION_ID", "0"),
        ("LD_LIBRARY_PATH", "/absent"),
        ("BASH_ENV", "/absent"),
        ("QGA_OS_RELEASE", "/etc/os-release"),
    ];
    let said = said(
        "",
        &env,
        "env | grep -v -e ^PWD -e ^OLDPWD -e ^SHLVL -e ^_= -e ^LC_ALL | sort",
    );
    assert_eq!(
        said,
        "LANG=C.UTF-8\nPATH=/usr/bin:/bin\nhttp_proxy=http://proxy\n"
    );
}

#[test]
fn no_signal_is_ignored_or_blocked() {
    let start = "trap '' HUP INT QUIT USR1 PIPE CHLD TTOU";
    let said = said(start, &[], "grep -e ^SigBlk -e ^SigIgn /proc/self/status");
    let masks = said.lines().map(|line| {
        let (_, mask) = line.split_once('\t').expect("a mask");
        // Those from the 32nd on are the C library's own.
        u64::from_str_radix(mask, 16).expect("a number") & 0x7FFF_FFFF
    });
    assert_eq!(masks.collect::<Vec<_>>(), [0, 0], "{said}");
}

#[test]
fn nothing_is_open_but_the_standard_streams() {
    let start = "exec 7</dev/null 9>/dev/null";
    // The last is the list itself.
    assert_eq!(said(start, &[], "cd /proc/$$/fd; echo *"), "0 1 2 3\n");
}

#[test]
fn each_is_a_group_of_processes() {
    let script = "read -r _ _ _ _ group _ </proc/$$/stat; test $group = $$ && echo own";
    assert_eq!(said("", &[], script), "own\n");
}

#[test]
fn limits_and_the_mask_are_those_that_the_agent_was_started_with() {
    let start = "umask 027; ulimit -n 300; ulimit -S -c 0; ulimit -t 1000";
    let script = "umask; ulimit -n; ulimit -S -c; ulimit -t";
    assert_eq!(said(start, &[], script), "0027\n300\n0\n1000\n");
}

#[test]
fn none_is_dearer_to_the_kernel_than_others() {
    let Some(()) = need::root() else { return };
    let start = "echo -300 >/proc/$$/oom_score_adj";
    assert_eq!(said(start, &[], "cat /proc/self/oom_score_adj"), "0\n");
    // One that is to go before others takes its programs along.
    let start = "echo 200 >/proc/$$/oom_score_adj";
    assert_eq!(said(start, &[], "cat /proc/self/oom_score_adj"), "200\n");
}

#[test]
fn hooks_and_helpers_find_the_same() {
    let Some(()) = need::root() else { return };
    let dir = TempDir::with_prefix("qapi-test-").expect("a temporary directory");
    let start = "trap '' HUP USR1; echo -300 >/proc/$$/oom_score_adj; exec";
    let agent = Setup::new(by_way_of(dir.path(), start))
        .env("PATH", "%")
        .env("NOTIFY_SOCKET", "/run/notify")
        .file(
            "chpasswd",
            "#!/bin/sh\nread -r _\nread -r _ _ _ _ group session _ </proc/$$/stat\n\
             exec >seen\n[ $group = $$ ] && [ $session = $$ ] && echo own\necho \"$NOTIFY_SOCKET\"\n\
             exec /bin/cat /proc/self/oom_score_adj\n",
        )
        .start();
    let program = agent.home().join("chpasswd");
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    fs::set_permissions(program, mode).expect("a file of ours");
    let arguments = json!({"username": "user", "password": "eA==", "crypted": false});
    let reply = agent.connect().call("guest-set-user-password", arguments);
    assert_eq!(reply, json!({"return": {}}));
    let seen = fs::read_to_string(agent.home().join("seen")).expect("it was run");
    assert_eq!(seen, "own\n\n0\n");
}
