//! The program itself: one file, without libraries.

use std::fs;
use std::path::Path;
use std::process::Command;

use qapi_tests::{need, vm};

use crate::setup;

/// What a small image of a machine can spare for an agent.
const MOST_BYTES: u64 = 3_000_000;

fn readelf(what: &str, program: &Path) -> Option<String> {
    let output = Command::new(need::tool("readelf")?)
        .args([what, "--wide"])
        .arg(program)
        .output();
    Some(String::from_utf8(output.expect("it starts").stdout).expect("text"))
}

#[test]
fn the_static_agent_is_small_and_loads_nothing() {
    let Some(program) = vm::static_agent(Path::new(env!("CARGO_TARGET_TMPDIR"))) else {
        return;
    };
    let size = fs::metadata(&program).expect("it is built").len();
    assert!(size < MOST_BYTES, "it has {size} bytes");
    let Some(headers) = readelf("--program-headers", &program) else {
        return;
    };
    assert!(headers.contains("LOAD"), "these are no headers: {headers}");
    assert!(!headers.contains("INTERP"), "it wants a loader: {headers}");
    let Some(entries) = readelf("--dynamic", &program) else {
        return;
    };
    assert!(!entries.contains("NEEDED"), "it wants libraries: {entries}");
}

#[test]
fn the_static_agent_answers_on_a_virtio_port_without_udev() {
    let Some(setup) = setup() else {
        return;
    };
    let mut vm = setup.boot();
    let mut agent = vm.agent();
    agent.guest_ping().expect("it answers");
    let system = agent.guest_get_osinfo().expect("it answers");
    assert_eq!(system.id.as_deref(), Some("guest"));
    assert_eq!(
        vm.door.run("ls /dev/virtio-ports 2>&1 || true"),
        "ls: /dev/virtio-ports: No such file or directory"
    );
}
