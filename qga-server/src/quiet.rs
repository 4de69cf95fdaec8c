//! The time in which nothing may be written, because file systems are frozen.
//!
//! Whoever writes to a frozen file system waits for the thaw, and so does everybody who waits for
//! that one. So there is no lock here that a writer holds: who is caught in the middle of a write
//! keeps nobody else from thawing.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

/// Whether it is that time.
static QUIET: AtomicBool = AtomicBool::new(false);

/// What waits for its end. Nothing is ever done with this lock held.
static POSTPONED: Mutex<Vec<Task>> = Mutex::new(Vec::new());

type Task = Box<dyn FnOnce() + Send>;

/// Begins the time.
pub(crate) fn begin() {
    QUIET.store(true, Ordering::SeqCst);
}

/// Ends it, and does what has been postponed.
pub(crate) fn end() {
    QUIET.store(false, Ordering::SeqCst);
    let tasks = std::mem::take(&mut *POSTPONED.lock().unwrap_or_else(PoisonError::into_inner));
    for task in tasks {
        task();
    }
}

/// Whether nothing may be written.
pub(crate) fn is_now() -> bool {
    QUIET.load(Ordering::SeqCst)
}

/// Does `task` when the time is over.
pub(crate) fn postpone(task: impl FnOnce() + Send + 'static) {
    let mut tasks = POSTPONED.lock().unwrap_or_else(PoisonError::into_inner);
    tasks.push(Box::new(task));
}
