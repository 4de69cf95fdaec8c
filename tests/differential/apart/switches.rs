//! Switching processors and memory that are files, with numbers that no machine has.

use super::compare_requests;

/// Nothing of the machine is left below these directories, or the script ends.
const SWITCHES: &str = r"
    mount -t tmpfs cpus /sys/devices/system/cpu
    cd /sys/devices/system/cpu
    mkdir cpu77770 cpu77771 cpu77772 cpu77773
    echo 1 >cpu77771/online
    echo 0 >cpu77772/online
    mkdir cpu77773/online
    mount -t tmpfs blocks /sys/devices/system/memory
    cd /sys/devices/system/memory
    mkdir memory7777777770 memory7777777771 memory7777777772 memory7777777773
    echo online >memory7777777771/state
    echo 1 >memory7777777771/removable
    echo offline >memory7777777772/state
    mkdir memory7777777773/state
    cd /";

fn vcpus(wanted: &str) -> String {
    format!(r#"{{"execute":"guest-set-vcpus","arguments":{{"vcpus":[{wanted}]}}}}"#)
}

fn blocks(wanted: &str) -> String {
    format!(r#"{{"execute":"guest-set-memory-blocks","arguments":{{"mem-blks":[{wanted}]}}}}"#)
}

#[test]
fn processors_are_switched_alike() {
    let switch =
        |number: u32, online: bool| format!(r#"{{"logical-id":7777{number},"online":{online}}}"#);
    let requests = [
        vcpus(&switch(0, true)),
        vcpus(&switch(0, false)),
        vcpus(&switch(1, true)),
        vcpus(&[switch(2, true), switch(1, false)].join(",")),
        vcpus(&[switch(9, true), switch(1, true)].join(",")),
        vcpus(&[switch(1, true), switch(9, true), switch(2, false)].join(",")),
        vcpus(&[switch(0, true), switch(0, false), switch(2, false)].join(",")),
    ];
    compare_requests("switches", SWITCHES, &requests, "sys/devices/system/cpu");
}

#[test]
fn memory_is_switched_alike() {
    let switch = |number: u32, online: bool| {
        format!(r#"{{"phys-index":777777777{number},"online":{online}}}"#)
    };
    let all = |numbers: &[u32], online| {
        let each = numbers.iter().map(|number| switch(*number, online));
        each.collect::<Vec<_>>().join(",")
    };
    let requests = [
        blocks(&switch(1, true)),
        blocks(&switch(1, false)),
        blocks(&switch(2, true)),
        blocks(&all(&[1, 2, 3, 4], true)),
        blocks(&all(&[0, 1, 2, 3, 4], false)),
        blocks(r#"{"phys-index":7777777771,"online":true,"can-offline":false}"#),
    ];
    compare_requests("switches", SWITCHES, &requests, "sys/devices/system/memory");
}
