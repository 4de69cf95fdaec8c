//! Looking after a child: feeding it, draining it, reaping it.
//!
//! One thread per child, from start to end; when it is done, everything about the child is known.
//! It reaps the child as soon as it exits, so there are no zombies, and it ends when the pipes are
//! closed too, because a grandchild may still write to them, or when nobody wants that any more.

use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::sync_channel;
use std::thread::{self, JoinHandle};

use rustix::event::{PollFd, PollFlags};
use rustix::io::Errno;
use rustix::pipe::{PipeFlags, pipe_with};
use rustix::process::{Pid, PidfdFlags, WaitStatus, pidfd_open};

use super::error::{errno, reason};
use super::spawn::{Child, Launch};
use super::stop::poll;

/// What is kept of each output stream; the rest is read and dropped, so that no child hangs.
pub(crate) const CAPTURE_LIMIT: usize = 16 << 20;
/// How much is read from a pipe at a time.
const READ_STEP: usize = 16 << 10;
/// The stack of a child's thread, which does nothing but poll, read and write.
const STACK_SIZE: usize = 128 << 10;

/// How a child ended, and what it had said.
#[derive(Debug)]
pub(crate) struct Finished {
    /// Absent only if the child was not the agent's to wait for.
    pub(crate) status: Option<WaitStatus>,
    pub(crate) stdout: Output,
    pub(crate) stderr: Output,
}

/// A child and the thread that looks after it. Once the child has exited, dropping this ends the
/// thread too, whoever still holds the output open.
#[derive(Debug)]
pub(crate) struct Tended {
    pub(crate) pid: Pid,
    thread: JoinHandle<Finished>,
    exited: Arc<AtomicBool>,
    /// Its other end notices when this is gone.
    _wanted: OwnedFd,
}

impl Tended {
    /// Whether the child has exited, even if another program holds its output open.
    pub(crate) fn has_exited(&self) -> bool {
        self.exited.load(Ordering::Relaxed)
    }

    /// Whether everything about the child is known.
    pub(crate) fn is_finished(&self) -> bool {
        self.thread.is_finished()
    }

    /// Everything about the child; waits until it is known.
    pub(crate) fn finish(self) -> thread::Result<Finished> {
        self.thread.join()
    }
}

/// Starts a program together with its thread.
///
/// # Errors
/// The program cannot be executed, or there is no room for a pipe or a thread.
pub(crate) fn start(launch: Launch, input: Vec<u8>, budget: &Arc<Budget>) -> Result<Tended, Errno> {
    let (sender, receiver) = sync_channel(1);
    let (stdout, stderr) = (Output::new(budget), Output::new(budget));
    let (unwanted, wanted) = pipe_with(PipeFlags::CLOEXEC)?;
    let exited = Arc::new(AtomicBool::new(false));
    let has_exited = Arc::clone(&exited);
    // The thread comes first: a child that nobody waits for could not be taken back.
    let thread = thread::Builder::new()
        .name("guest-exec".to_owned())
        .stack_size(STACK_SIZE)
        .spawn(move || {
            let started = launch.spawn();
            let pid = started.as_ref().map(|child| child.pid);
            let _ = sender.send(pid.map_err(|error| *error));
            let Ok(child) = started else {
                return Finished {
                    status: None,
                    stdout,
                    stderr,
                };
            };
            let care = Care {
                exit: pidfd_open(child.pid, PidfdFlags::empty()).ok(),
                child,
                status: None,
                exited: has_exited,
                unwanted,
                input,
                written: 0,
                stdout,
                stderr,
            };
            care.until_finished()
        })
        .map_err(|error| errno(&error))?;
    let pid = receiver.recv().map_err(|_| Errno::CHILD)??;
    Ok(Tended {
        pid,
        thread,
        exited,
        _wanted: wanted,
    })
}

/// The bytes that captured output may still take, over all children.
#[derive(Debug)]
pub(crate) struct Budget(AtomicUsize);

impl Budget {
    pub(crate) fn new(bytes: usize) -> Self {
        Self(AtomicUsize::new(bytes))
    }

    /// Takes up to `wanted` bytes.
    fn claim(&self, wanted: usize) -> usize {
        let mut claimed = 0;
        let _ = self
            .0
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| {
                claimed = wanted.min(left);
                Some(left - claimed)
            });
        claimed
    }

    fn release(&self, bytes: usize) {
        self.0.fetch_add(bytes, Ordering::Relaxed);
    }
}

/// What is kept of one output stream. Gives its bytes back to the budget at its end.
#[derive(Debug)]
pub(crate) struct Output {
    pub(crate) data: Vec<u8>,
    /// More was written than is kept.
    pub(crate) truncated: bool,
    budget: Arc<Budget>,
}

impl Output {
    pub(crate) fn new(budget: &Arc<Budget>) -> Self {
        Self {
            data: Vec::new(),
            truncated: false,
            budget: Arc::clone(budget),
        }
    }

