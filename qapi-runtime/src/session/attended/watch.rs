//! The thread that notices commands which take long.

use std::fmt;
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, Weak};
use std::thread::{self, Thread};

use super::GRACE;
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

/// The watch. It sleeps until a command begins, and while one runs it looks once in a [`GRACE`].
#[derive(Debug)]
pub(super) struct Watch {
    rounds: Arc<Rounds>,
    thread: Thread,
}

/// What the watch looks at.
struct Rounds {
    entries: Mutex<Vec<Entry>>,
    /// The watch sleeps until it is woken.
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
    /// There is none to be had.
    pub(super) fn start() -> io::Result<Self> {
        let rounds = Arc::new(Rounds {
            entries: Mutex::default(),
            asleep: AtomicBool::new(false),
            over: AtomicBool::new(false),
        });
        let state = Arc::clone(&rounds);
        let thread = thread::Builder::new()
            .name("watch".to_owned())
            .spawn(move || state.walk())?;
        Ok(Self {
            rounds,
            thread: thread.thread().clone(),
        })
    }

    /// Looks at `watched` from now on, for as long as it exists.
    pub(super) fn add(&self, watched: Weak<dyn Watched>) {
        let mut entries = lock(&self.rounds.entries);
        entries.retain(|entry| entry.watched.strong_count() > 0);
        entries.push(Entry {
            watched,
            seen: None,
            covered: None,
        });
    }

    /// Makes sure that the watch sees a command which has begun.
    pub(super) fn wake(&self) {
        let asleep = &self.rounds.asleep;
        if asleep.load(Ordering::SeqCst) && asleep.swap(false, Ordering::SeqCst) {
            self.thread.unpark();
        }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.rounds.over.store(true, Ordering::SeqCst);
        self.thread.unpark();
    }
}

impl Rounds {
    fn walk(&self) {
        let mut was_woken = false;
        while !self.over.load(Ordering::SeqCst) {
            // Where one command is over others follow, and to be woken for each of them would
            // take longer than they do.
            if self.look() || was_woken {
                was_woken = false;
                thread::sleep(GRACE);
                continue;
            }
            // Whoever begins after this sees the flag, and whoever began before is seen.
            self.asleep.store(true, Ordering::SeqCst);
            if !self.is_busy() && !self.over.load(Ordering::SeqCst) {
                thread::park();
            }
            self.asleep.store(false, Ordering::SeqCst);
            was_woken = true;
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
