//! How many lines go to a log in a second.
//!
//! A host can have lines written as fast as it sends requests, and a disk filled with them.

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

use crate::limits::MAX_LOG_LINES;
use crate::sys::clock;

/// Counts the lines of the second at hand. Threads that meet at its end may count one too few.
#[derive(Debug, Default)]
pub(super) struct Rate {
    second: AtomicU64,
    count: AtomicU32,
}

impl Rate {
    /// A rate that nothing has counted for yet.
    pub(super) const fn new() -> Self {
        Self {
            second: AtomicU64::new(0),
            count: AtomicU32::new(0),
        }
    }

    /// Writes a text if there is room for it now, after word of those that had none before it.
    pub(super) fn pass(&self, text: impl FnOnce() -> String, write: impl Fn(&str)) {
        let Some(left_out) = self.admit(clock::now().as_secs()) else {
            return;
        };
        if left_out > 0 {
            write(&format!("warning: {left_out} lines were left out"));
        }
        write(&text());
    }

    /// Whether there is room for a line in this second; and then, how many were left out of those
    /// before.
    fn admit(&self, second: u64) -> Option<u32> {
        if self.second.swap(second, Ordering::Relaxed) != second {
            let before = self.count.swap(1, Ordering::Relaxed);
            return Some(before.saturating_sub(MAX_LOG_LINES));
        }
        let before = self.count.fetch_add(1, Ordering::Relaxed);
        (before < MAX_LOG_LINES).then_some(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_too_much_for_a_second_is_left_out_and_counted() {
        let rate = Rate::new();
        for _ in 0..MAX_LOG_LINES {
            assert_eq!(rate.admit(7), Some(0));
        }
        assert_eq!((rate.admit(7), rate.admit(7)), (None, None));
        assert_eq!((rate.admit(8), rate.admit(8)), (Some(2), Some(0)));
        assert_eq!(rate.admit(20), Some(0));
    }
}
