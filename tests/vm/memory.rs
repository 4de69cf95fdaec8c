//! Memory that comes and goes in blocks.

use qapi_tests::vm::{Client, Vm};
use qga_types::{
    GuestMemoryBlock, GuestMemoryBlockResponse, GuestMemoryBlockResponseType,
    GuestSetMemoryBlocksArgs,
};
use serde_json::json;

use crate::setup;

/// What the machine gets more: two blocks.
const MORE: u64 = 256 << 20;

fn set(agent: &mut Client, index: u64, online: bool) -> GuestMemoryBlockResponse {
    let blocks = vec![GuestMemoryBlock::new(index, online)];
    let responses = agent.guest_set_memory_blocks(&GuestSetMemoryBlocksArgs::new(blocks));
    responses.expect("it answers").remove(0)
}

/// The blocks that are switched on, or those that are not.
fn blocks(agent: &mut Client, online: bool) -> Vec<u64> {
    let blocks = agent.guest_get_memory_blocks().expect("it answers");
    let wanted = blocks.iter().filter(|block| block.online == online);
    let mut indices: Vec<u64> = wanted.map(|block| block.phys_index).collect();
    indices.sort();
    indices
}

/// In kilobytes.
fn total(vm: &mut Vm) -> u64 {
    let text = vm
        .door
        .run("sed -n 's/MemTotal: *\\(.*\\) kB/\\1/p' /proc/meminfo");
    text.parse().expect("a number")
}

#[test]
fn memory_that_is_plugged_is_switched_on_and_off_in_blocks() {
    let Some(mut setup) = setup() else {
        return;
    };
    setup.memory("512M,slots=1,maxmem=2G");
    let mut vm = setup.boot();
    let mut agent = vm.agent();
    let size = agent
        .guest_get_memory_block_info()
        .expect("it answers")
        .size;
    assert_eq!(size, 128 << 20);
    assert_eq!(blocks(&mut agent, true), [0, 1, 2, 3]);
    assert!(blocks(&mut agent, false).is_empty());

    let before = total(&mut vm);
    let backend = json!({"qom-type": "memory-backend-ram", "id": "late", "size": MORE});
    vm.command("object-add", backend);
    vm.command("device_add", json!({"driver": "pc-dimm", "memdev": "late"}));
    vm.door.run(
        "cd /sys/devices/system/memory
         until [ $(ls -d memory*/online | wc -l) = 6 ]; do usleep 10000; done",
    );
    let late = blocks(&mut agent, false);
    assert_eq!(late.len(), 2);
    for index in &late {
        let response = set(&mut agent, *index, true);
        assert_eq!(response.response, GuestMemoryBlockResponseType::Success);
    }
    assert!(blocks(&mut agent, false).is_empty());
    let more = total(&mut vm) - before;
    assert_eq!(more << 10, MORE);

    let response = set(&mut agent, late[1], false);
    assert_eq!(response.response, GuestMemoryBlockResponseType::Success);
    assert_eq!(response.error_code, None);
    assert_eq!(blocks(&mut agent, false), [late[1]]);
    let response = set(&mut agent, 1 << 20, false);
    assert_eq!(response.response, GuestMemoryBlockResponseType::NotFound);
}
