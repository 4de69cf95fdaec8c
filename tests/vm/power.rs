//! The end of a machine, by whoever can bring it about.

use std::thread;
use std::time::{Duration, Instant};

use qapi_tests::vm::{Setup, Vm};
use qapi_tests::{PATIENCE, Wire};
use serde_json::json;

use crate::setup;

/// How long to leave a machine alone between two looks at what it prints.
const BETWEEN_LOOKS: Duration = Duration::from_millis(20);

/// Has the machine reboot, halt and power off, in this order; its agent is back after the first two.
fn end_in_every_way(setup: Setup) {
    let mut vm = setup.boot();
    reboot(&mut vm);
    halt(&mut vm);
    power_off(&mut vm);
}

fn reboot(vm: &mut Vm) {
    let mark = vm.qmp.mark();
    let mut wire = ask_for(vm, "reboot");
    let reset = vm.event(mark, "RESET");
    assert_eq!(reset, json!({"guest": true, "reason": "guest-reset"}));
    vm.wait_until_booted();
    assert_silent(&wire.replies_to(""));
}

/// QEMU does not hear of it: all processors sleep, and nothing can wake them up but a reset.
fn halt(vm: &mut Vm) {
    let mut wire = ask_for(vm, "halt");
    let deadline = Instant::now() + PATIENCE;
    while !is_halted(vm) {
        assert!(Instant::now() < deadline, "it goes on:\n{}", vm.console());
        thread::sleep(BETWEEN_LOOKS);
    }
    let status = vm.command("query-status", json!({}));
    assert_eq!(status["status"], "running");
    vm.command("system_reset", json!({}));
    vm.wait_until_booted();
    assert_silent(&wire.replies_to(""));
}

/// Whether the kernel has said so, and its processor has come to rest.
fn is_halted(vm: &Vm) -> bool {
    let question = json!({"command-line": "info registers"});
    let registers = vm.command("human-monitor-command", question);
    let registers = registers.as_str().expect("text");
    vm.console().contains("System halted") && registers.contains("HLT=1")
}

fn power_off(vm: &mut Vm) {
    let mark = vm.qmp.mark();
    let mut wire = ask_for(vm, "powerdown");
    let shutdown = vm.event(mark, "SHUTDOWN");
    let expected = json!({"guest": true, "reason": "guest-shutdown"});
    assert_eq!(shutdown, expected);
    vm.qemu().wait_for_end();
    assert_silent(&wire.rest());
}

/// Asks for it, and leaves the reply to be read: a success has none.
fn ask_for(vm: &Vm, mode: &str) -> Wire {
    drop(vm.agent());
    let mut wire = vm.wire();
    let request = json!({"execute": "guest-shutdown", "arguments": {"mode": mode}});
    wire.send(request.to_string());
    wire
}

#[track_caller]
fn assert_silent(replies: &[u8]) {
    assert_eq!(replies.escape_ascii().to_string(), "");
}

#[test]
fn programs_end_the_machine() {
    let Some(setup) = setup() else {
        return;
    };
    end_in_every_way(setup);
}

#[test]
fn the_first_process_ends_a_machine_without_programs_for_it() {
    let Some(mut setup) = setup() else {
        return;
    };
    setup.kernel("without=\"/sbin/poweroff /sbin/halt /sbin/reboot\"");
    end_in_every_way(setup);
}

#[test]
fn the_agent_ends_a_machine_where_nobody_else_can() {
    let Some(mut setup) = setup() else {
        return;
    };
    setup.kernel("without=\"/sbin/poweroff /sbin/halt /sbin/reboot\" first=/etc/plain");
    end_in_every_way(setup);
}
