//! Which faults are tried, and how many there were.

use std::any::Any;
use std::fmt::Write as _;
use std::io::Write as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard};
use std::{env, fmt, io, thread};

use crate::faults::Fault;

/// How many faults of a conversation are tried unless all are asked for.
const SAMPLE: usize = 80;

/// A fault at one call.
#[derive(Clone, Debug)]
pub(crate) struct Point {
    /// Where the call stands among all, in the conversation without faults.
    pub(crate) number: usize,
    pub(crate) call: String,
    /// Where it stands among those of its name.
    pub(crate) at: usize,
    pub(crate) fault: Fault,
}

impl fmt::Display for Point {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            number,
            call,
            at,
            fault,
        } = self;
        write!(f, "{fault} at call {number}, {call} number {at}")
    }
}

/// All faults at these calls, or a spread of them.
///
/// # Panics
/// There is no call, and so nothing to try.
pub(crate) fn choose(calls: &[String]) -> Vec<Point> {
    assert!(
        !calls.is_empty(),
        "the conversation without faults has calls"
    );
    let mut all = Vec::new();
    for (index, call) in calls.iter().enumerate() {
        let before = calls[..index].iter().filter(|other| *other == call);
        let at = before.count() + 1;
        all.extend(Fault::all_at(call).into_iter().map(|fault| Point {
            number: index + 1,
            call: call.clone(),
            at,
            fault,
        }));
    }
    match env::var("QAPI_FAULTS").as_deref() {
        Ok("all") => return all,
        Ok(number) => {
            return all
                .into_iter()
                .filter(|point| Ok(point.number) == number.parse())
                .collect();
        }
        Err(_) if all.len() <= SAMPLE => return all,
        Err(_) => {}
    }
    // Evenly spread, so that each part of the conversation gets its share.
    let chosen = (0..SAMPLE).map(|index| all[index * all.len() / SAMPLE].clone());
    chosen.collect()
}

impl Point {
    /// Where nothing goes wrong.
    pub(crate) fn nowhere() -> Self {
        Self {
            number: 0,
            call: "none".into(),
            at: 0,
            fault: Fault::Short,
        }
    }
}

/// Tries all of them; `attempt` says whether the agent came to the call, and ends in a panic if the fault does harm.
pub(crate) fn try_all(
    points: &[Point],
    at_a_time: usize,
    attempt: impl Fn(&Point) -> bool + Sync,
) -> Tally {
    let tally = Mutex::default();
    let next = AtomicUsize::new(0);
    thread::scope(|scope| {
        for _ in 0..at_a_time {
            scope.spawn(|| {
                while let Some(point) = points.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let outcome = catch_unwind(AssertUnwindSafe(|| attempt(point)));
                    let mut tally: MutexGuard<'_, Tally> =
                        tally.lock().expect("nobody fails with it");
                    match outcome {
                        Ok(was_hit) => tally.count(point, was_hit),
                        Err(panic) => tally.failures.push(format!("{point}: {}", text(&*panic))),
                    }
                }
            });
        }
    });
    tally.into_inner().expect("nobody fails with it")
}

/// What was said in a panic.
fn text(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or_default()
}

/// How many faults were tried.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    pub(crate) errors: usize,
    pub(crate) kills: usize,
    /// The agent did not come to the call, since threads are not always equally fast.
    pub(crate) missed: usize,
    pub(crate) failures: Vec<String>,
}

impl Tally {
    fn count(&mut self, point: &Point, was_hit: bool) {
        match (was_hit, point.fault) {
            (false, _) => self.missed += 1,
            (true, Fault::Kill) => self.kills += 1,
            (true, _) => self.errors += 1,
        }
    }

    /// Says how it went, past the output capture of the test runner.
    pub(crate) fn tell(self, conversation: &str, calls: usize) {
        let Self {
            errors,
            kills,
            missed,
            failures,
        } = self;
        let mut text = format!(
            "{conversation}: {calls} calls, {errors} faults and {kills} kills survived ({missed} missed)\n"
        );
        for failure in &failures {
            let _ = writeln!(text, "  {failure}");
        }
        let _ = io::stderr().write_all(text.as_bytes());
        assert!(failures.is_empty(), "{} failures:\n{text}", failures.len());
    }
}
