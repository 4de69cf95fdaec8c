//! What tells the watch when to look.

use std::io;
use std::time::Duration;

/// An alarm clock. To set it wakes nobody, and takes a hundredth of the time that it takes to wake
/// a thread on a processor that sleeps.
#[cfg(target_os = "linux")]
#[derive(Debug)]
pub(super) struct Alarm(std::os::fd::OwnedFd);

#[cfg(target_os = "linux")]
impl Alarm {
    /// # Errors
    /// The kernel has no timer left for this process.
    pub(super) fn new() -> io::Result<Self> {
        use rustix::time::{TimerfdClockId, TimerfdFlags, timerfd_create};

        Ok(Self(timerfd_create(
            TimerfdClockId::Monotonic,
            TimerfdFlags::CLOEXEC,
        )?))
    }

    /// Lets [`wait`](Self::wait) return once after this time, and not at any that was set before.
    pub(super) fn set(&self, after: Duration) {
        use rustix::time::{Itimerspec, TimerfdTimerFlags, Timespec, timerfd_settime};

        let zero = Timespec::default();
        let once = Itimerspec {
            it_interval: zero,
            it_value: after.try_into().unwrap_or(zero),
        };
        // No timer refuses such a time.
        let _ = timerfd_settime(&self.0, TimerfdTimerFlags::empty(), &once);
    }

    /// Waits until it goes off.
    pub(super) fn wait(&self) {
        let mut count = [0; 8];
        if rustix::io::retry_on_intr(|| rustix::io::read(&self.0, &mut count)).is_err() {
            // Whoever looks too often does no harm, but must not keep a processor busy.
            std::thread::sleep(super::GRACE);
        }
    }
}

/// An alarm clock for systems without such timers.
#[cfg(not(target_os = "linux"))]
#[derive(Debug, Default)]
pub(super) struct Alarm {
    /// When to go off.
    time: std::sync::Mutex<Option<std::time::Instant>>,
    changed: std::sync::Condvar,
}

#[cfg(not(target_os = "linux"))]
impl Alarm {
    /// # Errors
    /// None.
    pub(super) fn new() -> io::Result<Self> {
        Ok(Self::default())
    }

    /// Lets [`wait`](Self::wait) return once after this time, and not at any that was set before.
    pub(super) fn set(&self, after: Duration) {
        *crate::lock::lock(&self.time) = Some(std::time::Instant::now() + after);
        self.changed.notify_one();
    }

    /// Waits until it goes off.
    pub(super) fn wait(&self) {
        use std::sync::PoisonError;

        let mut time = crate::lock::lock(&self.time);
        loop {
            let Some(then) = *time else {
                let woken = self.changed.wait(time);
                time = woken.unwrap_or_else(PoisonError::into_inner);
                continue;
            };
            let left = then.saturating_duration_since(std::time::Instant::now());
            if left.is_zero() {
                return *time = None;
            }
            let woken = self.changed.wait_timeout(time, left);
            (time, _) = woken.unwrap_or_else(PoisonError::into_inner);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;

    #[test]
    fn the_time_that_was_set_last_counts() {
        let alarm = Alarm::new().expect("a timer");
        let start = Instant::now();
        alarm.set(Duration::from_secs(60));
        alarm.set(Duration::from_millis(10));
        alarm.wait();
        assert!(start.elapsed() >= Duration::from_millis(10));
        alarm.set(Duration::from_millis(5));
        alarm.wait();
        assert!(start.elapsed() >= Duration::from_millis(15));
    }
}
