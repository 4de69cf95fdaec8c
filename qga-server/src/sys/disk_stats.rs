//! `/proc/diskstats`: what block devices have done.

use super::mount::Device;
use super::{Error, Root};

/// The counters of one block device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct DiskStats {
    pub(crate) name: String,
    pub(crate) device: Device,
    /// The columns behind the name. How many there are depends on the kernel.
    pub(crate) counters: Vec<u64>,
}

/// Counters of every block device, in the order of the kernel.
///
/// # Errors
/// The file cannot be read.
pub(crate) fn read(root: &Root) -> Result<Vec<DiskStats>, Error> {
    root.text("/proc/diskstats").map(|text| parse(&text))
}

/// Parses the table; lines that do not begin with a device are skipped.
pub(crate) fn parse(text: &str) -> Vec<DiskStats> {
    text.lines().filter_map(line).collect()
}

fn line(line: &str) -> Option<DiskStats> {
    let mut columns = line.split_ascii_whitespace();
    let device = Device {
        major: columns.next()?.parse().ok()?,
        minor: columns.next()?.parse().ok()?,
    };
    Some(DiskStats {
        name: columns.next()?.to_owned(),
        device,
        counters: columns.map_while(|column| column.parse().ok()).collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_end_where_numbers_end() {
        let stats = parse("   7       0 loop0 1 2 3\n 254 1 vda1 4 x 5\nnothing\n8 x sda 1\n\n");
        let counters: Vec<_> = stats
            .iter()
            .map(|stats| {
                (
                    stats.device.to_string(),
                    stats.name.as_str(),
                    &*stats.counters,
                )
            })
            .collect();
        assert_eq!(
            counters,
            [
                ("7:0".to_owned(), "loop0", &[1, 2, 3][..]),
                ("254:1".to_owned(), "vda1", &[4])
            ]
        );
    }
}
