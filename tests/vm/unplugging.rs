//! Ports that are taken away.

use qapi_tests::vm::Vm;
use serde_json::json;

use crate::setup;

fn unplug(vm: &Vm) {
    let mark = vm.qmp.mark();
    vm.command("device_del", json!({"id": "port"}));
    vm.event(mark, "DEVICE_DELETED");
}

#[test]
fn an_agent_that_is_to_wait_for_its_port_serves_it_when_it_is_back() {
    let Some(mut setup) = setup() else {
        return;
    };
    setup.agent("-m virtio-serial -r");
    let mut vm = setup.boot();
    vm.agent().guest_ping().expect("it answers");
    unplug(&vm);
    vm.door
        .run("while grep -q guest_agent /sys/class/virtio-ports/*/name; do usleep 10000; done");
    let mark = vm.qmp.mark();
    let port = json!({
        "driver": "virtserialport",
        "id": "port",
        "chardev": "agent",
        "name": "org.qemu.guest_agent.0",
    });
    vm.command("device_add", port);
    let change = vm.event(mark, "VSERPORT_CHANGE");
    assert_eq!(change, json!({"id": "port", "open": true}));
    vm.agent().guest_ping().expect("it answers");
}

#[test]
fn an_agent_that_is_not_to_wait_ends_with_its_port() {
    let Some(setup) = setup() else {
        return;
    };
    let mut vm = setup.boot();
    vm.agent().guest_ping().expect("it answers");
    unplug(&vm);
    vm.door
        .run("while pidof qga-server; do usleep 10000; done >/dev/null");
}
