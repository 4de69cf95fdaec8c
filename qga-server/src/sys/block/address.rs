//! Where a disk sits in the hardware, from the path of its directory in sysfs.
//!
//! The host finds its own disk by this, so the numbers are those that it uses: the position among
//! the ports of an ATA controller, the logical unit of a SCSI target.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use super::super::Root;

/// Where a disk sits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Address {
    pub(crate) bus: Bus,
    /// The controller, if it is on a PCI bus and of a kind that is known.
    pub(crate) pci: Option<Pci>,
    /// The device, if it is in the channel subsystem of an s390x.
    pub(crate) ccw: Option<Ccw>,
    /// Which of several buses, or channels, of the controller.
    pub(crate) channel: u32,
    pub(crate) target: u32,
    pub(crate) unit: u32,
}

/// How a disk is attached.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Bus {
    Ide,
    Sata,
    Scsi,
    Virtio,
    Nvme,
    Usb,
    #[default]
    Unknown,
}

/// A PCI function, `0000:00:1f.2`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Pci {
    pub(crate) domain: u32,
    pub(crate) bus: u32,
    pub(crate) slot: u32,
    pub(crate) function: u32,
}

/// A device in the channel subsystem: its subchannel `0.0.0001`, and the last part of its own
/// number `0.0.0005`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Ccw {
    pub(crate) channel_subsystem: u32,
    pub(crate) subchannel_set: u32,
    pub(crate) subchannel: u32,
    pub(crate) device: u32,
}

/// The numbers of a SCSI disk, from `targetH:C:T/H:C:T:L`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Scsi {
    channel: u32,
    target: u32,
    unit: u32,
}

/// Finds out where the device with this directory sits.
pub(crate) fn locate(root: &Root, path: &Path) -> Address {
    let found = match controller_of_namespace(root, path) {
        Some(controller) => on_pci(root, &controller),
        None => on_pci(root, path).or_else(|| in_channel_subsystem(path)),
    };
    found.or_else(|| on_virtio(path)).unwrap_or_default()
}

/// Disks of an NVMe subsystem can be reached through several controllers, so the kernel puts them
/// beside these. The first controller on a PCI bus stands for all.
fn controller_of_namespace(root: &Root, path: &Path) -> Option<PathBuf> {
    let subsystem = path.ancestors().find(|path| {
        path.parent()
            .is_some_and(|parent| parent.ends_with("nvme-subsystem"))
    })?;
    let mut controllers: Vec<PathBuf> = root
        .list(subsystem)
        .ok()?
        .iter()
        .filter(|entry| entry.is_link && number_behind("nvme", &entry.name).is_some())
        .filter_map(|entry| root.resolve(subsystem.join(&entry.name)).ok())
        .collect();
    controllers.sort();
    controllers
        .into_iter()
        .find(|path| path.iter().any(is_pci_root))
}

/// A disk behind a PCI function with a driver that is known. Bridges come before it, and on some
/// machines without x86 firmware a platform device does.
fn on_pci(root: &Root, path: &Path) -> Option<Address> {
    let mut function: PathBuf = path.iter().take_while(|part| !is_pci_root(part)).collect();
    let mut parts = path.iter().skip(function.iter().count());
    function.push(parts.next()?);
    loop {
        let part = parts.next()?;
        let pci = Pci::parse(part.to_str()?)?;
        function.push(part);
        let driver = root.link_name(function.join("driver"));
        if let Some(driver) = driver.as_ref().and_then(|driver| driver.to_str())
            && let Some(address) = behind_driver(root, driver, path)
        {
            return address.map(|address| Address {
                pci: Some(pci),
                ..address
            });
        }
    }
}

