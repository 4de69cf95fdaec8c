//! How many tasks ran or waited to run.

/// The averages of one, five and fifteen minutes.
pub(crate) fn read() -> [f64; 3] {
    /// The kernel counts in parts of this size.
    const ONE: f64 = (1 << 16) as f64;
    rustix::system::sysinfo()
        .loads
        .map(|load| load as f64 / ONE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn averages_are_those_of_the_kernel() {
        // Both move every five seconds, so that two readings in a row can differ, but not by much.
        let text = std::fs::read_to_string("/proc/loadavg").expect("a kernel with procfs");
        let shown = text.split(' ').take(3).map(|each| each.parse::<f64>());
        for (ours, shown) in read().into_iter().zip(shown) {
            assert!((ours - shown.expect("a number")).abs() < 2.0, "{text}");
        }
    }
}
