//! Looking after one child: feeding it, draining it, reaping it.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags};
use rustix::io::Errno;
use rustix::process::{PidfdFlags, WaitStatus, pidfd_open};

use super::error::reason;
use super::process::{Finished, Input, Output, Record};
use super::spawn::Child;
use super::stop::poll;

/// How much is read from a pipe at a time.
const READ_STEP: usize = 16 << 10;

/// A child under care. It is reaped as soon as it exits, so there are no zombies; the care goes on
/// until its output is closed too, because another program may still write to that, or until
/// nobody wants it any more.
#[derive(Debug)]
pub(super) struct Care {
    child: Child,
    /// Readable once the child has exited; absent on kernels before 5.3.
    exit: Option<OwnedFd>,
    has_exited: bool,
    status: Option<WaitStatus>,
    input: Input,
    written: usize,
    stdout: Output,
    stderr: Output,
    record: Arc<Record>,
    start: Instant,
    /// Nobody tells what happens to it.
    unwatched: bool,
    /// Nobody will ask for it any more.
    unwanted: bool,
}

/// What is waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Event {
    Exit,
    Stdin,
    Stdout,
    Stderr,
}

impl Event {
    /// All of them; each is at the place of its number.
    pub(super) const ALL: [Self; 4] = [Self::Exit, Self::Stdin, Self::Stdout, Self::Stderr];
}

impl Care {
    pub(super) fn new(
        child: Child,
        input: Input,
        [stdout, stderr]: [Output; 2],
        record: Arc<Record>,
    ) -> Self {
        Self {
            exit: pidfd_open(child.pid, PidfdFlags::empty()).ok(),
            child,
            has_exited: false,
            status: None,
            input,
            written: 0,
            stdout,
            stderr,
            record,
            start: Instant::now(),
            unwatched: false,
            unwanted: false,
        }
    }

    /// What to wait for, and where.
    pub(super) fn sources(&self) -> impl Iterator<Item = (Event, BorrowedFd<'_>)> {
        let Child {
            stdin,
            stdout,
            stderr,
            ..
        } = &self.child;
        let sources = Event::ALL
            .into_iter()
            .zip([&self.exit, stdin, stdout, stderr]);
        sources.filter_map(|(event, fd)| Some((event, fd.as_ref()?.as_fd())))
    }

    /// How long ago the child was started.
    pub(super) fn age(&self) -> Duration {
        self.start.elapsed()
    }

    /// Waits for something to happen, and does what that calls for.
    ///
    /// # Errors
    /// The kernel has no memory to wait.
    pub(super) fn attend(&mut self, time: Duration) -> Result<(), Errno> {
        let (events, mut fds): (Vec<_>, Vec<_>) = self
            .sources()
            .map(|(event, fd)| {
                let flags = match event {
                    Event::Stdin => PollFlags::OUT,
                    _ => PollFlags::IN,
                };
                (event, PollFd::from_borrowed_fd(fd, flags))
            })
            .unzip();
        poll(&mut fds, Some(time))?;
        let happened: Vec<_> = fds.iter().map(|fd| !fd.revents().is_empty()).collect();
        for (event, _) in events
            .into_iter()
            .zip(happened)
            .filter(|(_, happened)| *happened)
        {
            self.handle(event);
        }
        if self.exits_silently() {
            self.reap();
        }
        Ok(())
    }

    /// Does what an event calls for.
    pub(super) fn handle(&mut self, event: Event) {
        match event {
            Event::Exit => self.reap(),
            Event::Stdin => self.feed(),
            Event::Stdout => drain(&mut self.child.stdout, &mut self.stdout),
            Event::Stderr => drain(&mut self.child.stderr, &mut self.stderr),
        }
    }

    /// Whether it has to be looked at now and then, for nobody tells of its end.
    pub(super) fn has_to_be_asked(&self) -> bool {
        self.unwatched || self.exits_silently()
    }

    /// It has to be looked at from now on.
    pub(super) fn ask(&mut self) {
        self.unwatched = true;
        self.exit = None;
    }

    fn exits_silently(&self) -> bool {
        self.exit.is_none() && !self.has_exited
    }

    /// Looks whether the child has exited. What it did not read it will never read.
    fn reap(&mut self) {
        match self.child.try_reap() {
            Ok(None) => return,
            Ok(status) => self.status = status,
            // It was not the agent's to wait for.
            Err(_) => {}
        }
        self.has_exited = true;
        self.record.exited.store(true, Ordering::Relaxed);
        self.exit = None;
        self.child.stdin = None;
    }

    /// Whether there is nothing left to wait for. A child that runs has to be reaped, wanted or
    /// not.
    pub(super) fn is_over(&self) -> bool {
        let is_closed = self.child.stdout.is_none() && self.child.stderr.is_none();
        self.has_exited && (is_closed || self.unwanted)
    }

    /// Nobody will ask any more, so that its output counts no longer when the child has exited.
    pub(super) fn give_up(&mut self) {
        self.unwanted = true;
    }

    /// Tells what there is to know.
    pub(super) fn finish(self) {
        self.record.finish(Finished {
            status: self.status,
            stdout: self.stdout,
            stderr: self.stderr,
        });
    }

    fn feed(&mut self) {
        match self.child.feed(&self.input.data[self.written..]) {
            Ok(written) => self.written += written,
            Err(error) => {
                let (child, reason) = (self.child.pid, reason(error));
                log::warn!("input of child {child} was not taken: {reason}");
            }
        }
        if self.child.stdin.is_none() {
            self.input.clear();
            self.written = 0;
        }
    }
}

/// Reads once from a pipe, and closes it at the end.
fn drain(pipe: &mut Option<OwnedFd>, output: &mut Output) {
    let Some(fd) = pipe else { return };
    let mut buffer = [0; READ_STEP];
    match rustix::io::read(fd, &mut buffer) {
        Ok(0) => *pipe = None,
        Ok(count) => output.keep(&buffer[..count]),
        Err(Errno::INTR) => {}
        Err(_) => *pipe = None,
    }
}
