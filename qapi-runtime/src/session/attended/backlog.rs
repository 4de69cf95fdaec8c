//! Requests that wait for the command before them.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use super::abandoned::{Abandoned, Ticket, shortened};
use crate::decoder::JsonError;
use crate::document::Document;
use crate::lock::lock;

/// How many requests may wait for a command.
pub const MAX_WAITING: usize = 1024;
/// How many bytes of memory they may take, unless it is a single one.
pub const MAX_WAITING_BYTES: usize = 1 << 20;

/// A message, or why it is none.
pub(super) type Message = Result<Document, JsonError>;

/// What lies before a busy thread: its stand-in adds to it, and it takes away.
#[derive(Debug, Default)]
pub(super) struct Backlog {
    state: Mutex<State>,
    /// There is room, or nobody needs it any more.
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    /// The command that runs.
    command: String,
    waiting: VecDeque<Message>,
    bytes: usize,
    /// How many messages were taken away.
    taken: u64,
    /// The thread has retired.
    done: bool,
    /// There once nobody waits for the thread any more.
    ticket: Option<Ticket>,
}

/// What became of a message that was to be added.
#[derive(Debug, PartialEq)]
pub(super) enum Offered {
    /// It waits.
    Taken,
    /// There is nothing to wait for.
    Back(Message),
}

impl Backlog {
    /// Notes which command runs now.
    pub(super) fn name(&self, command: &str) {
        let mut state = lock(&self.state);
        state.command.clear();
        state.command.push_str(shortened(command));
        if let Some(ticket) = &mut state.ticket {
            ticket.rename(command);
        }
    }

    /// Adds a message, as soon as there is room.
    pub(super) fn offer(&self, message: Message) -> Offered {
        let size = size(&message);
        let mut state = lock(&self.state);
        while !state.done && !state.has_room(size) {
            let waited = self.changed.wait(state);
            state = waited.unwrap_or_else(PoisonError::into_inner);
        }
        if state.done {
            return Offered::Back(message);
        }
        state.bytes += size;
        state.waiting.push_back(message);
        Offered::Taken
    }

    /// The next message. If there is none, the thread has to retire.
    pub(super) fn next(&self) -> Option<Message> {
        let mut state = lock(&self.state);
        let message = state.waiting.pop_front();
        state.taken += 1;
        match &message {
            Some(message) => state.bytes -= size(message),
            None => state.retire(),
        }
        self.changed.notify_all();
        message
    }

    /// Waits until the thread has retired, unless it is at one message for longer than `patience`.
    /// Says whether it has.
    pub(super) fn wait(&self, patience: Duration) -> bool {
        let mut state = lock(&self.state);
        loop {
            let taken = state.taken;
            let waited = self
                .changed
                .wait_timeout_while(state, patience, |state| !state.done && state.taken == taken);
            let (now, timeout) = waited.unwrap_or_else(PoisonError::into_inner);
            if now.done || timeout.timed_out() {
                return now.done;
            }
            state = now;
        }
    }

    /// Takes back what came last and is no request: such as the byte 0xFF, by which a client that
    /// begins anew makes itself heard.
    pub(super) fn take_noise(&self) -> Vec<JsonError> {
        let mut state = lock(&self.state);
        let mut noise = Vec::new();
        while let Some(Err(_)) = state.waiting.back() {
            noise.extend(state.waiting.pop_back().and_then(Result::err));
        }
        noise.reverse();
        noise
    }

    /// Nobody waits for what is here any more. The thread will do it all the same, unless it has
    /// retired.
    pub(super) fn abandon(&self, abandoned: &Arc<Abandoned>) {
        let mut state = lock(&self.state);
        if !state.done {
            state.ticket = Some(Ticket::new(abandoned, &state.command));
        }
    }

    /// The thread is gone, also if it has panicked.
    pub(super) fn close(&self) {
        lock(&self.state).retire();
        self.changed.notify_all();
    }
}

impl State {
    fn has_room(&self, size: usize) -> bool {
        let fits = self.bytes + size <= MAX_WAITING_BYTES || self.waiting.is_empty();
        fits && self.waiting.len() < MAX_WAITING
    }

    fn retire(&mut self) {
        self.done = true;
        self.ticket = None;
    }
}

/// How much memory a message takes. The reason why something is none takes little.
fn size(message: &Message) -> usize {
    message.as_ref().map_or(0, Document::size)
}

#[cfg(test)]
mod tests {
    use std::thread;

    use serde_json::json;

    use super::super::MAX_ABANDONED_ALIKE;
    use super::*;

    fn message(text: &str) -> Message {
        Ok(json!(text).into())
    }

    #[test]
    fn messages_wait_in_order_until_there_are_no_more() {
        let backlog = Backlog::default();
        for text in ["a", "b"] {
            assert_eq!(backlog.offer(message(text)), Offered::Taken);
        }
        assert_eq!(backlog.next(), Some(message("a")));
        assert_eq!(backlog.next(), Some(message("b")));
        assert_eq!(backlog.next(), None);
        assert_eq!(backlog.offer(message("c")), Offered::Back(message("c")));
    }

    #[test]
    fn only_so_many_wait_and_the_rest_comes_later() {
        let half = "x".repeat(MAX_WAITING_BYTES / 2);
        for (text, most) in [("", MAX_WAITING), (&half, 1)] {
            let backlog = Backlog::default();
            for _ in 0..most {
                assert_eq!(backlog.offer(message(text)), Offered::Taken);
            }
            thread::scope(|scope| {
                let more = scope.spawn(|| backlog.offer(message("more")));
                for _ in 0..most {
                    assert_eq!(backlog.next(), Some(message(text)));
                }
                assert_eq!(more.join().expect("no panic"), Offered::Taken);
            });
            assert_eq!(backlog.next(), Some(message("more")));
        }
    }

    #[test]
    fn the_noise_before_a_new_beginning_belongs_to_it() {
        let backlog = Backlog::default();
        let noise = |text: &str| JsonError::Stray(text.to_owned());
        for message in [Err(noise("1")), message("a"), Err(noise("2"))] {
            backlog.offer(message);
        }
        assert_eq!(backlog.take_noise(), [noise("2")]);
        assert_eq!(backlog.take_noise(), []);
        assert_eq!(backlog.next(), Some(Err(noise("1"))));
        assert_eq!(backlog.next(), Some(message("a")));
        assert_eq!(backlog.next(), None);
    }

    #[test]
    fn who_has_retired_has_nothing_to_abandon() {
        let (backlog, abandoned) = (Backlog::default(), Arc::default());
        let alike = |command: &str| {
            let more: Vec<_> = (1..MAX_ABANDONED_ALIKE)
                .map(|_| Ticket::new(&abandoned, command))
                .collect();
            let refused = abandoned.check(command).is_err();
            drop(more);
            refused
        };
        backlog.name("a");
        backlog.abandon(&abandoned);
        assert!(alike("a"));
        backlog.name("b");
        assert!(!alike("a") && alike("b"));
        assert_eq!(backlog.next(), None);
        backlog.abandon(&abandoned);
        assert!(!alike("b"));
    }
}
