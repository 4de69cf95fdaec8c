//! Putting the machine to sleep, and what becomes of its agent.

use serde_json::json;

use crate::{refusal, setup};

#[test]
fn a_machine_that_slept_in_memory_answers_again() {
    let Some(setup) = setup() else {
        return;
    };
    let mut vm = setup.boot();
    drop(vm.agent());
    let mut wire = vm.wire();
    let mark = vm.qmp.mark();
    wire.send(r#"{"execute":"guest-suspend-ram"}"#);
    vm.event(mark, "SUSPEND");
    let status = vm.command("query-status", json!({}));
    assert_eq!(status["status"], "suspended");

    let mark = vm.qmp.mark();
    vm.command("system_wakeup", json!({}));
    vm.event(mark, "WAKEUP");
    // No answer came to the command, since it was done.
    let replies = wire.replies_to(r#"{"execute":"guest-ping","id":1}"#);
    let replies = String::from_utf8_lossy(&replies);
    assert_eq!(replies, "{\"return\": {}, \"id\": 1}\n");
    drop(wire);
    vm.agent().guest_get_osinfo().expect("it answers");
    vm.door.run("touch /root/awake");
}

#[test]
fn a_machine_that_slept_on_its_disk_goes_on_where_it_was() {
    let Some(mut setup) = setup() else {
        return;
    };
    setup
        .second_disk()
        .memory("256M")
        .kernel("memory=vdb hibernate=nocompress")
        .args(&["-action", "shutdown=pause"]);
    let mut vm = setup.boot();
    vm.door
        .run("umount /mnt; mkswap /dev/vdb; swapon /dev/vdb; echo here >/run/note");
    drop(vm.agent());
    let mut wire = vm.wire();
    let mark = vm.qmp.mark();
    wire.send(r#"{"execute":"guest-suspend-disk"}"#);
    vm.event(mark, "SUSPEND_DISK");
    vm.event(mark, "SHUTDOWN");

    vm.command("system_reset", json!({}));
    vm.command("cont", json!({}));
    let replies = wire.replies_to(r#"{"execute":"guest-ping","id":1}"#);
    let replies = String::from_utf8_lossy(&replies);
    assert_eq!(replies, "{\"return\": {}, \"id\": 1}\n");
    // What was in memory only is still there.
    assert_eq!(vm.door.run("cat /run/note"), "here");
}

#[test]
fn a_machine_without_a_place_for_its_memory_stays_awake_and_says_so() {
    let Some(setup) = setup() else {
        return;
    };
    let mut vm = setup.boot();
    let mut agent = vm.agent();
    let unsupported = "the requested suspend mode is not supported by the guest";
    assert_eq!(refusal(agent.guest_suspend_hybrid()), unsupported);
    let refused = refusal(agent.guest_suspend_disk());
    let told = match vm.door.run("cat /sys/power/state").contains("disk") {
        true => "suspend: cannot write to '/sys/power/state': ",
        false => unsupported,
    };
    assert!(refused.starts_with(told), "{refused}");
    agent.guest_ping().expect("it is awake");
}
