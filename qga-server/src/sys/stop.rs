//! Waiting for a file descriptor or for the wish to stop, whichever comes first.
//!
//! SIGTERM and SIGINT are blocked and arrive over a descriptor instead, so there is no signal
//! handler: a command that runs is finished, and the next wait sees the wish. So is SIGHUP, for an
//! agent that has something to do then; whichever thread waits does it. SIGXFSZ is blocked for good.
//! SIGPIPE needs no care here, the standard library ignores it.

use std::fmt;
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
pub struct Stop {
    wish: Arc<OwnedFd>,
    hangup: Option<Arc<Hangup>>,
}

/// What is done when SIGHUP comes.
struct Hangup {
    signals: SignalFd,
    act: Box<dyn Fn() + Send + Sync>,
}

impl Hangup {
    /// Does it, unless another thread has been quicker.
    fn take(&self) {
        if let Ok(Some(_)) = self.signals.read_signal() {
            (self.act)();
        }
    }
}

impl fmt::Debug for Hangup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("Hangup");
        debug
            .field("signals", &self.signals)
            .finish_non_exhaustive()
    }
}

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
    /// Turns SIGTERM and SIGINT of this process into the wish to stop, and sees to it that a write
    /// beyond the limit of a file's size only fails.
    ///
    /// Must be called before any other thread is started: a thread inherits what is blocked.
    ///
    /// # Errors
    /// The kernel refuses, for example because no descriptor is left.
    pub fn on_signals() -> Result<Self, Error> {
        SigSet::from(Signal::SIGXFSZ)
            .thread_block()
            .map_err(|error| Error::new("failed to set up signals", from_nix(error)))?;
        let signals = [Signal::SIGTERM, Signal::SIGINT].into_iter().collect();
        let signals = descriptor(&signals, SfdFlags::empty())?;
        Ok(Self::from(OwnedFd::from(signals)))
    }

    /// Lets SIGHUP, which ends the process otherwise, have `act` done by a thread that waits: soon,
    /// but after the command that the thread may be at.
    ///
    /// Must be called before any other thread is started.
    ///
    /// # Errors
    /// The kernel refuses.
    pub(crate) fn on_hangup(
        &mut self,
        act: impl Fn() + Send + Sync + 'static,
    ) -> Result<(), Error> {
        let signals = [Signal::SIGHUP].into_iter().collect();
        // All threads that wait are woken, and only one finds something to read.
        let signals = descriptor(&signals, SfdFlags::SFD_NONBLOCK)?;
        let act = Box::new(act);
        self.hangup = Some(Arc::new(Hangup { signals, act }));
        Ok(())
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
        let awaited = PollFd::new(&fd, events);
        self.wait_or(Some(awaited), None)
    }

    /// Waits for `time` to pass.
    pub(crate) fn wait_for(&self, time: Duration) -> Result<Wake, Errno> {
        self.wait_or(None, Some(time))
    }

    /// Waits for one of these, and does meanwhile what SIGHUP asks for.
    fn wait_or(&self, awaited: Option<PollFd<'_>>, time: Option<Duration>) -> Result<Wake, Errno> {
        loop {
            let wish = PollFd::new(&*self.wish, PollFlags::IN);
            let mut fds = [wish.clone(), wish.clone(), wish];
            let mut count = 1;
            if let Some(awaited) = &awaited {
                fds[count] = awaited.clone();
                count += 1;
            }
            if let Some(hangup) = &self.hangup {
                fds[count] = PollFd::new(&hangup.signals, PollFlags::IN);
                count += 1;
            }
            let fds = &mut fds[..count];
            poll(fds, time)?;
            let is_ready = |index: usize| !fds[index].revents().is_empty();
            if is_ready(0) {
                return Ok(Wake::Stop);
            }
            if let Some(hangup) = &self.hangup
                && is_ready(count - 1)
            {
                hangup.take();
                continue;
            }
            return Ok(match awaited.is_some() && is_ready(1) {
                true => Wake::Ready,
                false => Wake::Timeout,
            });
        }
    }
}

/// Blocks signals, so that they arrive over a descriptor.
fn descriptor(signals: &SigSet, flags: SfdFlags) -> Result<SignalFd, Error> {
    signals
        .thread_block()
        .and_then(|()| SignalFd::with_flags(signals, SfdFlags::SFD_CLOEXEC | flags))
        .map_err(|error| Error::new("failed to set up signals", from_nix(error)))
}

/// A wish that comes over any other descriptor, by becoming readable.
impl From<OwnedFd> for Stop {
    fn from(fd: OwnedFd) -> Self {
        Self {
            wish: Arc::new(fd),
            hangup: None,
        }
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
    fn a_hangup_is_heeded_by_one_of_those_who_wait() {
        use std::sync::mpsc;

        let (wish, mut wisher) = pipe().expect("a pipe");
        let mut stop = Stop::from(OwnedFd::from(wish));
        let signals = [Signal::SIGHUP].into_iter().collect();
        let signals = descriptor(&signals, SfdFlags::SFD_NONBLOCK).expect("a descriptor");
        let (heeded, seen) = mpsc::channel();
        let act = Box::new(move || heeded.send(()).expect("a listener"));
        stop.hangup = Some(Arc::new(Hangup { signals, act }));
        // To this thread only: others of the tests do not have it blocked.
        nix::sys::signal::raise(Signal::SIGHUP).expect("a signal");
        assert_eq!(stop.wait_for(Duration::from_millis(1)), Ok(Wake::Timeout));
        seen.try_recv().expect("heeded once");
        assert!(seen.try_recv().is_err());
        wisher.write_all(b"x").expect("room in the pipe");
        assert_eq!(stop.wait_for(Duration::from_secs(60)), Ok(Wake::Stop));
    }

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
