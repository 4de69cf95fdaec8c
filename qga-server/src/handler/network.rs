//! guest-network-get-interfaces: how the machine can be reached.

use std::net::IpAddr;

use qapi_runtime::Error;
use qga_types::{
    GuestIpAddress, GuestIpAddressType, GuestNetworkInterface, GuestNetworkInterfaceStat,
};

use crate::Agent;
use crate::sys::interfaces::{self, Address, Hardware, Interface};
use crate::sys::net_dev::{self, Counters};

/// Every interface with its addresses.
pub(crate) fn get_interfaces(agent: &Agent) -> Result<Vec<GuestNetworkInterface>, Error> {
    // Counters are worth having, but a machine without them still has interfaces.
    let counters = net_dev::read(&agent.settings.root)
        .inspect_err(|error| log::warn!("no network counters: {error}"))
        .unwrap_or_default();
    let interfaces = interfaces::read()?;
    Ok(interfaces
        .into_iter()
        .map(|interface| answer(interface, &counters))
        .collect())
}

/// Like the C agent, leaves out the counters of an interface without addresses.
fn answer(interface: Interface, counters: &[Counters]) -> GuestNetworkInterface {
    let mut answer = GuestNetworkInterface::new(interface.name);
    answer.hardware_address = interface.hardware.map(colons);
    if !interface.addresses.is_empty() {
        let counters = counters
            .iter()
            .find(|counters| counters.name == answer.name);
        answer.statistics = counters.map(statistics);
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

fn statistics(counters: &Counters) -> GuestNetworkInterfaceStat {
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
    use crate::sys::net_dev::Direction;

    fn counters(name: &str) -> Counters {
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
        Counters {
            name: name.to_owned(),
            received,
            sent,
        }
    }

    fn interface(name: &str, addresses: &[&str]) -> Interface {
        let addresses = addresses
            .iter()
            .map(|ip| Address {
                ip: ip.parse().expect("an address"),
                prefix: 24,
            })
            .collect();
        Interface {
            name: name.to_owned(),
            hardware: Some([2, 0, 0xFE, 0, 0, 1]),
            addresses,
        }
    }

    #[test]
    fn addresses_bring_counters() {
        let counters = [counters("eth0")];
        let full = answer(interface("eth0", &["192.0.2.1", "fe80::1"]), &counters);
        assert_eq!(full.hardware_address.as_deref(), Some("02:00:fe:00:00:01"));
        let addresses = full.ip_addresses.expect("addresses");
        assert_eq!(addresses[0].ip_address_type, GuestIpAddressType::Ipv4);
        assert_eq!(addresses[1].ip_address, "fe80::1");
        let statistics = full.statistics.expect("counters");
        assert_eq!((statistics.rx_bytes, statistics.rx_dropped), (1, 4));
        assert_eq!((statistics.tx_bytes, statistics.tx_dropped), (5, 8));

        let bare = answer(interface("eth0", &[]), &counters);
        assert_eq!((bare.ip_addresses, bare.statistics), (None, None));
    }

    #[test]
    fn labels_have_no_counters() {
        let label = answer(interface("eth0:1", &["192.0.2.2"]), &[counters("eth0")]);
        assert_eq!(label.statistics, None);
    }
}
