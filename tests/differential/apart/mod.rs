//! Machines that differ from the one that the test runs on: other disks, another network, other files of the kernel.

mod keys;
mod switches;
mod without;

use std::path::Path;

use qapi_tests::{Setup, files_below, need};

use crate::agents::Theirs;

/// Compares what agents answer whose machine a script has furnished, to requests without arguments.
fn compare(place: &str, script: &str, commands: &[&str]) {
    let requests = commands
        .iter()
        .map(|command| format!(r#"{{"execute":"{command}"}}"#));
    compare_requests(place, script, &requests.collect::<Vec<_>>(), "absent");
}

/// Compares what they answer to these requests, and what is below a directory of their machines afterwards.
fn compare_requests(place: &str, script: &str, requests: &[String], directory: &str) {
    let Some(theirs) = Theirs::find() else { return };
    let Some(()) = need::apart() else { return };
    let mut comparison = theirs.comparison();
    let (their, our) = theirs.both(|program: &Path| {
        let mut setup = Setup::new(program);
        // The C agent's library for devices looks whether it is the real thing.
        setup.env("SYSTEMD_DEVICE_VERIFY_SYSFS", "0").apart(script);
        let agent = setup.start();
        let mut wire = agent.connect();
        let replies = requests.iter().map(|request| wire.replies_to(request));
        let replies: Vec<Vec<u8>> = replies.collect();
        let root = format!("/proc/{}/root", agent.process());
        (replies, files_below(&Path::new(&root).join(directory)))
    });
    for (request, (their, our)) in requests.iter().zip(their.0.iter().zip(&our.0)) {
        comparison.compare(place, request, their, our);
    }
    comparison.compare_files(place, &their.1, &our.1);
    comparison.finish();
}

#[test]
fn captured_disks_are_described_alike() {
    for name in ["many-disks", "aarch64", "s390x"] {
        let root = need::workspace().join("qga-server/tests/roots").join(name);
        let root = root.display();
        // In memory, so that both find the same order. What is captured lacks the links by which devices tell their
        // subsystem; and where the root of the test is, agents would find other numbers than on a machine without it.
        let script = format!(
            "mount -t tmpfs copy .
             cp -a {root}/. .
             mkdir -p run/udev
             find sys/devices -name uevent | while read -r file; do
                 ln -s /sys/class/block ${{file%/*}}/subsystem
             done
             sed -i 's, / / , / /absent ,' proc/self/mountinfo
             mount -t tmpfs run /run
             mkdir /run/udev
             mount --bind run/udev /run/udev
             mount --bind proc/self/mountinfo /proc/$$/mountinfo
             touch proc/partitions
             mount --bind proc/partitions /proc/partitions
             mount --bind sys /sys"
        );
        compare(name, &script, &["guest-get-disks", "guest-get-fsinfo"]);
    }
}

#[test]
fn a_network_of_every_kind_is_described_alike() {
    let script = "
        echo 1 >/proc/sys/net/ipv6/conf/default/addr_gen_mode
        ip link set lo up
        ip link add left address 02:00:00:00:00:01 type veth peer name right address 02:00:00:00:00:02
        ip address add 192.0.2.1/24 dev left
        ip address add 192.0.2.2/32 dev left label left:1
        ip address add 2001:db8::1/64 dev left nodad
        ip address add ::192.0.2.3/96 dev left nodad
        ip address add 198.51.100.1 peer 198.51.100.2/32 dev right
        # Some routes of IPv6 come when the kernel has noticed; of two interfaces in any order.
        echo 1 >/proc/sys/net/ipv6/conf/right/disable_ipv6
        ip link set left up
        ip link set right up
        for name in left right; do
            until ip link show $name | grep -q 'state UP'; do :; done
        done
        for route in ::192.0.2.3 2001:db8::1 ff00::/8; do
            until ip -6 route show table local dev left | grep -q \"$route\"; do :; done
        done
        ip link add name bridge address 02:00:00:00:00:03 type bridge
        ip tuntap add tunnel mode tun
        ip address add 203.0.113.1/24 dev tunnel
        ip route add default via 192.0.2.254 metric 100
        ip route add 203.0.113.128/25 dev right mtu 1400 window 1000 rtt 20ms
        ip route add unreachable 198.18.0.0/15
        ip route add 2001:db8:1::/48 via 2001:db8::2 metric 4294967295
        ip route add 2001:db8:2::/48 from 2001:db8::/32 dev left";
    compare(
        "network",
        script,
        &["guest-network-get-interfaces", "guest-network-get-route"],
    );
}

#[test]
fn files_of_other_kernels_are_read_alike() {
    let script = r"
        cat >disks <<'END'
   8       0 sda 1 2 3 4 5 6 7 8 9 10 11
   8       1 sda1 1 2 3 4
 259       0 nvme0n1 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15
 259       1 nvme0n1p1 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17
   9       0 md0 1 2 3 4 5 6
   9       1 md1 1 2 3
 253       0 dm-0 18446744073709551615 2 3 4294967295 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19
END
        cat >times <<'END'
cpu  1 2 3 4 5 6 7 8 9 10
cpu0 1 2 3 4
cpu1 1 2 3 4 5
cpu2 1 2 3 4 5 6 7
cpu3 1 2 3 4 5 6 7 8
cpu4 1 2 3 4 5 6 7 8 9
cpu17 1 2 3 4 5 6 7 8 9 10 11
intr 1 2 3
END
        mount --bind disks /proc/diskstats
        mount --bind times /proc/stat
        mount -t tmpfs cpus /sys/devices/system/cpu
        cd /sys/devices/system/cpu
        mkdir cpu0 cpu1 cpu12 cpufreq cpuidle
        echo 1 >cpu1/online
        echo 0 >cpu12/online
        mount -t tmpfs blocks /sys/devices/system/memory
        cd /sys/devices/system/memory
        mkdir memory0 memory7 memory8 memory33 power
        echo online >memory7/state
        echo 1 >memory7/removable
        echo offline >memory8/state
        echo 0 >memory8/removable
        echo online >memory33/state
        echo 8000000 >block_size_bytes
        cd /";
    compare(
        "kernel",
        script,
        &[
            "guest-get-diskstats",
            "guest-get-cpustats",
            "guest-get-vcpus",
            "guest-get-memory-blocks",
            "guest-get-memory-block-info",
        ],
    );
}
