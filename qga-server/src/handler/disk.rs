//! guest-get-disks, guest-get-fsinfo: disks and file systems, and where they are in the hardware.

use qapi_runtime::Error;
use qga_types::{
    GuestCCWAddress, GuestDiskAddress, GuestDiskBusType, GuestDiskInfo, GuestFilesystemInfo,
    GuestPCIAddress,
};

use super::smart;
use crate::Agent;
use crate::sys::block::{Address, Block, Bus, Ccw, Pci};
use crate::sys::mount::FileSystem;
use crate::sys::{self, Root};

/// Every local file system, the one mounted last first.
pub(crate) fn get_fsinfo(agent: &Agent) -> Result<Vec<GuestFilesystemInfo>, Error> {
    let root = &agent.settings.root;
    let local = agent.mounts.local(root)?;
    let infos = file_systems(root, &local.systems)?;
    let are_reached = infos.iter().all(|info| info.total_bytes.is_some());
    match local.are_fresh || are_reached {
        true => Ok(infos),
        false => Ok(file_systems(root, &agent.mounts.read(root)?.systems)?),
    }
}

fn file_systems(
    root: &Root,
    systems: &[FileSystem],
) -> Result<Vec<GuestFilesystemInfo>, sys::Error> {
    let systems = systems.iter().rev();
    systems.map(|system| file_system(root, system)).collect()
}

fn file_system(root: &Root, system: &FileSystem) -> Result<GuestFilesystemInfo, sys::Error> {
    let block = Block::numbered(root, system.device)?;
    let name = match &block {
        Some(block) => block.name().to_string_lossy().into_owned(),
        None => system.device.to_string(),
    };
    let hardware = block.map(|block| block.hardware(root)).transpose()?;
    let disks = hardware.iter().flatten().rev();
    let disks: Vec<_> = disks.filter_map(|disk| disk_address(root, disk)).collect();

    let point = system.point().to_string_lossy();
    let mut info = GuestFilesystemInfo::new(name, point, system.kind.as_str(), disks);
    if let Some(space) = system.space(root) {
        let used = space.total.saturating_sub(space.free);
        info.used_bytes = Some(used);
        info.total_bytes = Some(used.saturating_add(space.available));
        info.total_bytes_privileged = Some(space.total);
    }
    Ok(info)
}

/// Every disk with its partitions. A detail that cannot be had is left out.
///
/// The order is that of the C agent, which is the kernel's backwards.
pub(crate) fn get_disks(agent: &Agent) -> Result<Vec<GuestDiskInfo>, Error> {
    Ok(disks(&agent.settings.root)?)
}

fn disks(root: &Root) -> Result<Vec<GuestDiskInfo>, sys::Error> {
    let mut disks = Vec::new();
    for block in Block::all(root)? {
        if let Some(node) = block.node(root) {
            let partitions = block.partitions(root);
            let partitions = partitions.iter().filter_map(|partition| {
                let info = GuestDiskInfo::new(partition.node(root)?, true);
                Some(info.dependencies(vec![node.clone()]))
            });
            let partitions: Vec<_> = partitions.collect();
            disks.push(disk(root, &block, node));
            disks.extend(partitions);
        }
    }
    disks.reverse();
    Ok(disks)
}

fn disk(root: &Root, block: &Block, node: String) -> GuestDiskInfo {
    let mut info = GuestDiskInfo::new(node, false);
    info.alias = block.alias(root);
    if !block.is_virtual() {
        info.address = disk_address(root, block);
    }
    if let Some(address) = &info.address
        && address.bus_type == GuestDiskBusType::Nvme
    {
        info.smart = smart::of_nvme(root, &info.name);
    }
    let slaves = block.slaves(root).ok().flatten();
    info.dependencies = slaves.map(|slaves| {
        let nodes = slaves.iter().rev().filter_map(|slave| slave.node(root));
        nodes.collect()
    });
    info
}

/// Where a disk sits; `None` if nothing at all is known about it.
fn disk_address(root: &Root, block: &Block) -> Option<GuestDiskAddress> {
    let address = block.address(root);
    let (dev, serial) = (block.node(root), block.serial(root));
    if address == Address::default() && dev.is_none() && serial.is_none() {
        return None;
    }
    let mut answer = GuestDiskAddress::new(
        address.pci.map_or_else(no_pci, pci),
        bus(address.bus),
        address.channel.into(),
        address.target.into(),
        address.unit.into(),
    );
    answer.ccw_address = address.ccw.map(ccw);
    (answer.dev, answer.serial) = (dev, serial);
    Some(answer)
}

fn bus(bus: Bus) -> GuestDiskBusType {
    match bus {
        Bus::Ide => GuestDiskBusType::Ide,
        Bus::Sata => GuestDiskBusType::Sata,
        Bus::Scsi => GuestDiskBusType::Scsi,
        Bus::Virtio => GuestDiskBusType::Virtio,
        Bus::Nvme => GuestDiskBusType::Nvme,
        Bus::Usb => GuestDiskBusType::Usb,
        Bus::Unknown => GuestDiskBusType::Unknown,
    }
}

