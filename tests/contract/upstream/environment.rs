//! Files that environment variables name.

use std::fs;
use std::process::Command;

use serde_json::Value;

use super::Fixture;
use crate::program;

const SETTINGS: &str = "[general]
daemon=false
method=virtio-serial
path=/path/to/org.qemu.guest_agent.0
pidfile=/var/foo/qemu-ga.pid
statedir=/var/state
verbose=true
block-rpcs=guest-ping;guest-get-time
";

const OS_RELEASE: &str = r#"
ID=qemu-ga-test
NAME=QEMU-GA
PRETTY_NAME="QEMU Guest Agent test"
VERSION="Test 1"
VERSION_ID=1
VARIANT="Unit test \"\'\$\`\\ and \\\\ etc."
VARIANT_ID=unit-test
"#;

#[test]
fn config() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("config");
    fs::write(&path, SETTINGS).expect("a fresh file");
    let output = Command::new(program())
        .arg("-D")
        .env_clear()
        .env("QGA_CONF", path)
        .output()
        .expect("the program starts");
    assert_eq!(output.status.code(), Some(0));
    assert!(output.stderr.is_empty());
    let text = String::from_utf8(output.stdout).expect("text");
    assert!(text.starts_with("[general]\n"), "{text}");
    for line in SETTINGS.lines().filter(|line| !line.starts_with("block")) {
        assert!(text.lines().any(|dumped| dumped == line), "{line}: {text}");
    }
    let refused = text
        .lines()
        .find_map(|line| line.strip_prefix("block-rpcs="));
    let refused = refused.expect("a list").trim_end_matches(';');
    assert_eq!(refused.split(';').count(), 2, "{refused}");
}

#[test]
fn guest_get_osinfo() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("os-release");
    fs::write(&path, OS_RELEASE).expect("a fresh file");
    let path = path.to_str().expect("text");
    let info = Fixture::with(&[], &[("QGA_OS_RELEASE", path)]).returned("guest-get-osinfo");
    for (member, value) in [
        ("id", "qemu-ga-test"),
        ("name", "QEMU-GA"),
        ("pretty-name", "QEMU Guest Agent test"),
        ("version", "Test 1"),
        ("version-id", "1"),
        ("variant", r#"Unit test "'$`\ and \\ etc."#),
        ("variant-id", "unit-test"),
    ] {
        assert_eq!(info[member], Value::from(value), "{member}");
    }
}
