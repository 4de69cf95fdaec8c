//! Machines that show less than usual, and odd things.

use std::fmt::Write as _;

use super::compare;

#[test]
fn a_machine_without_proc_is_described_alike() {
    // Without routes of either kind, the C agent ends.
    let script = "ip link set lo up; mount -t tmpfs nothing /proc";
    let commands = [
        "guest-get-diskstats",
        "guest-get-cpustats",
        "guest-get-load",
        "guest-get-fsinfo",
        "guest-network-get-interfaces",
        "guest-get-osinfo",
    ];
    compare("no proc", script, &commands);
}

#[test]
fn a_machine_without_sys_is_described_alike() {
    let script = "mount -t tmpfs nothing /sys";
    let commands = [
        "guest-get-disks",
        "guest-get-vcpus",
        "guest-get-memory-blocks",
        "guest-get-memory-block-info",
        "guest-get-fsinfo",
    ];
    compare("no sys", script, &commands);
}

#[test]
fn empty_directories_are_described_alike() {
    // Without any processor, the C agent ends.
    let script = "mount -t tmpfs nothing /sys/devices/system/memory
                  mount -t tmpfs nothing /sys/block";
    let commands = [
        "guest-get-disks",
        "guest-get-memory-blocks",
        "guest-get-memory-block-info",
    ];
    compare("empty", script, &commands);
}

#[test]
fn the_simple_table_of_mounts_is_read_alike() {
    let script = r"
        mount -t tmpfs process /proc/$$
        cat >/proc/$$/mounts <<'END'
tmpfs /run tmpfs rw 0 0
/dev/loop0 /absent\040too ext4 rw 0 0
//server/share /share cifs rw 0 0
server:/export /export nfs rw 0 0
END";
    compare("simple table", script, &["guest-get-fsinfo"]);
}

#[test]
fn odd_tables_of_mounts_are_read_alike() {
    let script = r"
        cat >table <<'END'
20 1 0:1 / /absent/memory rw - tmpfs tmpfs rw
21 1 8:1 / /absent/first\040\134\011\012 rw,noatime shared:1 master:2 - ext4 /dev/sda1 rw
22 1 8:1 /sub /absent/second rw - ext4 /dev/sda1 rw
23 1 8:2 / /absent/no-options rw - xfs /dev/sda2 rw
24 1 0:30 / /absent/btrfs rw - btrfs /dev/absent rw
25 1 999:999 / /absent/\303\244 rw - fuseblk /dev/odd rw
26 1 8:3 / /absent/bad\377 rw - ext4 /dev/sda3 rw
27 1 8:4 /
28 1 8:5 / /absent/no-separator rw ext4 /dev/sda5 rw
29 1 x:y / /absent/no-number rw - ext4 /dev/sda6 rw
END
        mount --bind table /proc/$$/mountinfo";
    compare("odd table", script, &["guest-get-fsinfo"]);
}

/// A record of the C library about a login.
fn record(kind: i16, user: &str, seconds: i32, microseconds: i32) -> Vec<u8> {
    let wide = cfg!(any(target_arch = "aarch64", target_arch = "s390x"));
    let mut record = vec![0; if wide { 400 } else { 384 }];
    record[..2].copy_from_slice(&kind.to_ne_bytes());
    record[44..44 + user.len()].copy_from_slice(user.as_bytes());
    let (at, size) = if wide { (344, 8) } else { (340, 4) };
    for (at, number) in [(at, seconds), (at + size, microseconds)] {
        let number = i64::from(number).to_le_bytes();
        record[at..at + size].copy_from_slice(&number[..size]);
    }
    record
}

#[test]
fn logins_are_told_alike() {
    let records = [
        record(2, "reboot", 1, 0),
        record(7, "root", 1_700_000_000, 250_000),
        record(7, "user", 1_600_000_000, 1),
        record(7, "root", 1_500_000_000, 999_999),
        record(8, "gone", 1_500_000_000, 0),
        record(7, "user", 1_700_000_000, 0),
        record(7, "early", -5, 250_000),
        record(7, "", 0, 0),
    ];
    let mut bytes = String::new();
    for byte in records.concat() {
        write!(bytes, "\\{byte:03o}").expect("memory is there");
    }
    // Half a record at the end.
    let script = format!(
        "printf '{bytes}\\007\\000' >logins
         mount -t tmpfs run /run
         cp logins /run/utmp"
    );
    compare("logins", &script, &["guest-get-users"]);
}

#[test]
fn host_names_are_told_alike() {
    for name in [
        "a",
        "with.dots.and-dashes",
        r"caf\303\251",
        r"bad\377",
        r"q\042uote\134",
        &"n".repeat(63),
    ] {
        let script = format!("printf '{name}' >/proc/sys/kernel/hostname");
        compare("host name", &script, &["guest-get-host-name"]);
    }
}

#[test]
fn time_zones_of_the_machine_are_told_alike() {
    for zone in [
        "Africa/Casablanca",
        "America/Sao_Paulo",
        "America/St_Johns",
        "Antarctica/Troll",
        "Asia/Kathmandu",
        "Asia/Tehran",
        "Australia/Lord_Howe",
        "Europe/Berlin",
        "Europe/Dublin",
        "Pacific/Chatham",
        "posixrules",
        "absent",
    ] {
        // Other machines have other files, and the absent one is nonsense.
        let script = format!(
            "file=/usr/share/zoneinfo/{zone}
             [ -f $file ] || {{ echo nonsense >zone; file=zone; }}
             mount --bind $file /etc/localtime"
        );
        compare("time zone", &script, &["guest-get-timezone"]);
    }
}
