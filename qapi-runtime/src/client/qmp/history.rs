//! The events that came, as long as there is room for them.

use std::collections::VecDeque;
use std::sync::Arc;

use crate::event::RawEvent;

/// How many events are kept, if nothing else is said.
///
/// A machine that installs itself and is watched by nobody makes a few dozen.
pub const HISTORY: usize = 1024;

/// A point between two events.
///
/// Take one before a command, and no event that the command causes can be
/// missed: see [`Qmp::wait_for`](super::Qmp::wait_for).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mark(u64);

/// What happens to a connection unasked.
#[derive(Debug, Clone)]
pub(in crate::client) enum Happening {
    Event(Arc<RawEvent>),
    /// There is another connection now; nobody knows what happened in between.
    Reconnected,
    /// So many happenings were not kept.
    Missed(u64),
}

/// The last happenings, each with a number.
#[derive(Debug)]
pub(in crate::client) struct History {
    kept: VecDeque<Happening>,
    /// The number of the oldest that is kept.
    first: u64,
    capacity: usize,
}

impl History {
    pub(in crate::client) fn new(capacity: usize) -> Self {
        Self {
            kept: VecDeque::new(),
            first: 0,
            capacity,
        }
    }

    /// Adds what happened, at the cost of the oldest.
    pub(in crate::client) fn push(&mut self, happening: Happening) {
        self.kept.push_back(happening);
        while self.kept.len() > self.capacity {
            self.kept.pop_front();
            self.first += 1;
        }
    }

    /// The point behind everything that has happened.
    pub(in crate::client) fn end(&self) -> Mark {
        Mark(self.first + self.kept.len() as u64)
    }

    /// The point before everything that is kept.
    pub(in crate::client) fn start(&self) -> Mark {
        Mark(self.first)
    }

    /// What happened next after `mark`, which moves behind it.
    pub(in crate::client) fn next(&self, mark: &mut Mark) -> Option<Happening> {
        if let Some(missed) = self.first.checked_sub(mark.0)
            && missed > 0
        {
            mark.0 = self.first;
            return Some(Happening::Missed(missed));
        }
        let index = usize::try_from(mark.0 - self.first).ok()?;
        let happening = self.kept.get(index)?;
        mark.0 += 1;
        Some(happening.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Timestamp;

    fn event(name: &str) -> Happening {
        Happening::Event(Arc::new(RawEvent {
            name: name.to_owned(),
            data: Default::default(),
            timestamp: Timestamp::UNKNOWN,
        }))
    }

    /// What there is after `mark`, in short.
    fn after(history: &History, mut mark: Mark) -> Vec<String> {
        let next = std::iter::from_fn(|| history.next(&mut mark));
        next.map(|happening| match happening {
            Happening::Event(event) => event.name.clone(),
            Happening::Reconnected => "reconnected".to_owned(),
            Happening::Missed(count) => format!("missed {count}"),
        })
        .collect()
    }

    #[test]
    fn a_mark_sees_what_came_after_it() {
        let mut history = History::new(10);
        let before = history.end();
        history.push(event("A"));
        let between = history.end();
        history.push(Happening::Reconnected);
        assert_eq!(after(&history, before), ["A", "reconnected"]);
        assert_eq!(after(&history, between), ["reconnected"]);
        assert_eq!(after(&history, history.end()), [""; 0]);
    }

    #[test]
    fn what_was_not_kept_is_counted() {
        let mut history = History::new(2);
        let before = history.end();
        for name in ["A", "B", "C", "D", "E"] {
            history.push(event(name));
        }
        assert_eq!(after(&history, before), ["missed 3", "D", "E"]);
        assert_eq!(after(&history, history.start()), ["D", "E"]);
    }

    #[test]
    fn no_history_at_all_misses_everything() {
        let mut history = History::new(0);
        let before = history.end();
        history.push(event("A"));
        assert_eq!(after(&history, before), ["missed 1"]);
    }
}
