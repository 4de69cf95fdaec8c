//! Network interfaces: what the kernel has for network devices, and their addresses.

pub(crate) mod addresses;
mod counters;
pub(crate) mod links;

use rustix::io::Errno;

pub(crate) use self::addresses::{Address, spelling};
pub(crate) use self::counters::Counters;
#[cfg(test)]
pub(crate) use self::counters::Direction;
pub(crate) use self::links::Hardware;

use self::addresses::Assigned;
use self::links::Link;
use super::Error;
use super::netlink::Socket;

/// One device, or one label that addresses of it have (`eth0:1`), which is listed under its own
/// name and is not counted for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Interface {
    pub(crate) name: String,
    pub(crate) hardware: Option<Hardware>,
    pub(crate) counters: Option<Counters>,
    pub(crate) addresses: Vec<Address>,
}

/// Every interface, in the order of the kernel: first devices, then labels.
///
/// # Errors
/// The kernel's lists cannot be had, in the words of the C agent.
pub(crate) fn read() -> Result<Vec<Interface>, Error> {
    let read = || {
        let socket = Socket::open()?;
        Ok(group(links::read(&socket)?, addresses::read(&socket)?))
    };
    read().map_err(|errno: Errno| Error::new("getifaddrs failed", errno))
}

/// Puts the addresses to the devices, or to labels under their own names.
fn group(links: Vec<Link>, assigned: Vec<Assigned>) -> Vec<Interface> {
    let indices: Vec<u32> = links.iter().map(|link| link.index).collect();
    let mut interfaces: Vec<Interface> = links.into_iter().map(Interface::from).collect();
    for Assigned {
        index,
        label,
        address,
    } in assigned
    {
        let at = match &label {
            Some(label) => interfaces.iter().position(|it| it.name == *label),
            None => indices.iter().position(|it| *it == index),
        };
        match (at, label) {
            (Some(at), _) => interfaces[at].addresses.push(address),
            (None, Some(name)) => interfaces.push(Interface {
                hardware: hardware_of(&interfaces, &name),
                name,
                counters: None,
                addresses: vec![address],
            }),
            // The device has come after the list of them was read.
            (None, None) => {}
        }
    }
    interfaces
}

impl From<Link> for Interface {
    fn from(link: Link) -> Self {
        Self {
            name: link.name,
            hardware: Some(link.hardware),
            counters: link.counters,
            addresses: Vec::new(),
        }
    }
}

/// A label belongs to the device before its colon and shares that device's hardware address.
fn hardware_of(interfaces: &[Interface], name: &str) -> Option<Hardware> {
    let (device, _) = name.split_once(':')?;
    interfaces
        .iter()
        .find(|interface| interface.name == device)?
        .hardware
}

#[cfg(test)]
mod tests {
    use super::*;

    const HARDWARE: Hardware = [2, 0, 0, 0, 0, 1];

    fn link(index: u32, name: &str, hardware: Hardware) -> Link {
        Link {
            index,
            name: name.to_owned(),
            hardware,
            counters: Some(Counters::default()),
        }
    }

    fn address(ip: &str, prefix: u32) -> Address {
        Address {
            ip: ip.parse().expect("an address"),
            prefix,
        }
    }

    fn assigned(index: u32, label: Option<&str>, address: Address) -> Assigned {
        Assigned {
            index,
            label: label.map(str::to_owned),
            address,
        }
    }

    #[test]
    fn addresses_come_to_their_devices_and_labels() {
        let v4 = address("192.0.2.1", 24);
        let label = address("192.0.2.2", 24);
        let v6 = address("fe80::1", 64);
        let interfaces = group(
            vec![link(1, "lo", [0; 6]), link(7, "eth0", HARDWARE)],
            vec![
                assigned(7, Some("eth0"), v4),
                assigned(7, Some("eth0:1"), label),
                assigned(7, None, v6),
                assigned(8, None, v6),
            ],
        );
        let names: Vec<&str> = interfaces.iter().map(|it| it.name.as_str()).collect();
        assert_eq!(names, ["lo", "eth0", "eth0:1"]);
        assert_eq!(interfaces[0].addresses, []);
        assert_eq!(interfaces[1].addresses, [v4, v6]);
        assert_eq!(interfaces[2].addresses, [label]);
    }

    #[test]
    fn labels_share_the_hardware_address_of_their_device_and_have_no_counters() {
        let v4 = address("192.0.2.2", 24);
        let interfaces = group(
            vec![link(7, "eth0", HARDWARE)],
            vec![
                assigned(7, Some("eth0:1"), v4),
                assigned(7, Some("other"), v4),
            ],
        );
        assert_eq!(interfaces[0].counters, Some(Counters::default()));
        assert_eq!(interfaces[1].hardware, Some(HARDWARE));
        assert_eq!(interfaces[1].counters, None);
        assert_eq!(interfaces[2].hardware, None);
    }

    #[test]
    fn this_machine_has_a_loopback_device() {
        let interfaces = read().expect("the list of interfaces");
        let lo = interfaces
            .iter()
            .find(|interface| interface.name == "lo")
            .expect("a loopback device");
        assert_eq!(lo.hardware, Some([0; 6]));
    }
}
