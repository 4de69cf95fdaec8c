//! What went through a network device.

/// The counters of one network device.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counters {
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

impl Counters {
    /// Reads the numbers of `struct rtnl_link_stats64`, and adds them up as `/proc/net/dev` does:
    /// what the device itself had no room for was dropped as well.
    pub(super) fn parse(bytes: &[u8]) -> Option<Self> {
        const MISSED: usize = 15;
        let (numbers, _) = bytes.as_chunks();
        let number = |at: usize| numbers.get(at).map(|it| u64::from_ne_bytes(*it));
        // Those of the two directions take turns, received before sent.
        let direction = |first: usize| {
            Some(Direction {
                packets: number(first)?,
                bytes: number(first + 2)?,
                errors: number(first + 4)?,
                dropped: number(first + 6)?,
            })
        };
        let mut received = direction(0)?;
        received.dropped = received.dropped.wrapping_add(number(MISSED)?);
        Some(Self {
            received,
            sent: direction(1)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counters_are_read_by_place() {
        let bytes: Vec<u8> = (1_u64..=16).flat_map(u64::to_ne_bytes).collect();
        let expected = Counters {
            received: Direction {
                packets: 1,
                bytes: 3,
                errors: 5,
                dropped: 7 + 16,
            },
            sent: Direction {
                packets: 2,
                bytes: 4,
                errors: 6,
                dropped: 8,
            },
        };
        assert_eq!(Counters::parse(&bytes), Some(expected));
        assert_eq!(Counters::parse(&bytes[1..]), None);
    }
}
