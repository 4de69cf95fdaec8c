//! guest-network-get-interfaces: how the machine can be reached.

use std::net::IpAddr;

use qapi_runtime::Error;
use qga_types::{
    GuestIpAddress, GuestIpAddressType, GuestNetworkInterface, GuestNetworkInterfaceStat,
};

use crate::sys::interfaces::{self, Address, Counters, Hardware, Interface};

/// Every interface with its addresses.
pub(crate) fn get_interfaces() -> Result<Vec<GuestNetworkInterface>, Error> {
    Ok(interfaces::read()?.into_iter().map(answer).collect())
}

/// Like the C agent, leaves out the counters of an interface without addresses.
fn answer(interface: Interface) -> GuestNetworkInterface {
    let mut answer = GuestNetworkInterface::new(interface.name);
    answer.hardware_address = interface.hardware.map(colons);
    if !interface.addresses.is_empty() {
        answer.statistics = interface.counters.map(statistics);
        answer.ip_addresses = Some(interface.addresses.into_iter().map(address).collect());
    }
    answer
}

fn address(address: Address) -> GuestIpAddress {
    let kind = match address.ip {
        IpAddr::V4(_) => GuestIpAddressType::Ipv4,
        IpAddr::V6(_) => GuestIpAddressType::Ipv6,
    };
    GuestIpAddress::new(
        interfaces::spelling(address.ip),
        kind,
        i64::from(address.prefix),
    )
}

fn statistics(counters: Counters) -> GuestNetworkInterfaceStat {
    let (received, sent) = (counters.received, counters.sent);
    GuestNetworkInterfaceStat::new(
        received.bytes,
        received.packets,
        received.errors,
        received.dropped,
        sent.bytes,
        sent.packets,
        sent.errors,
        sent.dropped,
    )
}

fn colons(hardware: Hardware) -> String {
    hardware.map(|byte| format!("{byte:02x}")).join(":")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sys::interfaces::Direction;

    fn interface(addresses: &[&str]) -> Interface {
        let addresses = addresses
            .iter()
            .map(|ip| Address {
                ip: ip.parse().expect("an address"),
                prefix: 24,
            })
            .collect();
        let received = Direction {
            bytes: 1,
            packets: 2,
            errors: 3,
            dropped: 4,
        };
        let sent = Direction {
            bytes: 5,
            packets: 6,
            errors: 7,
            dropped: 8,
        };
        Interface {
            name: "eth0".to_owned(),
            hardware: Some([2, 0, 0xFE, 0, 0, 1]),
            counters: Some(Counters { received, sent }),
            addresses,
        }
    }

    #[test]
    fn addresses_bring_counters() {
        let full = answer(interface(&["192.0.2.1", "fe80::1"]));
        assert_eq!(full.hardware_address.as_deref(), Some("02:00:fe:00:00:01"));
        let addresses = full.ip_addresses.expect("addresses");
        assert_eq!(addresses[0].ip_address_type, GuestIpAddressType::Ipv4);
        assert_eq!(addresses[1].ip_address, "fe80::1");
        let statistics = full.statistics.expect("counters");
        assert_eq!((statistics.rx_bytes, statistics.rx_dropped), (1, 4));
        assert_eq!((statistics.tx_bytes, statistics.tx_dropped), (5, 8));

        let bare = answer(interface(&[]));
        assert_eq!((bare.ip_addresses, bare.statistics), (None, None));
    }
}
