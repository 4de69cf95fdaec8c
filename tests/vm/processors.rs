//! Processors that are switched off, and such that come later.

use qapi_runtime::ClientError;
use qapi_tests::vm::{Client, Vm};
use qga_types::{GuestLogicalProcessor, GuestSetVcpusArgs};
use serde_json::json;

use crate::{refusal, setup};

fn set(agent: &mut Client, wanted: &[(i64, bool)]) -> Result<i64, ClientError> {
    let wanted = wanted
        .iter()
        .map(|(number, online)| GuestLogicalProcessor::new(*number, *online));
    agent.guest_set_vcpus(&GuestSetVcpusArgs::new(wanted.collect::<Vec<_>>()))
}

/// Number, whether it runs, whether it can be switched off.
fn processors(agent: &mut Client) -> Vec<(i64, bool, Option<bool>)> {
    let processors = agent.guest_get_vcpus().expect("it answers").into_iter();
    let mut processors: Vec<_> = processors
        .map(|each| (each.logical_id, each.online, each.can_offline))
        .collect();
    processors.sort();
    processors
}

/// Gives the machine one more.
fn plug(vm: &mut Vm) {
    let places = vm.command("query-hotpluggable-cpus", json!({}));
    let mut places = places.as_array().expect("a list").iter();
    let free = places.find(|place| place["qom-path"].is_null());
    let free = free.expect("there is room for one");
    let mut device = free["props"].clone();
    device["driver"] = free["type"].clone();
    device["id"] = json!("late");
    vm.command("device_add", device);
    vm.door
        .run("until [ -e /sys/devices/system/cpu/cpu2/online ]; do usleep 10000; done");
}

#[test]
fn processors_are_switched_but_for_the_first() {
    let Some(mut setup) = setup() else {
        return;
    };
    setup.args(&["-smp", "2,maxcpus=3"]);
    let mut vm = setup.boot();
    let mut agent = vm.agent();
    let both = [(0, true, Some(false)), (1, true, Some(true))];
    assert_eq!(processors(&mut agent), both);

    assert_eq!(set(&mut agent, &[(1, false)]).expect("it can be"), 1);
    assert_eq!(vm.door.run("cat /sys/devices/system/cpu/online"), "0");
    let one = [(0, true, Some(false)), (1, false, Some(true))];
    assert_eq!(processors(&mut agent), one);
    let refused = refusal(set(&mut agent, &[(0, false)]));
    assert_eq!(refused, "logical processor #0 can't be offlined");
    let done = set(&mut agent, &[(1, true), (0, false)]);
    assert_eq!(done.expect("the first can be"), 1);
    assert_eq!(vm.door.run("cat /sys/devices/system/cpu/online"), "0-1");

    plug(&mut vm);
    assert_eq!(set(&mut agent, &[(2, true)]).expect("it can be"), 1);
    assert_eq!(vm.door.run("cat /sys/devices/system/cpu/online"), "0-2");
    assert_eq!(processors(&mut agent)[2], (2, true, Some(true)));
}
