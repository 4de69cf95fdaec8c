//! The network devices.

use rustix::io::Errno;
use rustix::net::netdevice::index_to_name;

use super::counters::Counters;
use crate::sys::ioctl;
use crate::sys::netlink::{Socket, attributes, name};

/// `RTM_GETLINK`, all there is to know of devices, and the size of `struct ifinfomsg`, with which
/// messages about it begin.
const GET_LINK: u16 = 18;
const LINK_HEADER: usize = 16;
/// `IFLA_ADDRESS`, `IFLA_IFNAME`, `IFLA_STATS64`.
const LINK_HARDWARE: u16 = 1;
const LINK_NAME: u16 = 3;
const LINK_COUNTERS: u16 = 23;

/// `RTM_GETSTATS`, counters of one kind or another, and the size of `struct if_stats_msg`.
const GET_STATISTICS: u16 = 94;
const STATISTICS_HEADER: usize = 12;
/// Where in that the kinds are, as bits, and `IFLA_STATS_LINK_64`, the one kind of interest.
const STATISTICS_KINDS: usize = 8;
const STATISTICS_COUNTERS: u16 = 1;

/// A hardware address; longer ones are cut to this size, as by the C agent.
pub(crate) type Hardware = [u8; 6];

/// A network device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Link {
    pub(crate) index: u32,
    pub(crate) name: String,
    pub(crate) hardware: Hardware,
    pub(crate) counters: Option<Counters>,
}

/// Every device, in the order of the kernel.
///
/// # Errors
/// The kernel's list cannot be had.
pub(crate) fn read(socket: &Socket) -> Result<Vec<Link>, Errno> {
    // Linux before 4.7 has no list of counters.
    one_by_one(socket).or_else(|_| all_at_once(socket))
}

/// Reads the list of counters, and asks for the name and the hardware of each: a fourth of the
/// time that the kernel takes to tell everything it knows of a device.
fn one_by_one(socket: &Socket) -> Result<Vec<Link>, Errno> {
    let mut header = [0; STATISTICS_HEADER];
    let kinds = 1_u32 << (STATISTICS_COUNTERS - 1);
    header[STATISTICS_KINDS..].copy_from_slice(&kinds.to_ne_bytes());
    let counted = socket.all(GET_STATISTICS, &header, counted)?;
    let links = counted.into_iter().map(|(index, counters)| {
        let name = index_to_name(socket, index)?;
        Ok(Link {
            index,
            hardware: ioctl::hardware_address(socket, name.as_bytes())?,
            name,
            counters: Some(counters),
        })
    });
    // A device may go while the list is read.
    links.filter(|link| link != &Err(Errno::NODEV)).collect()
}

fn all_at_once(socket: &Socket) -> Result<Vec<Link>, Errno> {
    socket.all(GET_LINK, &[0; LINK_HEADER], link)
}

/// What a message tells of the counters of a device.
pub(crate) fn counted(message: &[u8]) -> Option<(u32, Counters)> {
    let index = index(message)?;
    let mut attributes = attributes(message.get(STATISTICS_HEADER..)?);
    let (_, counters) = attributes.find(|(kind, _)| *kind == STATISTICS_COUNTERS)?;
    Some((index, Counters::parse(counters)?))
}

/// What a message tells of a device.
pub(crate) fn link(message: &[u8]) -> Option<Link> {
    let mut link = Link {
        index: index(message)?,
        name: String::new(),
        hardware: Hardware::default(),
        counters: None,
    };
    for (kind, value) in attributes(message.get(LINK_HEADER..)?) {
        match kind {
            LINK_NAME => link.name = name(value),
            LINK_HARDWARE => {
                for (byte, value) in link.hardware.iter_mut().zip(value) {
                    *byte = *value;
                }
            }
            LINK_COUNTERS => link.counters = Counters::parse(value),
            _ => {}
        }
    }
    Some(link)
}

/// The number of the device, which stands at one place in all kinds of messages.
fn index(message: &[u8]) -> Option<u32> {
    message
        .get(4..)?
        .first_chunk()
        .map(|it| u32::from_ne_bytes(*it))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Without what changes from one moment to the next.
    fn lasting(links: Result<Vec<Link>, Errno>) -> Vec<Link> {
        let mut links = links.expect("a list");
        for link in &mut links {
            let counters = link.counters.take().expect("counters");
            assert!(counters.received.bytes >= counters.received.packets);
        }
        links
    }

    #[test]
    fn old_and_new_kernels_tell_the_same() {
        let socket = Socket::open().expect("a socket");
        let links = lasting(all_at_once(&socket));
        assert_eq!(lasting(one_by_one(&socket)), links);
        assert!(links.iter().any(|link| link.name == "lo"), "{links:?}");
    }
}
