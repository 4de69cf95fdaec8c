//! Waiting for a file descriptor or for the wish to stop, whichever comes first.
//!
//! SIGTERM and SIGINT are blocked and arrive over a descriptor instead, so there is no signal
//! handler: a command that runs is finished, and the next wait sees the wish. SIGPIPE needs no
//! care here, the standard library ignores it.

use std::os::fd::{AsFd, OwnedFd};
use std::sync::Arc;
use std::time::Duration;

use nix::sys::signal::{SigSet, Signal};
use nix::sys::signalfd::{SfdFlags, SignalFd};
use rustix::event::{PollFd, PollFlags, Timespec};
use rustix::io::Errno;

use super::Error;
use super::error::from_nix;

/// Becomes readable when the agent is asked to stop, and stays so, for all clones.
#[derive(Clone, Debug)]
pub struct Stop(Arc<OwnedFd>);

/// What ended a wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wake {
    /// The descriptor is ready, or broken, which its next use will tell.
    Ready,
    /// The agent is asked to stop.
    Stop,
    /// The time is over.
    Timeout,
}

impl Stop {
    /// Turns SIGTERM and SIGINT of this process into the wish to stop.
    ///
    /// Must be called before any other thread is started: a thread inherits what is blocked.
    ///
    /// # Errors
    /// The kernel refuses, for example because no descriptor is left.
    pub fn on_signals() -> Result<Self, Error> {
        let mut signals = SigSet::empty();
        signals.add(Signal::SIGTERM);
        signals.add(Signal::SIGINT);
        signals
            .thread_block()
            .and_then(|()| SignalFd::with_flags(&signals, SfdFlags::SFD_CLOEXEC))
            .map(|signals| Self::from(OwnedFd::from(signals)))
            .map_err(|error| Error::new("failed to set up signals", from_nix(error)))
    }

    /// Waits until `fd` can be read.
    pub(crate) fn wait_readable(&self, fd: impl AsFd) -> Result<Wake, Errno> {
        self.wait(fd, PollFlags::IN)
    }

    /// Waits until `fd` can be written.
    pub(crate) fn wait_writable(&self, fd: impl AsFd) -> Result<Wake, Errno> {
        self.wait(fd, PollFlags::OUT)
    }

    fn wait(&self, fd: impl AsFd, events: PollFlags) -> Result<Wake, Errno> {
        let mut fds = [
            PollFd::new(&*self.0, PollFlags::IN),
            PollFd::new(&fd, events),
        ];
        poll(&mut fds, None)?;
        Ok(if fds[0].revents().is_empty() {
            Wake::Ready
        } else {
            Wake::Stop
        })
    }

    /// Waits for `time` to pass.
    pub(crate) fn wait_for(&self, time: Duration) -> Result<Wake, Errno> {
        let mut fds = [PollFd::new(&*self.0, PollFlags::IN)];
        poll(&mut fds, Some(time))?;
        Ok(if fds[0].revents().is_empty() {
            Wake::Timeout
        } else {
            Wake::Stop
        })
    }
}

/// A wish that comes over any other descriptor, by becoming readable.
impl From<OwnedFd> for Stop {
    fn from(fd: OwnedFd) -> Self {
        Self(Arc::new(fd))
    }
}

/// Waits for one of `fds`, again and again if a signal comes between.
pub(super) fn poll(fds: &mut [PollFd<'_>], time: Option<Duration>) -> Result<(), Errno> {
    let time = time.and_then(|time| Timespec::try_from(time).ok());
    loop {
        match rustix::event::poll(fds, time.as_ref()) {
            Ok(_) => return Ok(()),
            Err(Errno::INTR) => {}
            Err(error) => return Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Write, pipe};

    use super::*;

    #[test]
    fn the_wish_to_stop_comes_before_ready_data_and_stays() {
        let (wish, mut wisher) = pipe().expect("a pipe");
        let (data, mut writer) = pipe().expect("a pipe");
        let stop = Stop::from(OwnedFd::from(wish));
        writer.write_all(b"x").expect("room in the pipe");
        assert_eq!(stop.wait_readable(&data), Ok(Wake::Ready));
        assert_eq!(stop.wait_writable(&writer), Ok(Wake::Ready));
        assert_eq!(stop.wait_for(Duration::from_millis(1)), Ok(Wake::Timeout));
        wisher.write_all(b"x").expect("room in the pipe");
        for _ in 0..2 {
            assert_eq!(stop.wait_readable(&data), Ok(Wake::Stop));
            assert_eq!(stop.wait_for(Duration::from_secs(60)), Ok(Wake::Stop));
        }
    }
}
