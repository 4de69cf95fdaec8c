//! Children that run on their own, from their start until everything about them is known.
//!
//! The [`Tender`] looks after them.

use std::mem;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use rustix::io::Errno;
use rustix::process::{Pid, WaitStatus};

use super::care::Care;
use super::spawn::Launch;
use super::tender::Tender;
use crate::limits::MAX_CAPTURE;
use crate::lock::lock;

/// How a child ended, and what it had said.
#[derive(Debug)]
pub(crate) struct Finished {
    /// Absent only if the child was not the agent's to wait for.
    pub(crate) status: Option<WaitStatus>,
    pub(crate) stdout: Output,
    pub(crate) stderr: Output,
}

/// A child that is looked after. Once the child has exited, dropping this ends the care too,
/// whoever still holds the output open.
#[derive(Debug)]
pub(crate) struct Tended {
    pub(crate) pid: Pid,
    record: Arc<Record>,
    tender: Tender,
    /// Its number there.
    number: u64,
}

/// What is known of a child.
#[derive(Debug, Default)]
pub(super) struct Record {
    pub(super) exited: AtomicBool,
    is_finished: AtomicBool,
    finished: Mutex<Option<Finished>>,
}

impl Record {
    /// Everything is known now.
    pub(super) fn finish(&self, finished: Finished) {
        *lock(&self.finished) = Some(finished);
        self.is_finished.store(true, Ordering::Release);
    }

    /// What is known, once.
    pub(super) fn take(&self) -> Option<Finished> {
        lock(&self.finished).take()
    }
}

impl Tended {
    /// Whether the child has exited, even if another program holds its output open.
    pub(crate) fn has_exited(&self) -> bool {
        self.record.exited.load(Ordering::Relaxed)
    }

    /// Whether everything about the child is known.
    pub(crate) fn is_finished(&self) -> bool {
        self.record.is_finished.load(Ordering::Acquire)
    }

    /// Everything about the child, once, as soon as it is known. The end of a child that was started
    /// a moment ago is waited for, as long as that moment lasts.
    pub(crate) fn finish(&self) -> Option<Finished> {
        if !self.is_finished() {
            self.tender.help(self.number);
        }
        self.record.take()
    }
}

impl Drop for Tended {
    fn drop(&mut self) {
        if !self.is_finished() {
            self.tender.give_up(self.number);
        }
    }
}

/// Starts a program, and has it looked after.
///
/// # Errors
/// The program cannot be executed, or there is no room for a pipe or a thread.
pub(crate) fn start(
    tender: &Tender,
    launch: &Launch,
    input: Input,
    budget: &Arc<Budget>,
) -> Result<Tended, Errno> {
    // This comes first: a child that nobody waits for could not be taken back.
    let place = tender.expect()?;
    let child = launch.spawn()?;
    let pid = child.pid;
    let record = Arc::<Record>::default();
    let outputs = [Output::new(budget), Output::new(budget)];
    let number = place.take(Care::new(child, input, outputs, Arc::clone(&record)));
    Ok(Tended {
        pid,
        record,
        tender: tender.clone(),
        number,
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

    /// Takes as many bytes, or none.
    fn claim_all(&self, wanted: usize) -> bool {
        let left = |left: usize| left.checked_sub(wanted);
        let claimed = self
            .0
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, left);
        claimed.is_ok()
    }

    fn release(&self, bytes: usize) {
        self.0.fetch_add(bytes, Ordering::Relaxed);
    }
}

/// What a child has to be fed. Gives its bytes back to the budget at its end.
#[derive(Debug)]
pub(crate) struct Input {
    pub(super) data: Vec<u8>,
    budget: Arc<Budget>,
}

impl Input {
    /// Input, if the budget has room for it.
    pub(crate) fn new(data: Vec<u8>, budget: &Arc<Budget>) -> Option<Self> {
        budget.claim_all(data.len()).then(|| Self {
            data,
            budget: Arc::clone(budget),
        })
    }

    /// Gives all of it up.
    pub(super) fn clear(&mut self) {
        self.budget.release(self.data.len());
        self.data = Vec::new();
    }
}

impl Drop for Input {
    fn drop(&mut self) {
        self.clear();
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

    pub(super) fn keep(&mut self, bytes: &[u8]) {
        let room = MAX_CAPTURE - self.data.len();
        let kept = self.budget.claim(bytes.len().min(room));
        self.data.extend_from_slice(&bytes[..kept]);
        self.truncated |= kept < bytes.len();
    }

    /// Gives all of it away.
    pub(crate) fn take(&mut self) -> Vec<u8> {
        self.budget.release(self.data.len());
        mem::take(&mut self.data)
    }
}

impl Drop for Output {
    fn drop(&mut self) {
        self.take();
    }
}

#[cfg(test)]
impl Tended {
    /// Its number among those that are looked after.
    pub(super) fn number(&self) -> u64 {
        self.number
    }

    /// A child without a process, for tests of those who have many.
    pub(crate) fn pretended(number: i32, has_exited: bool, is_finished: bool) -> Self {
        let record = Record {
            exited: AtomicBool::new(has_exited),
            is_finished: AtomicBool::new(is_finished),
            ..Record::default()
        };
        Self {
            pid: Pid::from_raw(number).expect("a number that is not zero"),
            record: Arc::new(record),
            tender: Tender::default(),
            number: 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::super::spawn::Capture;
    use super::*;

    fn fed(input: Vec<u8>) -> Input {
        let budget = Arc::new(Budget::new(input.len()));
        Input::new(input, &budget).expect("just enough")
    }

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
        let (tender, budget) = (Tender::default(), Arc::new(Budget::new(2 * MAX_CAPTURE)));
        let child = start(&tender, &launch, fed(input), &budget).expect("a shell");
        loop {
            match child.finish() {
                Some(finished) => return finished,
                None => thread::yield_now(),
            }
        }
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
        let tender = Tender::default();
        let child = start(&tender, &launch, fed(Vec::new()), &budget).expect("a shell");
        while !child.has_exited() {
            thread::yield_now();
        }
        assert!(!child.is_finished());
        drop(child);
        // The tender has let go of everything.
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
        let script = format!("head -c {} /dev/zero", MAX_CAPTURE + 1);
        let finished = shell(&script, None, Capture::Separated);
        assert_eq!(finished.stdout.data.len(), MAX_CAPTURE);
        assert!(finished.stdout.truncated && !finished.stderr.truncated);
    }

    #[test]
    fn input_that_is_too_much_for_all_is_refused_as_a_whole() {
        let budget = Arc::new(Budget::new(5));
        let first = Input::new(vec![0; 3], &budget).expect("room");
        assert!(Input::new(vec![0; 3], &budget).is_none());
        let mut second = Input::new(vec![0; 2], &budget).expect("room");
        second.clear();
        drop((first, second));
        assert!(Input::new(vec![0; 5], &budget).is_some());
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
