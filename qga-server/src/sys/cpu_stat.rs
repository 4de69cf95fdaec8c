//! `/proc/stat`: what the processors spent their time on.

use super::{Error, Root};

/// How many counters have to be there: user, nice, system and idle.
const REQUIRED: usize = 4;

/// The counters of one processor, in ticks of the clock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Times {
    pub(crate) number: i64,
    /// At least four, in the order of the file; newer kernels have more.
    ticks: Vec<u64>,
}

impl Times {
    /// The counter in that column, in milliseconds.
    pub(crate) fn milliseconds(&self, column: usize, ticks_per_second: u64) -> Option<u64> {
        let ticks = *self.ticks.get(column)?;
        let milliseconds = u128::from(ticks) * 1000 / u128::from(ticks_per_second.max(1));
        Some(u64::try_from(milliseconds).unwrap_or(u64::MAX))
    }
}

/// The counters of every processor that is in use.
///
/// # Errors
/// The file cannot be read.
pub(crate) fn read(root: &Root) -> Result<Vec<Times>, Error> {
    root.text("/proc/stat").map(|text| parse(&text))
}

/// How many ticks the kernel counts in a second.
pub(crate) fn ticks_per_second() -> u64 {
    rustix::param::clock_ticks_per_second()
}

/// Parses the lines of single processors; that of all together has no number.
pub(crate) fn parse(text: &str) -> Vec<Times> {
    text.lines().filter_map(line).collect()
}

fn line(line: &str) -> Option<Times> {
    let mut words = line.strip_prefix("cpu")?.split(' ');
    let number = words.next()?.parse().ok()?;
    let ticks: Vec<u64> = words.map_while(|word| word.parse().ok()).collect();
    (ticks.len() >= REQUIRED).then_some(Times { number, ticks })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_lines_of_single_processors_count() {
        let text =
            "cpu  9 9 9 9\ncpu0 1 2 3 4\ncpu17 5 6 7 8 9\ncpu2 1 2 3\nintr 5\ncpux 1 2 3 4\n";
        let parsed = parse(text);
        let numbers: Vec<i64> = parsed.iter().map(|times| times.number).collect();
        assert_eq!(numbers, [0, 17]);
        assert_eq!(parsed[1].ticks, [5, 6, 7, 8, 9]);
    }

    #[test]
    fn counters_become_milliseconds() {
        let times = &parse("cpu0 1 2 3 18446744073709551615")[0];
        assert_eq!(times.milliseconds(2, 100), Some(30));
        assert_eq!(times.milliseconds(3, 100), Some(u64::MAX));
        assert_eq!(times.milliseconds(4, 100), None);
    }
}
