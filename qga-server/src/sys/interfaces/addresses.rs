//! The addresses of network devices.

use std::net::{IpAddr, Ipv6Addr};

use rustix::io::Errno;
use rustix::net::AddressFamily;

use crate::sys::netlink::{Socket, attributes, name};

/// `RTM_GETADDR`, and the size of `struct ifaddrmsg`, with which messages about it begin: the
/// family, the length of the prefix, two bytes of no interest, and the number of the device.
const GET_ADDRESS: u16 = 22;
const HEADER: usize = 8;
/// `IFA_ADDRESS`, which is that of the other end if there is one.
const FAR: u16 = 1;
/// `IFA_LOCAL`.
const LOCAL: u16 = 2;
/// `IFA_LABEL`.
const LABEL: u16 = 3;

/// An address and the length of its network's prefix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Address {
    pub(crate) ip: IpAddr,
    pub(crate) prefix: u32,
}

/// An address, and where it belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Assigned {
    /// The number of the device.
    pub(crate) index: u32,
    /// The name that the address has, if it has one: that of the device, or one of its own.
    pub(crate) label: Option<String>,
    pub(crate) address: Address,
}

/// Every address of either protocol, in the order of the kernel.
///
/// # Errors
/// The kernel's list cannot be had.
pub(crate) fn read(socket: &Socket) -> Result<Vec<Assigned>, Errno> {
    socket.all(GET_ADDRESS, &[0; HEADER], assigned)
}

/// What a message tells of an address; of other protocols, nothing.
pub(crate) fn assigned(message: &[u8]) -> Option<Assigned> {
    let [family, prefix, _, _, index @ ..] = *message.first_chunk::<HEADER>()?;
    let (mut far, mut local, mut label) = (None, None, None);
    for (kind, value) in attributes(&message[HEADER..]) {
        match kind {
            FAR => far = ip(family, value),
            LOCAL => local = ip(family, value),
            LABEL => label = Some(name(value)),
            _ => {}
        }
    }
    let ip = local.or(far)?;
    Some(Assigned {
        index: u32::from_ne_bytes(index),
        label,
        address: Address {
            ip,
            prefix: u32::from(prefix),
        },
    })
}

fn ip(family: u8, bytes: &[u8]) -> Option<IpAddr> {
    match AddressFamily::from_raw(family.into()) {
        AddressFamily::INET => <[u8; 4]>::try_from(bytes).map(IpAddr::from).ok(),
        AddressFamily::INET6 => <[u8; 16]>::try_from(bytes).map(IpAddr::from).ok(),
        _ => None,
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
}