fn pci(pci: Pci) -> GuestPCIAddress {
    GuestPCIAddress::new(
        pci.domain.into(),
        pci.bus.into(),
        pci.slot.into(),
        pci.function.into(),
    )
}

/// The member is required, so that hosts have to be told that there is none.
fn no_pci() -> GuestPCIAddress {
    GuestPCIAddress::new(-1, -1, -1, -1)
}

fn ccw(ccw: Ccw) -> GuestCCWAddress {
    GuestCCWAddress::new(
        ccw.channel_subsystem.into(),
        ccw.subchannel_set.into(),
        ccw.subchannel.into(),
        ccw.device.into(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sys::mount;

    /// The answer about a file system: its device, its format, and the disks below it.
    fn described(info: &GuestFilesystemInfo) -> String {
        let mut disks: Vec<_> = info
            .disk
            .iter()
            .filter_map(|disk| disk.dev.clone())
            .collect();
        // The kernel's order of the members of an array is not that of the files of a test.
        disks.sort();
        let (name, point, kind) = (&info.name, &info.mountpoint, &info.type_);
        format!("{name} {point} {kind} [{}]", disks.join(" "))
    }

    #[test]
    fn file_systems_lead_to_their_disks() {
        let root = Root::captured("many-disks");
        let systems = mount::local(&root).expect("file systems");
        let infos = systems.iter().map(|system| file_system(&root, system));
        let infos: Vec<_> = infos.collect::<Result<_, _>>().expect("file systems");
        let described: Vec<_> = infos.iter().map(described).collect();
        assert_eq!(
            described,
            [
                "vda1 / ext4 [/dev/vda1]",
                "dm-0 /boot files vfat [/dev/vda15]",
                "dm-1 /data xfs [/dev/sdc /dev/sdd]",
                "nvme0n1p1 /data/fast ext4 [/dev/nvme0n1p1]",
                "loop0 /snap/tool squashfs []",
                "8:112 /given ext4 []",
            ]
        );
        assert_eq!(infos[0].disk[0].serial.as_deref(), Some("root-disk"));
        assert_eq!(
            infos[0].disk[0].pci_controller,
            GuestPCIAddress::new(0, 0, 3, 0)
        );
        // Nothing is mounted in a tree of files.
        assert_eq!(infos[0].used_bytes, None);
    }

    /// The answer about a disk: node, alias, whether it has an address, dependencies.
    fn told(info: &GuestDiskInfo) -> String {
        let mut parts = vec![info.name.clone()];
        parts.extend(info.partition.then(|| "partition".to_owned()));
        parts.extend(info.alias.clone());
        parts.extend(
            info.address
                .as_ref()
                .map(|address| format!("{:?}", address.bus_type)),
        );
        let mut dependencies = info.dependencies.clone();
        if let Some(dependencies) = &mut dependencies {
            dependencies.sort();
        }
        format!(
            "{} {}",
            parts.join(" "),
            dependencies.unwrap_or_default().join("+")
        )
    }

    #[test]
    fn disks_come_with_their_partitions() {
        let root = Root::captured("many-disks");
        let infos = disks(&root).expect("disks");
        let mut told: Vec<_> = infos.iter().map(told).collect();
        told.sort();
        let told: Vec<_> = told.iter().map(|told| told.trim_end()).collect();
        assert_eq!(
            told,
            [
                "/dev/dm-0 /dev/vda15",
                "/dev/dm-1 vg-data /dev/md0",
                "/dev/loop0",
                "/dev/md0 /dev/sdc+/dev/sdd",
                "/dev/nvme0n1 Nvme",
                "/dev/nvme0n1p1 partition /dev/nvme0n1",
                "/dev/nvme1n1 Nvme",
                "/dev/sda Ide",
                "/dev/sdb Sata",
                "/dev/sdc Scsi",
                "/dev/sdd Usb",
                "/dev/sde Scsi",
                "/dev/sdf Unknown",
                "/dev/vda Virtio",
                "/dev/vda1 partition /dev/vda",
                "/dev/vda15 partition /dev/vda",
            ]
        );
        let at = |name: &str| infos.iter().position(|info| info.name == name);
        assert!(at("/dev/nvme0n1p1") < at("/dev/nvme0n1"));
    }

    #[test]
    fn addresses_without_pci_say_so() {
        let root = Root::captured("s390x");
        let systems = mount::local(&root).expect("file systems");
        let info = file_system(&root, &systems[0]).expect("a file system");
        assert_eq!(info.disk[0].pci_controller, no_pci());
        let ccw = GuestCCWAddress::new(0, 0, 2, 0x120);
        assert_eq!(info.disk[0].ccw_address, Some(ccw));
    }

    #[test]
    fn a_machine_without_sysfs_is_an_error() {
        let error = disks(&Root::captured("empty")).expect_err("an error");
        assert_eq!(
            error.to_string(),
            "Can't open directory \"/sys/block\": No such file or directory"
        );
    }
}
