//! Waiting for whatever happens to any of many children.

use std::mem::MaybeUninit;
use std::os::fd::OwnedFd;
use std::time::Duration;

use rustix::event::epoll::{self, CreateFlags, EventData, EventFlags};
use rustix::event::{EventfdFlags, Timespec, eventfd};
use rustix::io::Errno;

use super::care::{Care, Event};

/// How many things that have happened are told at once.
const EVENTS: usize = 16;
/// How many kinds of them there are.
const KINDS: u64 = Event::ALL.len() as u64;

/// Where the thread waits for all that may happen to its children.
#[derive(Debug)]
pub(super) struct Watch {
    epoll: OwnedFd,
    /// Wakes the thread: for a child of which nothing tells, or when there is one less.
    bell: OwnedFd,
}

impl Watch {
    /// The number of no child.
    const BELL: u64 = 0;

    pub(super) fn new() -> Result<Self, Errno> {
        let epoll = epoll::create(CreateFlags::CLOEXEC)?;
        let bell = eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK)?;
        let data = EventData::new_u64(Self::BELL);
        epoll::add(&epoll, &bell, data, EventFlags::IN | EventFlags::ET)?;
        Ok(Self { epoll, bell })
    }

    /// Waits for what happens to a child with this number too. If the kernel does not tell that, the
    /// thread has to ask.
    pub(super) fn join(&self, number: u64, care: &mut Care) {
        let added = care.sources().try_for_each(|(event, fd)| {
            let flags = match event {
                Event::Stdin => EventFlags::OUT,
                _ => EventFlags::IN,
            };
            epoll::add(&self.epoll, fd, key(number, event), flags)
        });
        if added.is_err() {
            self.leave(care);
            care.ask();
        }
        if care.has_to_be_asked() {
            self.ring();
        }
    }

    /// Wakes the thread.
    pub(super) fn ring(&self) {
        // One that rings already rings on.
        let _ = rustix::io::write(&self.bell, &1_u64.to_ne_bytes());
    }

    /// Waits no more for what happens to a child.
    pub(super) fn leave(&self, care: &Care) {
        for (_, fd) in care.sources() {
            // What is not there need not go.
            let _ = epoll::delete(&self.epoll, fd);
        }
    }

    /// Waits until something happens; says to which child.
    pub(super) fn wait(&self, time: Option<Duration>) -> Result<Vec<(u64, Event)>, Errno> {
        let mut buffer = [MaybeUninit::uninit(); EVENTS];
        let time = time.and_then(|time| Timespec::try_from(time).ok());
        let (happened, _) = epoll::wait(&self.epoll, &mut buffer, time.as_ref())?;
        Ok(happened.iter().map(|event| named(event.data)).collect())
    }
}

/// What the kernel is to say when that happens to the child with that number.
fn key(number: u64, event: Event) -> EventData {
    EventData::new_u64(number * KINDS + event as u64)
}

/// What it means when the kernel says that.
fn named(key: EventData) -> (u64, Event) {
    let (number, kind) = (key.u64() / KINDS, key.u64() % KINDS);
    let event = Event::ALL.into_iter().find(|event| *event as u64 == kind);
    (number, event.expect("there are as many kinds"))
}
