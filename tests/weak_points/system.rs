//! What the machine is made of.

use qapi_tests::{Setup, need};
use rustix::process::{Resource, Rlimit, prlimit};
use serde_json::{Value, json};

use crate::machine::Machine;
use crate::{PING, agent, desc, program};

const ROUTE: &str = "Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\tMTU\tWindow\tIRTT\n\
                     eth0\t00000000\t0101A8C0\t0003\t0\t0\t100\t00000000\t0\t0\t0\n";

#[test]
fn defect_05_an_agent_without_descriptors_says_so_and_lives() {
    let agent = agent();
    let mut wire = agent.connect();
    wire.ask(PING);
    let none = Rlimit {
        current: Some(3),
        maximum: Some(3),
    };
    prlimit(Some(agent.process()), Resource::Nofile, none).expect("the process is ours");
    for command in [
        "guest-network-get-route",
        "guest-get-vcpus",
        "guest-get-memory-blocks",
        "guest-get-cpustats",
        "guest-network-get-interfaces",
    ] {
        let reply = wire.call(command, json!({}));
        assert!(desc(&reply).ends_with("Too many open files"), "{reply}");
    }
    assert_eq!(wire.ask(PING), json!({"return": {}}));
}

#[test]
fn defect_05_a_machine_that_shows_nothing_is_an_error() {
    let mut machine = Machine::new();
    for command in ["guest-network-get-route", "guest-get-vcpus"] {
        let reply = machine.call(command, json!({}));
        assert!(
            desc(&reply).ends_with("No such file or directory"),
            "{reply}"
        );
    }
    machine.directory("sys/devices/system/cpu");
    assert_eq!(
        machine.call("guest-get-vcpus", json!({})),
        json!({"return": []})
    );
}

#[test]
fn defect_06_routes_of_ipv4_do_not_need_ipv6() {
    let mut machine = Machine::new();
    machine.file("proc/net/route", ROUTE);
    let routes = machine.call("guest-network-get-route", json!({}));
    let routes = routes["return"].as_array().expect("a list");
    assert_eq!(routes.len(), 1);
    assert_eq!(routes[0]["gateway"], "192.168.1.1");
}

#[test]
fn defect_23_a_machine_that_does_not_sleep_says_why() {
    let mut machine = Machine::new();
    // The status of a unit that could be started; but starting it fails, too.
    machine.program("usr/bin/systemctl", "exit 3");
    for how in ["disk", "ram", "hybrid"] {
        let reply = machine.call(&format!("guest-suspend-{how}"), json!({}));
        let told = "child process has failed to suspend: exit status 3";
        assert_eq!(desc(&reply), told, "{how}");
    }
    let mut machine = Machine::new();
    machine.file("sys/power/state", "freeze mem\n");
    let reply = machine.call("guest-suspend-disk", json!({}));
    let told = "the requested suspend mode is not supported by the guest";
    assert_eq!(desc(&reply), told);
}

#[test]
fn defect_26_a_host_name_may_have_64_bytes() {
    let Some(()) = need::apart() else { return };
    let name = "n".repeat(64);
    let script = format!("echo {name} >/proc/sys/kernel/hostname");
    let agent = Setup::new(program()).apart(&script).start();
    let reply = agent.connect().call("guest-get-host-name", json!({}));
    assert_eq!(reply, json!({"return": {"host-name": name}}));
}

#[test]
fn defect_26_a_user_name_may_fill_its_field() {
    let mut machine = Machine::new();
    // The record of the C library of this processor: its kind, the name, and what stands behind it.
    let wide = cfg!(any(target_arch = "aarch64", target_arch = "s390x"));
    let mut record = vec![0_u8; if wide { 400 } else { 384 }];
    record[..2].copy_from_slice(&7_i16.to_ne_bytes());
    record[44..76].fill(b'u');
    record[76..80].fill(b'h');
    machine.file("var/run/utmp", record);
    let reply = machine.call("guest-get-users", json!({}));
    assert_eq!(reply["return"][0]["user"], "u".repeat(32));
}

/// A file of one time zone.
fn zone(offset: i32, name: &str) -> Vec<u8> {
    let mut file = b"TZif".to_vec();
    file.extend([0; 16]);
    // Of all that can be counted there is one kind of time and its name.
    for count in [0, 0, 0, 0, 1, name.len() + 1] {
        file.extend(u32::try_from(count).expect("a small number").to_be_bytes());
    }
    file.extend(offset.to_be_bytes());
    file.extend([0, 0]);
    file.extend(name.as_bytes());
    file.push(0);
    file
}

#[test]
fn defect_26_a_machine_may_move_to_another_time_zone() {
    let mut machine = Machine::new();
    for (offset, name) in [(3600, "HERE"), (-7200, "THERE")] {
        machine.file("etc/localtime", zone(offset, name));
        let reply = machine.call("guest-get-timezone", json!({}));
        assert_eq!(reply["return"], json!({"zone": name, "offset": offset}));
    }
}

#[test]
fn defect_27_nvme_disks_with_several_paths_have_an_address() {
    let mut machine = Machine::captured("many-disks");
    let reply = machine.call("guest-get-disks", json!({}));
    let disks = reply["return"].as_array().expect("a list");
    for (name, slot) in [("/dev/nvme0n1", 7), ("/dev/nvme1n1", 8)] {
        let disk = disks.iter().find(|disk| disk["name"] == name);
        let address = &disk.expect("it is there")["address"];
        assert_eq!(address["bus-type"], "nvme");
        let pci = json!({"domain": 0, "bus": 0, "slot": slot, "function": 0});
        assert_eq!(address["pci-controller"], pci);
    }
}

#[test]
fn defect_28_routes_of_ipv6_have_no_sign() {
    let mut machine = Machine::new();
    let (zero, one) = ("0".repeat(32), format!("{:032x}", 1));
    let line = format!("{zero} 00 {zero} 00 {one} ffffffff 00000001 00000000 80200001 eth0\n");
    machine.file("proc/net/ipv6_route", line);
    let route = machine.call("guest-network-get-route", json!({}))["return"][0].take();
    assert_eq!(route["flags"], 0x8020_0001_u32);
    assert_eq!(route["metric"], u32::MAX);
}

#[test]
fn defect_28_an_infinity_is_no_number() {
    let reply = agent()
        .connect()
        .ask(r#"{"execute":"guest-ping","id":1e400}"#);
    assert_eq!(reply, json!({"return": {}, "id": f64::MAX}));
}

#[test]
fn defect_28_times_that_the_kernel_does_not_tell_are_absent() {
    let mut machine = Machine::new();
    machine.file("proc/stat", "cpu 1 2 3 4 5 6\ncpu0 1 2 3 4 5 6\n");
    let times = machine.call("guest-get-cpustats", json!({}))["return"][0].take();
    assert_eq!(
        times["iowait"],
        times["user"]
            .as_u64()
            .map(|user| 5 * user)
            .unwrap_or_default()
    );
    assert_eq!(times.get("softirq"), None);
}

#[test]
fn defect_28_success_has_no_error_code() {
    let mut machine = Machine::new();
    machine.directory("sys/devices/system/memory/memory3");
    let blocks = json!([{"phys-index": 3, "online": true}]);
    let reply = machine.call("guest-set-memory-blocks", json!({"mem-blks": blocks}));
    let expected: Value = json!([{"phys-index": 3, "response": "success"}]);
    assert_eq!(reply["return"], expected);
}