    fn keep(&mut self, bytes: &[u8]) {
        let room = CAPTURE_LIMIT - self.data.len();
        let kept = self.budget.claim(bytes.len().min(room));
        self.data.extend_from_slice(&bytes[..kept]);
        self.truncated |= kept < bytes.len();
    }
}

impl Drop for Output {
    fn drop(&mut self) {
        self.budget.release(self.data.len());
    }
}

/// A child under care.
struct Care {
    child: Child,
    /// Readable once the child has exited; absent on kernels before 5.3.
    exit: Option<OwnedFd>,
    status: Option<WaitStatus>,
    /// Tells the outside of the thread that there is a status.
    exited: Arc<AtomicBool>,
    /// Hangs up once nobody wants to know more.
    unwanted: OwnedFd,
    input: Vec<u8>,
    written: usize,
    stdout: Output,
    stderr: Output,
}

/// What the thread waits for.
#[derive(Clone, Copy)]
enum Event {
    Exit,
    Stdin,
    Stdout,
    Stderr,
    Unwanted,
}

impl Care {
    fn until_finished(mut self) -> Finished {
        while let Some(events) = self.next_events() {
            for event in events {
                self.handle(event);
            }
        }
        if self.status.is_none() {
            self.reap();
        }
        Finished {
            status: self.status,
            stdout: self.stdout,
            stderr: self.stderr,
        }
    }

