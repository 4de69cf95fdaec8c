//! Looking after one child: feeding it, draining it, reaping it.

use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use rustix::event::{PollFd, PollFlags};
use rustix::io::Errno;
use rustix::process::{PidfdFlags, WaitStatus, pidfd_open};

use super::error::reason;
use super::process::{Finished, Input, Output, Record};
use super::spawn::Child;

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
}

/// What is waited for.
#[derive(Clone, Copy, Debug)]
pub(super) enum Event {
    Exit,
    Stdin,
    Stdout,
    Stderr,
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
        }
    }

    /// What to wait for.
    pub(super) fn events(&self) -> impl Iterator<Item = (Event, PollFd<'_>)> {
        let sources = [
            (Event::Exit, &self.exit, PollFlags::IN),
            (Event::Stdin, &self.child.stdin, PollFlags::OUT),
            (Event::Stdout, &self.child.stdout, PollFlags::IN),
            (Event::Stderr, &self.child.stderr, PollFlags::IN),
        ];
        sources
            .into_iter()
            .filter_map(|(event, fd, flags)| Some((event, PollFd::new(fd.as_ref()?, flags))))
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

    /// Whether the kernel does not tell when the child exits.
    pub(super) fn has_to_be_asked(&self) -> bool {
        self.exit.is_none() && !self.has_exited
    }

    /// Looks whether the child has exited. What it did not read it will never read.
    pub(super) fn reap(&mut self) {
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
        self.has_exited && (is_closed || self.record.unwanted.load(Ordering::Relaxed))
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
