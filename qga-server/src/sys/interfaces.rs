//! Network interfaces and their addresses, as `getifaddrs` lists them.

use std::net::{IpAddr, Ipv6Addr};

use nix::ifaddrs::{InterfaceAddress, getifaddrs};
use nix::sys::socket::SockaddrStorage;

use super::Error;
use super::error::from_nix;

/// A hardware address; longer ones are cut to this size, as by the kernel's own interface.
pub(crate) type Hardware = [u8; 6];

/// One interface, or one labelled address of it (`eth0:1`), which is listed under its own name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Interface {
    pub(crate) name: String,
    pub(crate) hardware: Option<Hardware>,
    pub(crate) addresses: Vec<Address>,
}

/// An address and the length of its network's prefix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Address {
    pub(crate) ip: IpAddr,
    pub(crate) prefix: u32,
}

/// One record of the kernel's list.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Record {
    name: String,
    kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Link(Hardware),
    Ip(Address),
    Other,
}

/// Every interface, in the order of the kernel.
///
/// # Errors
/// The kernel's list cannot be had.
pub(crate) fn read() -> Result<Vec<Interface>, Error> {
    let records = getifaddrs().map_err(|error| Error::new("getifaddrs failed", from_nix(error)))?;
    Ok(group(records.map(record)))
}

/// Collects records under their names; names come in the order of their first record.
fn group(records: impl Iterator<Item = Record>) -> Vec<Interface> {
    let mut interfaces: Vec<Interface> = Vec::new();
    for Record { name, kind } in records {
        let at = match interfaces
            .iter()
            .position(|interface| interface.name == name)
        {
            Some(at) => at,
            None => {
                let hardware = hardware_of(&interfaces, &name);
                interfaces.push(Interface {
                    name,
                    hardware,
                    addresses: Vec::new(),
                });
                interfaces.len() - 1
            }
        };
        match kind {
            Kind::Link(hardware) => interfaces[at].hardware = Some(hardware),
            Kind::Ip(address) => interfaces[at].addresses.push(address),
            Kind::Other => {}
        }
    }
    interfaces
}

/// A label belongs to the device before its colon and shares that device's hardware address.
fn hardware_of(interfaces: &[Interface], name: &str) -> Option<Hardware> {
    let (device, _) = name.split_once(':')?;
    interfaces
        .iter()
        .find(|interface| interface.name == device)?
        .hardware
}

fn record(entry: InterfaceAddress) -> Record {
    let prefix = entry.netmask.as_ref().and_then(ip).map_or(0, set_bits);
    let kind = match &entry.address {
        // Every interface has a record of its own; one without hardware, such as a tunnel, has
        // no address in it, which the kernel's other interface shows as zeros.
        None => Kind::Link([0; 6]),
        Some(address) => match address.as_link_addr() {
            Some(link) => Kind::Link(link.addr().unwrap_or_default()),
            None => ip(address).map_or(Kind::Other, |ip| Kind::Ip(Address { ip, prefix })),
        },
    };
    Record {
        name: entry.interface_name,
        kind,
    }
}

fn ip(address: &SockaddrStorage) -> Option<IpAddr> {
    let v4 = address
        .as_sockaddr_in()
        .map(|address| IpAddr::V4(address.ip()));
    v4.or_else(|| {
        address
            .as_sockaddr_in6()
            .map(|address| IpAddr::V6(address.ip()))
    })
}

fn set_bits(mask: IpAddr) -> u32 {
    match mask {
        IpAddr::V4(mask) => mask.to_bits().count_ones(),
        IpAddr::V6(mask) => mask.to_bits().count_ones(),
    }
}

/// An address in the spelling of the C library.
///
/// It differs from Rust's for IPv6 addresses that are an IPv4 address after 96 zero bits.
pub(crate) fn spelling(ip: IpAddr) -> String {
    match ip {
        IpAddr::V6(v6) if is_v4_compatible(v6) => {
            let [.., a, b, c, d] = v6.octets();
            format!("::{a}.{b}.{c}.{d}")
        }
        other => other.to_string(),
    }
}

fn is_v4_compatible(v6: Ipv6Addr) -> bool {
    matches!(v6.segments(), [0, 0, 0, 0, 0, 0, high, _] if high != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HARDWARE: Hardware = [2, 0, 0, 0, 0, 1];

    fn record(name: &str, kind: Kind) -> Record {
        Record {
            name: name.to_owned(),
            kind,
        }
    }

    fn address(ip: &str, prefix: u32) -> Address {
        Address {
            ip: ip.parse().expect("an address"),
            prefix,
        }
    }

    #[test]
    fn records_are_grouped_by_name_in_order_of_appearance() {
        let v4 = address("192.0.2.1", 24);
        let label = address("192.0.2.2", 24);
        let v6 = address("fe80::1", 64);
        let interfaces = group(
            [
                record("lo", Kind::Link([0; 6])),
                record("eth0", Kind::Link(HARDWARE)),
                record("eth0", Kind::Ip(v4)),
                record("eth0:1", Kind::Ip(label)),
                record("eth0", Kind::Ip(v6)),
            ]
            .into_iter(),
        );
        let names: Vec<&str> = interfaces.iter().map(|i| i.name.as_str()).collect();
        assert_eq!(names, ["lo", "eth0", "eth0:1"]);
        assert_eq!(interfaces[0].addresses, []);
        assert_eq!(interfaces[1].addresses, [v4, v6]);
        assert_eq!(interfaces[2].addresses, [label]);
    }

    #[test]
    fn labels_share_the_hardware_address_of_their_device() {
        let interfaces = group(
            [
                record("eth0", Kind::Link(HARDWARE)),
                record("eth0:1", Kind::Ip(address("192.0.2.2", 24))),
                record("tun0", Kind::Other),
            ]
            .into_iter(),
        );
        assert_eq!(interfaces[1].hardware, Some(HARDWARE));
        assert_eq!(interfaces[2].hardware, None);
    }

    #[test]
    fn prefixes_count_the_bits_of_the_mask() {
        assert_eq!(set_bits("255.255.240.0".parse().expect("a mask")), 20);
        assert_eq!(
            set_bits("ffff:ffff:ffff:ffff::".parse().expect("a mask")),
            64
        );
    }

    #[test]
    fn addresses_are_spelled_as_by_the_c_library() {
        for (address, expected) in [
            ("::", "::"),
            ("::1", "::1"),
            ("::1.2.3.4", "::1.2.3.4"),
            ("::ffff:1.2.3.4", "::ffff:1.2.3.4"),
            ("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"),
            ("fe80::fc:ff:fe00:1", "fe80::fc:ff:fe00:1"),
        ] {
            assert_eq!(spelling(address.parse().expect("an address")), expected);
        }
    }

    #[test]
    fn this_machine_has_a_loopback_device() {
        let interfaces = read().expect("the list of interfaces");
        let lo = interfaces
            .iter()
            .find(|i| i.name == "lo")
            .expect("a loopback device");
        assert_eq!(lo.hardware, Some([0; 6]));
    }
}