    /// Waits for what happens next; nothing is left to wait for once the child has exited and
    /// its output is closed.
    fn next_events(&self) -> Option<Vec<Event>> {
        let sources = [
            (Event::Exit, &self.exit, PollFlags::IN),
            (Event::Stdin, &self.child.stdin, PollFlags::OUT),
            (Event::Stdout, &self.child.stdout, PollFlags::IN),
            (Event::Stderr, &self.child.stderr, PollFlags::IN),
        ];
        let (mut events, mut fds): (Vec<Event>, Vec<PollFd<'_>>) = sources
            .into_iter()
            .filter_map(|(event, fd, flags)| Some((event, PollFd::new(fd.as_ref()?, flags))))
            .unzip();
        if fds.is_empty() {
            return None;
        }
        // A child that runs has to be reaped, wanted or not.
        if self.status.is_some() {
            events.push(Event::Unwanted);
            fds.push(PollFd::new(&self.unwanted, PollFlags::IN));
        }
        poll(&mut fds, None).ok()?;
        let ready = events
            .into_iter()
            .zip(&fds)
            .filter(|(_, fd)| !fd.revents().is_empty());
        Some(ready.map(|(event, _)| event).collect())
    }

    fn handle(&mut self, event: Event) {
        match event {
            Event::Exit => self.reap(),
            Event::Stdin => self.feed(),
            Event::Stdout => drain(&mut self.child.stdout, &mut self.stdout),
            Event::Stderr => drain(&mut self.child.stderr, &mut self.stderr),
            Event::Unwanted => (self.child.stdout, self.child.stderr) = (None, None),
        }
    }

    /// Waits for the child. What it did not read it will never read.
    fn reap(&mut self) {
        self.status = self.child.reap();
        self.exited.store(true, Ordering::Relaxed);
        self.exit = None;
        self.child.stdin = None;
    }

    fn feed(&mut self) {
        match self.child.feed(&self.input[self.written..]) {
            Ok(written) => self.written += written,
            Err(error) => {
                let (child, reason) = (self.child.pid, reason(error));
                log::warn!("input of child {child} was not taken: {reason}");
            }
        }
        if self.child.stdin.is_none() {
            (self.input, self.written) = (Vec::new(), 0);
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

#[cfg(test)]
impl Tended {
    /// A child without a process, for tests of those who have many. Its thread ends at once, or
    /// when it is unwanted.
    pub(crate) fn pretended(number: i32, has_exited: bool, is_finished: bool) -> Self {
        let (unwanted, wanted) = pipe_with(PipeFlags::CLOEXEC).expect("a pipe");
        let budget = Arc::new(Budget::new(0));
        let thread = thread::spawn(move || {
            if !is_finished {
                let end = rustix::io::read(&unwanted, &mut [0; 1]);
                assert_eq!(end, Ok(0));
            }
            Finished {
                status: None,
                stdout: Output::new(&budget),
                stderr: Output::new(&budget),
            }
        });
        while is_finished && !thread.is_finished() {
            thread::yield_now();
        }
        Self {
            pid: Pid::from_raw(number).expect("a number that is not zero"),
            thread,
            exited: Arc::new(AtomicBool::new(has_exited)),
            _wanted: wanted,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::spawn::Capture;
    use super::*;

    fn shell(script: &str, input: Option<&str>, capture: Capture) -> Finished {
        let launch = Launch {
            program: "sh".into(),
            found: None,
            arguments: vec!["-c".into(), script.into()],
            environment: None,
            input: input.is_some(),
            capture,
            new_session: false,
        };
        let input = input.unwrap_or_default().as_bytes().to_vec();
        let budget = Arc::new(Budget::new(2 * CAPTURE_LIMIT));
        let child = start(launch, input, &budget).expect("a shell");
        child.finish().expect("a thread that ends")
    }

    fn outputs(script: &str, capture: Capture) -> (String, String) {
        let mut finished = shell(script, None, capture);
        let text = |output: &mut Output| String::from_utf8(output.data.clone()).expect("text");
        (text(&mut finished.stdout), text(&mut finished.stderr))
    }

    #[test]
    fn each_way_of_capturing_keeps_what_it_says() {
        let script = "echo out; echo err >&2";
        for (capture, out, err) in [
            (Capture::None, "", ""),
            (Capture::Stdout, "out\n", ""),
            (Capture::Stderr, "", "err\n"),
            (Capture::Separated, "out\n", "err\n"),
            (Capture::Merged, "out\nerr\n", ""),
        ] {
            let expected = (out.to_owned(), err.to_owned());
            assert_eq!(outputs(script, capture), expected, "{capture:?}");
        }
    }

    #[test]
    fn status_tells_exits_from_signals() {
        let status = |script| shell(script, None, Capture::None).status.expect("a status");
        assert_eq!(status("exit 300").exit_status(), Some(44));
        assert_eq!(status("kill -9 $$").terminating_signal(), Some(9));
    }

    #[test]
    fn input_is_fed_and_closed() {
        let finished = shell("cat", Some("fed"), Capture::Stdout);
        assert_eq!(finished.stdout.data, b"fed");
    }

    #[test]
    fn more_input_than_a_pipe_holds_passes_through() {
        let input = "x".repeat(1 << 20);
        let finished = shell("cat", Some(&input), Capture::Stdout);
        assert_eq!(finished.stdout.data.len(), input.len());
    }

    #[test]
    fn unread_input_does_not_matter() {
        let input = "x".repeat(1 << 20);
        let finished = shell("exit 3", Some(&input), Capture::Separated);
        assert_eq!(
            finished.status.and_then(|status| status.exit_status()),
            Some(3)
        );
    }

    #[test]
    fn a_child_that_left_its_output_to_another_program_can_be_given_up() {
        let launch = Launch {
            program: "sh".into(),
            found: None,
            // Writes until nobody reads.
            arguments: vec!["-c".into(), "yes &".into()],
            environment: None,
            input: false,
            capture: Capture::Stdout,
            new_session: false,
        };
        let budget = Arc::new(Budget::new(1));
        let child = start(launch, Vec::new(), &budget).expect("a shell");
        while !child.has_exited() {
            thread::yield_now();
        }
        assert!(!child.is_finished());
        drop(child);
        // The thread has let go of everything.
        while Arc::strong_count(&budget) > 1 {
            thread::yield_now();
        }
        assert_eq!(budget.claim(2), 1);
    }

    #[test]
    fn children_inherit_nothing_but_the_standard_streams() {
        // A number that no other test uses, left open for children as a careless parent would.
        let null = std::fs::File::open("/dev/null").expect("a device");
        let leak = rustix::io::fcntl_dupfd_cloexec(&null, 700).expect("a descriptor");
        rustix::io::fcntl_setfd(&leak, rustix::io::FdFlags::empty()).expect("a descriptor");
        let script = "for n in 0 1 2 700; do test -e /proc/$$/fd/$n && echo $n; done";
        assert_eq!(outputs(script, Capture::Stdout).0, "0\n1\n2\n");
    }

    #[test]
    fn streams_that_nobody_wants_lead_nowhere_in_one_direction() {
        let script = "cd /proc/self; for n in 0 2; do
                          readlink fd/$n; grep flags fdinfo/$n | grep -o '.$'
                      done";
        let (told, _) = outputs(script, Capture::Stdout);
        // The last digit of the flags: open for reading, for writing.
        assert_eq!(told, "/dev/null\n0\n/dev/null\n1\n");
    }

    #[test]
    fn a_broken_pipe_ends_a_child() {
        let (out, _) = outputs("grep SigIgn /proc/self/status", Capture::Stdout);
        let mask = out.trim().rsplit('\t').next().expect("a mask");
        let mask = u64::from_str_radix(mask, 16).expect("a number");
        assert_eq!(
            mask & (1 << 12),
            0,
            "SIGPIPE, the thirteenth signal, is ignored"
        );
    }

    #[test]
    fn output_over_the_limit_is_cut_and_said_to_be() {
        let script = format!("head -c {} /dev/zero", CAPTURE_LIMIT + 1);
        let finished = shell(&script, None, Capture::Separated);
        assert_eq!(finished.stdout.data.len(), CAPTURE_LIMIT);
        assert!(finished.stdout.truncated && !finished.stderr.truncated);
    }

    #[test]
    fn the_budget_is_shared_and_given_back() {
        let budget = Arc::new(Budget::new(5));
        let mut first = Output::new(&budget);
        let mut second = Output::new(&budget);
        first.keep(b"abc");
        second.keep(b"def");
        assert_eq!(
            (second.data.as_slice(), second.truncated),
            (&b"de"[..], true)
        );
        drop(first);
        second.keep(b"ghijk");
        assert_eq!(second.data, b"deghi");
    }
}
