//! `/proc/net/dev`: packet counters of the network devices.

use super::{Error, Root};

/// How many numbers follow the device name.
const COLUMNS: usize = 16;

/// The counters of one network device.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counters {
    pub(crate) name: String,
    pub(crate) received: Direction,
    pub(crate) sent: Direction,
}

/// What went in one direction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Direction {
    pub(crate) bytes: u64,
    pub(crate) packets: u64,
    pub(crate) errors: u64,
    pub(crate) dropped: u64,
}

/// Counters of every device that the kernel lists.
///
/// # Errors
/// The file cannot be read.
pub(crate) fn read(root: &Root) -> Result<Vec<Counters>, Error> {
    root.text("/proc/net/dev").map(|text| parse(&text))
}

/// Parses the table; lines without all columns, such as the two of the heading, are skipped.
pub(crate) fn parse(text: &str) -> Vec<Counters> {
    text.lines().filter_map(line).collect()
}

fn line(line: &str) -> Option<Counters> {
    let (name, numbers) = line.split_once(':')?;
    let numbers: Vec<u64> = numbers
        .split_whitespace()
        .map(str::parse)
        .collect::<Result<_, _>>()
        .ok()?;
    if numbers.len() < COLUMNS {
        return None;
    }
    let direction = |at: usize| Direction {
        bytes: numbers[at],
        packets: numbers[at + 1],
        errors: numbers[at + 2],
        dropped: numbers[at + 3],
    };
    Some(Counters {
        name: name.trim().to_owned(),
        received: direction(0),
        sent: direction(COLUMNS / 2),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counters_are_read_by_column() {
        let table = "Inter-|   Receive  |  Transmit\n face |bytes packets|bytes packets\n\
                     eth0: 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16\n";
        let counters = parse(table);
        assert_eq!(counters.len(), 1);
        assert_eq!(counters[0].name, "eth0");
        assert_eq!(
            counters[0].received,
            Direction {
                bytes: 1,
                packets: 2,
                errors: 3,
                dropped: 4
            }
        );
        assert_eq!(
            counters[0].sent,
            Direction {
                bytes: 9,
                packets: 10,
                errors: 11,
                dropped: 12
            }
        );
    }

    #[test]
    fn a_large_count_touches_the_name() {
        let counters = parse("eth0:18446744073709551615 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16");
        assert_eq!(counters[0].received.bytes, u64::MAX);
    }

    #[test]
    fn short_and_odd_lines_are_skipped() {
        assert_eq!(parse("eth0: 1 2 3\neth1: a b\n\nnothing"), []);
    }
}
