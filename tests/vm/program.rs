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

#[test]
fn the_self_test_tells_what_works_on_a_machine() {
    let Some(setup) = setup() else {
        return;
    };
    let mut vm = setup.boot();
    drop(vm.agent());
    let asked = "qga-server --self-test -b guest-exec,guest-exec-status";
    let (report, status) = vm.door.try_run(asked).expect("it ends");
    assert_eq!(status, 3, "{report}");
    for line in [
        "channel           works    /dev/vport1p2",
        "freeze            works    1 file systems; --freeze-plan tells which",
        "set time          works    the clock of the system and that in hardware",
        "passwords         works    by chpasswd",
        "programs          fails    refused by the configuration: guest-exec, guest-exec-status",
        "shutdown          works    by a program for it",
        "suspend to RAM    works    by the kernel",
        "suspend to both   fails    neither systemd nor pm-utils nor the kernel can do it",
    ] {
        assert!(
            report.lines().any(|told| told == line),
            "{line}\n\n{report}"
        );
    }
    // Nothing has happened.
    vm.agent().guest_ping().expect("it answers");
    let (said, status) = vm
        .door
        .try_run("qga-server --self-test -m nothing -p x")
        .expect("it ends");
    assert_eq!((said.contains("nothing"), status), (true, 1), "{said}");
}
