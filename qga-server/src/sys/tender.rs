//! One thread that looks after all children.
//!
//! It is there while there are any, and for a moment longer, as one child seldom comes alone.

use std::mem;
use std::os::fd::OwnedFd;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use rustix::event::{EventfdFlags, PollFd, PollFlags, eventfd};
use rustix::io::Errno;

use super::care::{Care, Event};
use super::error::errno;
use super::stop::poll;
use crate::lock::lock;

/// How long the thread waits for another child.
const LINGER: Duration = Duration::from_secs(1);
/// How often children are asked whether they have exited, where the kernel does not tell, and how
/// long to wait when it has no memory to wait for them.
const PAUSE: Duration = Duration::from_millis(50);
/// The stack of the thread, which does nothing but poll, read and write.
const STACK_SIZE: usize = 128 << 10;

/// Has children looked after.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tender(Arc<Mutex<Inbox>>);

/// What the thread and those who bring children share.
#[derive(Debug, Default)]
struct Inbox {
    /// Calls the thread, which is there as long as this is.
    bell: Option<Bell>,
    /// The children that it has not seen yet.
    new: Vec<Care>,
    /// How many are being started. It waits for them.
    expected: usize,
}

impl Tender {
    /// Makes sure that a child which is to be started will be looked after.
    ///
    /// # Errors
    /// There is no thread to be had.
    pub(super) fn expect(&self) -> Result<Place, Errno> {
        let mut inbox = lock(&self.0);
        let bell = match &inbox.bell {
            Some(bell) => bell.clone(),
            None => {
                let bell = Bell::new()?;
                let (shared, own) = (self.clone(), bell.clone());
                thread::Builder::new()
                    .name("guest-exec".to_owned())
                    .stack_size(STACK_SIZE)
                    .spawn(move || shared.tend(&own))
                    .map_err(|error| errno(&error))?;
                inbox.bell.insert(bell).clone()
            }
        };
        inbox.expected += 1;
        let tender = self.clone();
        Ok(Place { tender, bell })
    }

    fn tend(&self, bell: &Bell) {
        let mut cares = Vec::new();
        let mut may_leave = false;
        while self.collect(&mut cares, may_leave) {
            let time = match cares.is_empty() {
                true => Some(LINGER),
                false => cares.iter().any(Care::has_to_be_asked).then_some(PAUSE),
            };
            let (was_called, events) = wait(bell, &cares, time);
            may_leave = !was_called && cares.is_empty();
            if was_called {
                bell.hush();
            }
            for (at, event) in events {
                cares[at].handle(event);
            }
            for care in cares.iter_mut().filter(|care| care.has_to_be_asked()) {
                care.reap();
            }
            for care in cares.extract_if(.., |care| care.is_over()) {
                care.finish();
            }
        }
    }

    /// Takes children over. Says whether the thread goes on: it may leave when there are none.
    fn collect(&self, cares: &mut Vec<Care>, may_leave: bool) -> bool {
        let mut inbox = lock(&self.0);
        cares.extend(mem::take(&mut inbox.new));
        let goes_on = !may_leave || !cares.is_empty() || inbox.expected > 0;
        if !goes_on {
            inbox.bell = None;
        }
        goes_on
    }
}

/// Waits for what happens next. Says whether the bell rings, and what happened to which child.
fn wait(bell: &Bell, cares: &[Care], time: Option<Duration>) -> (bool, Vec<(usize, Event)>) {
    let mut fds = vec![PollFd::new(&*bell.0, PollFlags::IN)];
    let mut events = Vec::new();
    for (at, care) in cares.iter().enumerate() {
        for (event, fd) in care.events() {
            events.push((at, event));
            fds.push(fd);
        }
    }
    if poll(&mut fds, time).is_err() {
        thread::sleep(PAUSE);
        return (true, Vec::new());
    }
    let mut ready = fds.iter().map(|fd| !fd.revents().is_empty());
    let was_called = ready.next() == Some(true);
    events.retain(|_| ready.next() == Some(true));
    (was_called, events)
}

/// The place of a child that is being started.
#[derive(Debug)]
pub(super) struct Place {
    tender: Tender,
    bell: Bell,
}

impl Place {
    /// Calls who looks after the child.
    pub(super) fn bell(&self) -> Bell {
        self.bell.clone()
    }

    /// Hands the child over.
    pub(super) fn take(self, care: Care) {
        lock(&self.tender.0).new.push(care);
        self.bell.ring();
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        lock(&self.tender.0).expected -= 1;
    }
}

/// Wakes the thread.
#[derive(Clone, Debug)]
pub(super) struct Bell(Arc<OwnedFd>);

impl Bell {
    pub(super) fn new() -> Result<Self, Errno> {
        let flags = EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK;
        eventfd(0, flags).map(Arc::new).map(Self)
    }

    pub(super) fn ring(&self) {
        // One that rings already is full, and rings on.
        let _ = rustix::io::write(&*self.0, &1_u64.to_ne_bytes());
    }

    fn hush(&self) {
        // One that does not ring is what is wanted.
        let _ = rustix::io::read(&*self.0, &mut [0; 8]);
    }
}

#[cfg(test)]
mod tests {
    use super::super::process::{Budget, Input, start};
    use super::super::spawn::{Capture, Launch};
    use super::*;

    #[test]
    fn one_thread_looks_after_all_and_leaves_when_there_are_none() {
        let (tender, budget) = (Tender::default(), Arc::new(Budget::new(0)));
        let launch = |program: &str| Launch {
            program: program.into(),
            found: None,
            arguments: Vec::new(),
            environment: None,
            input: false,
            capture: Capture::Separated,
            new_session: false,
        };
        let bell = |tender: &Tender| lock(&tender.0).bell.clone();
        assert!(bell(&tender).is_none());
        let none = || Input::new(Vec::new(), &budget).expect("it takes nothing");
        let run = |program| start(&tender, &launch(program), none(), &budget);
        let first = run("true").expect("a program");
        let thread = bell(&tender).expect("a thread");
        assert!(run("/absent").is_err());
        let second = run("false").expect("a program");
        let same = bell(&tender).expect("a thread");
        assert!(Arc::ptr_eq(&thread.0, &same.0));
        for child in [first, second] {
            while !child.is_finished() {
                thread::yield_now();
            }
        }
        while bell(&tender).is_some() {
            thread::sleep(PAUSE);
        }
        assert_eq!(lock(&tender.0).expected, 0);
    }
}
