//! The thread that notices commands which take long.

use std::fmt;
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, Weak};
use std::thread;
use std::time::Duration;

use super::GRACE;
use super::alarm::Alarm;
use super::turn::Turn;
use crate::lock::lock;

/// Something that runs commands, and that somebody can stand in for.
pub(super) trait Watched: Send + Sync {
    fn turn(&self) -> &Turn;

    /// Starts a thread that takes over while the command `number` runs.
    ///
    /// # Errors
    /// There is no thread to be had.
    fn start_stand_in(self: Arc<Self>, number: u64) -> io::Result<()>;
}

/// The watch. It sleeps until a [`GRACE`] after a command has begun, and while one runs it looks
/// once in such a time.
#[derive(Debug)]
pub(super) struct Watch(Arc<Rounds>);

/// What the watch looks at.
struct Rounds {
    entries: Mutex<Vec<Entry>>,
    /// Tells the watch to look.
    alarm: Alarm,
    /// The alarm is not set.
    asleep: AtomicBool,
    /// Nobody will need it any more.
    over: AtomicBool,
}

struct Entry {
    watched: Weak<dyn Watched>,
    /// The command that ran at the last look.
    seen: Option<u64>,
    /// The command that a stand-in was started for.
    covered: Option<u64>,
}

impl Watch {
    /// Starts the thread.
    ///
    /// # Errors
    /// There is none to be had, or no timer.
    pub(super) fn start() -> io::Result<Self> {
        let rounds = Arc::new(Rounds {
            entries: Mutex::default(),
            alarm: Alarm::new()?,
            asleep: AtomicBool::new(true),
            over: AtomicBool::new(false),
        });
        let state = Arc::clone(&rounds);
        thread::Builder::new()
            .name("watch".to_owned())
            .spawn(move || state.walk())?;
        Ok(Self(rounds))
    }

    /// Looks at `watched` from now on, for as long as it exists.
    pub(super) fn add(&self, watched: Weak<dyn Watched>) {
        let mut entries = lock(&self.0.entries);
        entries.retain(|entry| entry.watched.strong_count() > 0);
        entries.push(Entry {
            watched,
            seen: None,
            covered: None,
        });
    }

    /// Makes sure that the watch sees a command which has begun and does not end soon.
    pub(super) fn set_alarm(&self) {
        self.0.set_alarm();
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.0.over.store(true, Ordering::SeqCst);
        self.0.alarm.set(Duration::from_nanos(1));
    }
}

impl Rounds {
    fn walk(&self) {
        loop {
            self.alarm.wait();
            if self.over.load(Ordering::SeqCst) {
                return;
            }
            if self.look() {
                self.alarm.set(GRACE);
                continue;
            }
            // Whoever begins after this sees the flag, and whoever began before is seen.
            self.asleep.store(true, Ordering::SeqCst);
            if self.is_busy() {
                self.set_alarm();
            }
        }
    }

    /// Sets the alarm unless it is set: once in a [`GRACE`] for all commands that are over sooner.
    fn set_alarm(&self) {
        if self.asleep.load(Ordering::SeqCst) && self.asleep.swap(false, Ordering::SeqCst) {
            self.alarm.set(GRACE);
        }
    }

    fn is_busy(&self) -> bool {
        let entries = lock(&self.entries);
        let mut watched = entries.iter().filter_map(|entry| entry.watched.upgrade());
        watched.any(|watched| watched.turn().running().is_some())
    }

    /// Starts a stand-in for each command that ran at the last look too. Says whether there are
    /// any to look at again.
    fn look(&self) -> bool {
        let mut busy = false;
        for entry in lock(&self.entries).iter_mut() {
            let Some(watched) = entry.watched.upgrade() else {
                continue;
            };
            let running = watched.turn().running();
            busy |= running.is_some();
            if let Some(number) = running
                && entry.seen == running
                && entry.covered != running
            {
                // A machine without another thread may have one at the next look.
                if watched.start_stand_in(number).is_ok() {
                    entry.covered = running;
                }
            }
            entry.seen = running;
        }
        busy
    }
}

impl fmt::Debug for Rounds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rounds").finish_non_exhaustive()
    }
}
