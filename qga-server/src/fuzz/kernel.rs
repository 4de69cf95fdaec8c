//! What the kernel and udev tell.

use std::array::from_fn;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use super::{check_lines, split_line, text};
use crate::sys::block::{address, listed, udev::Properties};
use crate::sys::{
    Root, cpu_stat, cpus, disk_stats, interfaces, memory_blocks, mount, netlink, numbered, nvme,
    routes,
};

/// The table of mounts, in both forms.
pub fn mounts(bytes: &[u8]) {
    check_lines(bytes, mount::parse);
    check_lines(bytes, mount::parse_simple);
    let nowhere = Root::new("/nonexistent");
    for table in [mount::parse(bytes), mount::parse_simple(bytes)] {
        assert!(mount::on_devices(&nowhere, &table).len() <= table.len());
    }
}

/// Messages about network devices, their counters and their addresses.
pub fn netlink(bytes: &[u8]) {
    let mut read = 0;
    for message in netlink::messages(bytes) {
        read += message.body.len();
        let device = interfaces::links::link(message.body);
        let counted = interfaces::links::counted(message.body);
        if let (Some(device), Some((index, _))) = (device, counted) {
            assert_eq!(device.index, index);
        }
        if let Some(assigned) = interfaces::addresses::assigned(message.body) {
            let spelling = interfaces::spelling(assigned.address.ip);
            assert_eq!(spelling.parse(), Ok(assigned.address.ip));
        }
    }
    assert!(read <= bytes.len());
}

/// The times of processors, in ticks and in milliseconds.
pub fn cpu_stat(bytes: &[u8]) {
    check_lines(bytes, |bytes| cpu_stat::parse(&text(bytes)));
    for times in cpu_stat::parse(&text(bytes)) {
        let columns = (0..12).map_while(|column| times.milliseconds(column, 100));
        assert!(columns.count() >= 4);
    }
}

/// The table of disks and partitions that have a size.
pub fn partitions(bytes: &[u8]) {
    let names = |bytes: &[u8]| listed::parse(&text(bytes)).map(str::to_owned).collect();
    check_lines::<String>(bytes, names);
}

/// The counters of block devices.
pub fn disk_stats(bytes: &[u8]) {
    check_lines(bytes, |bytes| disk_stats::parse(&text(bytes)));
}

/// The routes of both protocols.
pub fn routes(bytes: &[u8]) {
    check_lines(bytes, |bytes| routes::parse_v4(&text(bytes)));
    check_lines(bytes, |bytes| routes::parse_v6(&text(bytes)));
}

/// The small files of sysfs: switches, sizes and names with numbers.
pub fn sysfs(bytes: &[u8]) {
    let text = text(bytes);
    assert_eq!(cpus::parse(bytes).is_none(), bytes.is_empty());
    let size = memory_blocks::parse_size(&text);
    assert_eq!(memory_blocks::parse_size(&format!("{size:x}\n")), size);
    if let Some(number) = numbered::number(&text, "cpu") {
        assert_eq!(
            numbered::number(&format!("cpu{number}"), "cpu"),
            Some(number)
        );
    }
}

/// A path in sysfs, from which the place of a disk is told.
pub fn disk_address(bytes: &[u8]) {
    let path = Path::new("/sys/devices").join(OsStr::from_bytes(bytes));
    let address = address::locate(&Root::new("/nonexistent"), &path);
    // No driver is known there.
    assert_eq!(address.pci, None);
}

/// A file of udev's database: the property that is named in the first line.
pub fn udev(bytes: &[u8]) {
    let (key, file) = split_line(bytes);
    let value = Properties(text(file).into_owned()).get(&text(key));
    assert!(value.is_none_or(|value| !value.is_empty() && !value.contains('\n')));
}

/// The log page of an NVMe controller.
pub fn nvme(bytes: &[u8]) {
    let page = from_fn(|at| bytes.get(at).copied().unwrap_or_default());
    let health = nvme::parse(&page);
    assert_eq!(health.critical_warning, page[0]);
    assert_eq!(health.counters[9].high.to_le_bytes(), page[184..192]);
}
