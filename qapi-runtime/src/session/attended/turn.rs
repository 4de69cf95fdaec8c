//! Whether a thread is running a command, told without a lock or a clock.

use std::sync::atomic::{AtomicU64, Ordering};

/// Counts the beginnings and the ends of commands of one thread: the number is odd while one runs.
#[derive(Debug, Default)]
pub(super) struct Turn(AtomicU64);

/// Marks the number of a command whose client somebody else reads from.
const TAKEN: u64 = 1 << 63;

impl Turn {
    /// A command begins. The order with the watch's falling asleep matters, here and in
    /// [`running`](Self::running): one of the two sees the other.
    pub(super) fn begin(&self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }

    /// The command has ended. Says whether nobody has taken over.
    pub(super) fn end(&self) -> bool {
        let number = self.0.load(Ordering::Relaxed);
        number & TAKEN == 0
            && self
                .0
                .compare_exchange(number, number + 1, Ordering::AcqRel, Ordering::Acquire)
                .is_ok()
    }

    /// The number of the command that runs, if somebody may have to take over.
    pub(super) fn running(&self) -> Option<u64> {
        let number = self.0.load(Ordering::SeqCst);
        (number & TAKEN == 0 && number & 1 == 1).then_some(number)
    }

    /// Takes over while the command with this number runs. Says whether it still does.
    pub(super) fn take_over(&self, number: u64) -> bool {
        self.0
            .compare_exchange(number, number | TAKEN, Ordering::AcqRel, Ordering::Acquire)
            .is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_command_that_runs_is_taken_over_and_only_once() {
        let turn = Turn::default();
        assert_eq!(turn.running(), None);
        turn.begin();
        let first = turn.running().expect("a command");
        assert!(turn.end());
        turn.begin();
        assert!(!turn.take_over(first));
        let second = turn.running().expect("a command");
        assert!(turn.take_over(second) && !turn.take_over(second));
        assert_eq!(turn.running(), None);
        assert!(!turn.end());
    }
}
