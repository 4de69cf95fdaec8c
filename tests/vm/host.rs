//! Clients on the host that come and go, without care for who comes after them.

use qapi_tests::vm::Vm;
use qga_types::{GuestFileOpenArgs, GuestFileReadArgs};
use serde_json::json;

use crate::setup;

/// More than the ring of a port and the socket behind it hold.
const MUCH: i64 = 8 << 20;
/// Waits until the agent has next to nothing to do: less than a tenth of a second in a second.
///
/// # Panics
/// It works and works.
#[track_caller]
fn wait_until_idle(vm: &mut Vm) {
    vm.door.run(
        "work() {
             set -- $(cut -d')' -f2 /proc/$(pidof qga-server)/stat)
             echo $((${12} + ${13}))
         }
         for second in $(seq 30); do
             before=$(work)
             sleep 1
             [ $(($(work) - before)) -lt 10 ] && exit 0
         done
         exit 1",
    );
}

#[test]
fn half_a_request_of_one_client_is_no_burden_for_the_next() {
    let Some(setup) = setup() else {
        return;
    };
    let vm = setup.boot();
    drop(vm.agent());
    for half in [
        "{\"execute\":\"guest-pi",
        "[[[[",
        "{\"execute\":\"guest-file-write\",\"arguments\":{\"buf-b64\":\"AAAA",
    ] {
        let mut wire = vm.wire();
        wire.send(half);
        drop(wire);
        vm.agent().guest_ping().expect("it answers");
    }
}

#[test]
fn a_client_that_takes_no_replies_is_no_burden_for_the_next() {
    let Some(setup) = setup() else {
        return;
    };
    let mut vm = setup.boot();
    let mut agent = vm.agent();
    let file = GuestFileOpenArgs::new("/dev/zero").mode("r");
    let handle = agent.guest_file_open(&file).expect("it is there");
    drop(agent);
    let arguments = json!({"handle": handle, "count": MUCH});
    let request = json!({"execute": "guest-file-read", "arguments": arguments}).to_string();
    // Also while it is connected: there is no room for the reply then.
    let mut wire = vm.wire();
    wire.send(&request);
    wait_until_idle(&mut vm);
    drop(wire);
    vm.agent().guest_ping().expect("it answers");

    let mut wire = vm.wire();
    wire.send(&request);
    drop(wire);
    wait_until_idle(&mut vm);
    let mut agent = vm.agent();
    let read = GuestFileReadArgs::new(handle).count(16);
    let data = agent.guest_file_read(&read).expect("the handle is known");
    assert_eq!(data.count, 16);
}