/// Where the disk with this directory sits behind a controller with this driver. `None` if the
/// driver is not known, `Some(None)` if it is and the path makes no sense with it.
fn behind_driver(root: &Root, driver: &str, path: &Path) -> Option<Option<Address>> {
    let scsi = Scsi::find(path);
    let on = |bus| Address {
        bus,
        ..Address::default()
    };
    let unit = |bus, unit| Address { unit, ..on(bus) };
    Some(match driver {
        "ata_piix" => scsi.zip(port(root, path)).map(|(scsi, port)| Address {
            channel: port,
            ..unit(Bus::Ide, scsi.target)
        }),
        "ahci" => scsi
            .and_then(|_| port(root, path))
            .map(|port| unit(Bus::Sata, port)),
        "sym53c8xx" => scsi.map(|scsi| unit(Bus::Scsi, scsi.target)),
        "virtio-pci" => Some(behind_virtio(scsi)),
        "nvme" => Some(on(Bus::Nvme)),
        "xhci_hcd" | "ehci-pci" => Some(on(Bus::Usb)),
        _ => return None,
    })
}

/// Disks in the channel subsystem are virtio devices here; of others only the place is known.
fn in_channel_subsystem(path: &Path) -> Option<Address> {
    let mut parts = path
        .iter()
        .skip_while(|part| number_behind("css", part).is_none());
    let [channel_subsystem, subchannel_set, subchannel] = numbers(parts.nth(1)?, '.')?;
    let [_, _, device] = numbers(parts.next()?, '.')?;
    Some(Address {
        ccw: Some(Ccw {
            channel_subsystem,
            subchannel_set,
            subchannel,
            device,
        }),
        ..on_virtio(path).unwrap_or_default()
    })
}

/// A disk of virtio, whatever bus that is on.
fn on_virtio(path: &Path) -> Option<Address> {
    path.iter()
        .any(|part| number_behind("virtio", part).is_some())
        .then(|| behind_virtio(Scsi::find(path)))
}

/// A virtio device is a disk itself, or a SCSI controller with disks of its own.
///
/// The C agent leaves out channel and target if the controller is on a PCI bus. The host would
/// then take a disk of one target for the disk with the same unit at target zero.
fn behind_virtio(scsi: Option<Scsi>) -> Address {
    match scsi {
        None => Address {
            bus: Bus::Virtio,
            ..Address::default()
        },
        Some(scsi) => Address {
            bus: Bus::Scsi,
            channel: scsi.channel,
            target: scsi.target,
            unit: scsi.unit,
            ..Address::default()
        },
    }
}

/// The position of an ATA disk's port among those of its controller. The kernel numbers ports
/// over all controllers; before it did, hosts had that role.
fn port(root: &Root, path: &Path) -> Option<u32> {
    let kinds = ["ata", "host"];
    kinds.into_iter().find_map(|kind| {
        let port = path.ancestors().find(|path| {
            path.file_name()
                .is_some_and(|name| number_behind(kind, name).is_some())
        })?;
        let own = number_behind(kind, port.file_name()?)?;
        let entries = root.list(port.parent()?).ok()?;
        let before = entries
            .iter()
            .filter_map(|entry| number_behind(kind, &entry.name))
            .filter(|number| *number < own);
        u32::try_from(before.count()).ok()
    })
}

impl Pci {
    /// Parses `0000:00:1f.2`.
    fn parse(text: &str) -> Option<Self> {
        let (place, function) = text.split_once('.')?;
        let [domain, bus, slot] = numbers(OsStr::new(place), ':')?;
        Some(Self {
            domain,
            bus,
            slot,
            function: u32::from_str_radix(function, 16).ok()?,
        })
    }
}

impl Scsi {
    /// The numbers of the SCSI disk on this path.
    fn find(path: &Path) -> Option<Self> {
        let is_target = |part: &&OsStr| {
            part.to_str().is_some_and(|part| {
                part.strip_prefix("target")
                    .is_some_and(|rest| rest.contains(':'))
            })
        };
        let mut parts = path.iter().skip_while(|part| !is_target(part));
        let mut numbers = parts.nth(1)?.to_str()?.split(':').map(str::parse);
        let [_, channel, target, unit] = std::array::from_fn(|_| numbers.next()?.ok());
        Some(Self {
            channel: channel?,
            target: target?,
            unit: unit?,
        })
    }
}

