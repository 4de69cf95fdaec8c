//! `/proc/net/route` and `/proc/net/ipv6_route`: where packets go.

use std::net::{Ipv4Addr, Ipv6Addr};

use rustix::io::Errno;

use super::error::if_there;
use super::{Error, Root};

const V4: &str = "/proc/net/route";
const V6: &str = "/proc/net/ipv6_route";

/// What every route has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Common {
    pub(crate) interface: String,
    pub(crate) metric: u32,
    pub(crate) flags: u32,
    pub(crate) references: u32,
    pub(crate) uses: u32,
}

/// A route of IPv4.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Route4 {
    pub(crate) common: Common,
    pub(crate) destination: Ipv4Addr,
    pub(crate) gateway: Ipv4Addr,
    pub(crate) mask: Ipv4Addr,
    pub(crate) mtu: u32,
    pub(crate) window: u32,
    pub(crate) round_trip: u32,
}

/// A route of IPv6.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Route6 {
    pub(crate) common: Common,
    /// The destination and the length of its prefix.
    pub(crate) destination: (Ipv6Addr, u8),
    /// The source and the length of its prefix.
    pub(crate) source: (Ipv6Addr, u8),
    pub(crate) next_hop: Ipv6Addr,
}

/// The routes of both protocols. A kernel without one of them has none for it.
///
/// # Errors
/// A file cannot be read, or the kernel has neither protocol.
pub(crate) fn read(root: &Root) -> Result<(Vec<Route4>, Vec<Route6>), Error> {
    match (if_there(root.text(V4))?, if_there(root.text(V6))?) {
        (None, None) => Err(Error::at("open", V4, Errno::NOENT)),
        (v4, v6) => Ok((
            v4.as_deref().map(parse_v4).unwrap_or_default(),
            v6.as_deref().map(parse_v6).unwrap_or_default(),
        )),
    }
}

/// Parses the table of IPv4; the heading and short lines are skipped.
pub(crate) fn parse_v4(text: &str) -> Vec<Route4> {
    text.lines().filter_map(line_v4).collect()
}

/// Parses the table of IPv6, which has no heading; short lines are skipped.
pub(crate) fn parse_v6(text: &str) -> Vec<Route6> {
    text.lines().filter_map(line_v6).collect()
}

fn line_v4(line: &str) -> Option<Route4> {
    let columns: Vec<&str> = line.split_whitespace().collect();
    let [
        interface,
        destination,
        gateway,
        flags,
        references,
        uses,
        metric,
        rest @ ..,
    ] = columns.as_slice()
    else {
        return None;
    };
    let [mask, mtu, window, round_trip, ..] = rest else {
        return None;
    };
    Some(Route4 {
        common: Common {
            interface: (*interface).to_owned(),
            metric: decimal(metric)?,
            flags: hexadecimal(flags)?,
            references: decimal(references)?,
            uses: decimal(uses)?,
        },
        destination: address_v4(destination)?,
        gateway: address_v4(gateway)?,
        mask: address_v4(mask)?,
        mtu: decimal(mtu)?,
        window: decimal(window)?,
        round_trip: decimal(round_trip)?,
    })
}

fn line_v6(line: &str) -> Option<Route6> {
    let columns: Vec<&str> = line.split_whitespace().collect();
    let [
        destination,
        destination_length,
        source,
        source_length,
        next_hop,
        rest @ ..,
    ] = columns.as_slice()
    else {
        return None;
    };
    let [metric, references, uses, flags, interface, ..] = rest else {
        return None;
    };
    let length = |text: &str| u8::from_str_radix(text, 16).ok();
    Some(Route6 {
        common: Common {
            interface: (*interface).to_owned(),
            metric: hexadecimal(metric)?,
            flags: hexadecimal(flags)?,
            references: hexadecimal(references)?,
            uses: hexadecimal(uses)?,
        },
        destination: (address_v6(destination)?, length(destination_length)?),
        source: (address_v6(source)?, length(source_length)?),
        next_hop: address_v6(next_hop)?,
    })
}

fn decimal(text: &str) -> Option<u32> {
    text.parse().ok()
}

fn hexadecimal(text: &str) -> Option<u32> {
    u32::from_str_radix(text, 16).ok()
}

/// The kernel shows the bytes of the address as a number of this machine.
fn address_v4(text: &str) -> Option<Ipv4Addr> {
    hexadecimal(text).map(|number| Ipv4Addr::from(number.to_ne_bytes()))
}

fn address_v6(text: &str) -> Option<Ipv6Addr> {
    let digits = (text.len() == 32).then_some(text)?;
    u128::from_str_radix(digits, 16).ok().map(Ipv6Addr::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn routes_of_ipv4_are_read_by_column() {
        let number = |address: [u8; 4]| format!("{:08X}", u32::from_ne_bytes(address));
        let table = format!(
            "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n\
             eth0\t{}\t{}\t0003\t1\t2\t100\t{}\t1500\t3\t4   \n\
             eth1\t{}\n",
            number([192, 0, 2, 0]),
            number([198, 51, 100, 1]),
            number([255, 255, 255, 0]),
            number([0, 0, 0, 0]),
        );
        let route = Route4 {
            common: Common {
                interface: "eth0".to_owned(),
                metric: 100,
                flags: 3,
                references: 1,
                uses: 2,
            },
            destination: Ipv4Addr::new(192, 0, 2, 0),
            gateway: Ipv4Addr::new(198, 51, 100, 1),
            mask: Ipv4Addr::new(255, 255, 255, 0),
            mtu: 1500,
            window: 3,
            round_trip: 4,
        };
        assert_eq!(parse_v4(&table), [route]);
    }

    #[test]
    fn routes_of_ipv6_are_hexadecimal() {
        let table = "20010db8000000000000000000000000 40 00000000000000000000000000000000 00 \
                     fe800000000000000000000000000001 ffffffff 00000010 00000011 80200001     eth0\n";
        let route = Route6 {
            common: Common {
                interface: "eth0".to_owned(),
                metric: u32::MAX,
                flags: 0x8020_0001,
                references: 16,
                uses: 17,
            },
            destination: ("2001:db8::".parse().expect("an address"), 64),
            source: (Ipv6Addr::UNSPECIFIED, 0),
            next_hop: "fe80::1".parse().expect("an address"),
        };
        assert_eq!(parse_v6(table), [route]);
        assert_eq!(parse_v6(&table[1..]), []);
    }

    #[test]
    fn one_protocol_is_enough() {
        let root = |files: &[(&str, &str)]| {
            let dir = tempfile::tempdir().expect("a directory");
            std::fs::create_dir_all(dir.path().join("proc/net")).expect("a fresh directory");
            for (path, text) in files {
                std::fs::write(Root::new(dir.path()).path(path), text).expect("a fresh file");
            }
            read(&Root::new(dir.path())).map(|(v4, v6)| (v4.len(), v6.len()))
        };
        let v4 = "eth0 0 0 1 0 0 0 0 0 0 0\n";
        let v6 = format!("{0} 40 {0} 00 {0} 1 1 1 1 eth0\n", "0".repeat(32));
        assert_eq!(root(&[(V4, v4), (V6, &v6)]), Ok((1, 1)));
        assert_eq!(root(&[(V4, v4)]), Ok((1, 0)));
        assert_eq!(root(&[(V6, &v6)]), Ok((0, 1)));
        assert_eq!(root(&[]), Err(Error::at("open", V4, Errno::NOENT)));
    }
}
