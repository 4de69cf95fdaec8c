//! The wall clock.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rustix::io::Errno;
use rustix::time::{ClockId, Timespec, clock_settime};

use super::Root;

/// The time since 1970; zero on a machine whose clock says it is earlier.
pub(crate) fn now() -> Duration {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default()
}

/// Sets the clock of the machine. A tree of a test has none that could be set.
///
/// # Errors
/// The agent may not do it, or the kernel does not believe it.
pub(crate) fn set(root: &Root, seconds: i64, nanoseconds: i32) -> Result<(), Errno> {
    if !root.is_machine() {
        return Err(Errno::PERM);
    }
    let time = Timespec {
        tv_sec: seconds,
        tv_nsec: nanoseconds.into(),
    };
    clock_settime(ClockId::Realtime, time)
}