/// Whether this is the directory of all devices of one PCI host, `pci0000:00`.
fn is_pci_root(part: &OsStr) -> bool {
    let rest = part.to_str().and_then(|part| part.strip_prefix("pci"));
    rest.is_some_and(|rest| numbers::<2>(OsStr::new(rest), ':').is_some())
}

/// The number in a name such as `ata12`.
fn number_behind(kind: &str, name: &OsStr) -> Option<u32> {
    name.to_str()?.strip_prefix(kind)?.parse().ok()
}

/// Exactly so many hexadecimal numbers.
fn numbers<const N: usize>(text: &OsStr, separator: char) -> Option<[u32; N]> {
    let numbers = text.to_str()?.split(separator);
    let numbers: Option<Vec<u32>> = numbers
        .map(|number| u32::from_str_radix(number, 16).ok())
        .collect();
    numbers?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::super::Block;
    use super::*;

    /// Where the disk is on a machine of `tests/roots`: bus, controller, and three numbers.
    fn place(machine: &str, disk: &str) -> String {
        let root = Root::captured(machine);
        let disks = Block::all(&root).expect("disks");
        let block = disks.iter().find(|block| block.name() == disk);
        let address = block.expect("a disk").address(&root);
        let Address {
            bus,
            channel,
            target,
            unit,
            ..
        } = address;
        let pci = address.pci.map_or_else(String::new, |pci| {
            let Pci {
                domain,
                bus,
                slot,
                function,
            } = pci;
            format!(" {domain:04x}:{bus:02x}:{slot:02x}.{function:x}")
        });
        let ccw = address.ccw.map_or_else(String::new, |ccw| {
            let (set, subchannel) = (ccw.subchannel_set, ccw.subchannel);
            format!(
                " {:x}.{set:x}.{subchannel:04x}/{:04x}",
                ccw.channel_subsystem, ccw.device
            )
        });
        format!("{bus:?}{pci}{ccw} {channel}.{target}.{unit}")
    }

    #[test]
    fn disks_are_found_behind_each_kind_of_controller() {
        for (disk, expected) in [
            ("vda", "Virtio 0000:00:03.0 0.0.0"),
            ("sda", "Ide 0000:00:01.1 1.0.1"),
            ("sdb", "Sata 0000:00:1f.2 0.0.2"),
            ("sdc", "Scsi 0000:01:00.0 0.3.7"),
            ("sdd", "Usb 0000:00:04.0 0.0.0"),
            ("sde", "Scsi 0000:00:05.0 0.0.5"),
            ("sdf", "Unknown 0.0.0"),
            ("nvme0n1", "Nvme 0000:00:07.0 0.0.0"),
            ("nvme1n1", "Nvme 0000:00:08.0 0.0.0"),
            ("loop0", "Unknown 0.0.0"),
        ] {
            assert_eq!(place("many-disks", disk), expected, "{disk}");
        }
    }

    #[test]
    fn disks_are_found_without_a_pci_bus() {
        for (machine, disk, expected) in [
            ("s390x", "vda", "Virtio 0.0.0001/0005 0.0.0"),
            ("s390x", "sda", "Scsi 0.1.000f/abcd 0.1.2"),
            ("s390x", "dasda", "Unknown 0.0.0002/0120 0.0.0"),
            ("aarch64", "vda", "Virtio 0.0.0"),
            ("aarch64", "sda", "Scsi 1.2.3"),
            ("aarch64", "vdb", "Virtio 0000:00:02.0 0.0.0"),
            ("aarch64", "mmcblk0", "Unknown 0.0.0"),
        ] {
            assert_eq!(place(machine, disk), expected, "{machine}: {disk}");
        }
    }

    #[test]
    fn numbers_are_hexadecimal() {
        let pci = Pci {
            domain: 0x1_0000,
            bus: 0xe1,
            slot: 0x1f,
            function: 7,
        };
        assert_eq!(Pci::parse("10000:e1:1f.7"), Some(pci));
        for text in ["0000:00:1f", "0000:1f.2", "0000:00:1g.2", "virtio0", ""] {
            assert_eq!(Pci::parse(text), None, "{text}");
        }
    }
}
