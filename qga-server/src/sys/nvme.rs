//! What NVMe controllers tell about the health of their disks.

use std::array::from_fn;

use rustix::fs::{Mode, OFlags};

use super::ioctl::nvme_smart;
use super::{Error, Root};

/// Where the counters stand in the log page, and the size of each.
const COUNTERS: usize = 32;
const COUNTER_SIZE: usize = 16;

/// The log page of the NVMe specification that is called SMART / health information.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Health {
    pub(crate) critical_warning: u8,
    /// In kelvin.
    pub(crate) temperature: u16,
    /// In percent, like the two after it.
    pub(crate) available_spare: u8,
    pub(crate) available_spare_threshold: u8,
    pub(crate) percentage_used: u8,
    /// In the order of the specification, which begins with data units read.
    pub(crate) counters: [Counter; 10],
}

/// A number of 128 bits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counter {
    pub(crate) low: u64,
    pub(crate) high: u64,
}

/// Asks the controller of the disk with this node.
///
/// # Errors
/// It has no node, or the controller does not answer.
pub(crate) fn read(root: &Root, node: &str) -> Result<Health, Error> {
    let flags = OFlags::RDONLY | OFlags::CLOEXEC;
    let page = rustix::fs::open(root.path(node), flags, Mode::empty()).and_then(nvme_smart);
    page.map(|page| parse(&page))
        .map_err(|errno| Error::at("NVMe log page", node, errno))
}

pub(crate) fn parse(page: &[u8; 512]) -> Health {
    let half = |start| u64::from_le_bytes(from_fn(|byte| page[start + byte]));
    let counter = |index| {
        let start = COUNTERS + index * COUNTER_SIZE;
        Counter {
            low: half(start),
            high: half(start + COUNTER_SIZE / 2),
        }
    };
    Health {
        critical_warning: page[0],
        temperature: u16::from_le_bytes([page[1], page[2]]),
        available_spare: page[3],
        available_spare_threshold: page[4],
        percentage_used: page[5],
        counters: from_fn(counter),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_little_endian() {
        let mut page = [0; 512];
        page[..6].copy_from_slice(&[1, 0x43, 0x01, 100, 10, 2]);
        (page[32], page[47], page[176]) = (5, 0x80, 7);
        let health = parse(&page);
        assert_eq!((health.critical_warning, health.temperature), (1, 323));
        assert_eq!((health.available_spare, health.percentage_used), (100, 2));
        let counter = |low, high| Counter { low, high };
        assert_eq!(health.counters[0], counter(5, 0x80 << 56));
        assert_eq!(health.counters[1], counter(0, 0));
        assert_eq!(health.counters[9], counter(7, 0));
    }
}
