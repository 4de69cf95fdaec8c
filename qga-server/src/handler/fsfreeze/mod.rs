//! guest-fsfreeze-status, -freeze, -freeze-list, -thaw: moments in which nothing is written, for
//! snapshots.
//!
//! The hook hears of the beginning before anything is frozen, so that programs can bring their
//! files in order, and of the end when all is thawed. It hears of the end whenever it may have
//! begun its work, even if that failed or nothing could be frozen.
//!
//! A [guard](crate::guard) is started before any of that, which does it all if the agent cannot.
//! Without one, nothing is frozen.
//!
//! Whoever asks for one of these waits for the one that is running, whichever client wanted that:
//! a host that gave a freeze up must not be told "thawed" and then find the machine frozen.

mod runner;
mod state;
mod watch;

use std::os::fd::AsFd;

use qapi_runtime::Error;
use qga_types::{GuestFsfreezeFreezeListArgs, GuestFsfreezeStatus};

use crate::Agent;
use crate::agent::SharedAgent;
use crate::guard::GuardError;
use crate::lock::lock;
use crate::log::ACCOUNTING;
use crate::policy::Policy;
use crate::sys::freeze::{self, Target, Unfrozen};
use crate::sys::mount::FileSystem;
use crate::sys::os_string;

use runner::Runner;
pub(crate) use state::Freezer;
use state::State;

/// Whether this agent, or the one before it, has frozen file systems that are not thawed yet.
pub(crate) fn status(agent: &SharedAgent) -> Result<GuestFsfreezeStatus, Error> {
    lock(&agent.freezer.state).settle(agent);
    Ok(match agent.policy.is_frozen() {
        true => GuestFsfreezeStatus::Frozen,
        false => GuestFsfreezeStatus::Thawed,
    })
}

/// Freezes all local file systems.
pub(crate) fn freeze(agent: &SharedAgent) -> Result<i64, Error> {
    freeze_chosen(agent, "guest-fsfreeze-freeze", |_| true)
}

/// Freezes the local file systems with these mount points, or all if there is no list.
pub(crate) fn freeze_list(
    agent: &SharedAgent,
    args: GuestFsfreezeFreezeListArgs,
) -> Result<i64, Error> {
    let Some(points) = args.mountpoints else {
        return freeze(agent);
    };
    let points: Vec<_> = points.iter().map(|point| os_string(point)).collect();
    // Compared as texts, since equal paths have several spellings and the list has one of them.
    let is_chosen = |system: &FileSystem| {
        let point = system.point().as_os_str();
        points.iter().any(|chosen| chosen == point)
    };
    freeze_chosen(agent, "guest-fsfreeze-freeze-list", is_chosen)
}

/// Thaws all local file systems, and ends the frozen state if there is one.
///
/// This includes what others have frozen: the host asks for a machine that can write again, and
/// an agent that was killed cannot tell its successor what it had frozen.
pub(crate) fn thaw(agent: &SharedAgent) -> Result<i64, Error> {
    log::info!(target: ACCOUNTING, "guest-fsthaw called");
    let mut state = lock(&agent.freezer.state);
    state.settle(agent);
    thaw_as(agent, &mut state)
}

/// Thaws at the end of the agent: there will be nobody to ask for it. Nothing freezes after it.
pub(crate) fn thaw_at_end(agent: &Agent) {
    let result = match agent.freezer.lock_patiently() {
        Some(mut state) => {
            state.ended = true;
            match agent.policy.is_frozen() {
                true => thaw_as(agent, &mut state).map(|_| ()),
                false => Ok(()),
            }
        }
        // A freeze hangs with some of them frozen. The mark stays, so that the next agent knows.
        None if agent.policy.is_frozen() => thaw_all(agent).map(|_| ()),
        None => Ok(()),
    };
    if let Err(error) = result {
        log::error!("failed to thaw at the end: {error}");
    }
}

/// Gets a guard for what a former agent has left frozen, so that this comes to an end, too.
pub(crate) fn take_over(agent: &SharedAgent) {
    let mut state = lock(&agent.freezer.state);
    state.settle(agent);
    if !agent.policy.is_frozen() {
        return;
    }
    // Somebody who has it already will thaw.
    let Some(mark) = state.marker.lock() else {
        return;
    };
    let root = &agent.settings.root;
    let targets = freeze::plan(root).map(|plan| freeze::reachable(root, plan.systems()));
    let targets = targets.unwrap_or_default();
    let Ok(Runner::Guard(guard)) = Runner::start(agent, &state.marker, true) else {
        return;
    };
    let mark = state.mark.insert(mark);
    let held = guard
        .hold(Some(mark.as_fd()), targets.iter().map(AsFd::as_fd))
        .and_then(|()| guard.all_is_frozen());
    if held.is_ok() {
        watch::keep(agent, &mut state, guard, targets);
    }
}

fn thaw_as(agent: &Agent, state: &mut State) -> Result<i64, Error> {
    let mut count = thaw_all(agent)?;
    let held = state.held.take();
    if let Some(held) = &held {
        // What no path leads to any more.
        count += freeze::thaw_targets(&held.targets);
    }
    state.leave(agent);
    let runner = match held {
        Some(held) => Runner::Guard(held.guard),
        None => Runner::Own { has_heard: true },
    };
    runner.end(agent)?;
    Ok(number(count))
}

fn thaw_all(agent: &Agent) -> Result<usize, Error> {
    let plan = freeze::plan(&agent.settings.root)?;
    Ok(freeze::thaw(&agent.settings.root, &plan))
}

fn freeze_chosen(
    agent: &SharedAgent,
    command: &str,
    is_chosen: impl Fn(&FileSystem) -> bool,
) -> Result<i64, Error> {
    log::info!(target: ACCOUNTING, "guest-fsfreeze called");
    let mut state = lock(&agent.freezer.state);
    // The command that this one has waited for may have frozen.
    state.settle(agent);
    if agent.policy.is_frozen() || state.ended {
        return Err(Policy::refusal(command));
    }
    let mut runner = Runner::start(agent, &state.marker, false)?;
    let result = runner
        .tell_of_freeze(agent)
        .and_then(|()| freeze_quietly(agent, &mut state, &runner, is_chosen));
    match (result, runner) {
        (Ok((count @ 1.., targets)), Runner::Guard(guard)) => {
            watch::keep(agent, &mut state, guard, targets);
            Ok(number(count))
        }
        (Ok((count @ 1.., _)), Runner::Own { .. }) => Ok(number(count)),
        (other, runner) => {
            state.leave(agent);
            // What went wrong first is what the host has to know.
            if let Err(error) = runner.end(agent) {
                log::error!("nothing is frozen, but {error}");
            }
            other.map(|_| 0)
        }
    }
}

/// Freezes, and gives how many it froze, and those that it tried.
fn freeze_quietly(
    agent: &Agent,
    state: &mut State,
    runner: &Runner,
    is_chosen: impl Fn(&FileSystem) -> bool,
) -> Result<(usize, Vec<Target>), Error> {
    let root = &agent.settings.root;
    let plan = freeze::plan(root)?;
    let chosen = plan.systems().iter().filter(|system| is_chosen(system));
    let targets = freeze::targets(root, chosen)?;
    if targets.is_empty() {
        return Ok((0, targets));
    }
    state.enter(agent);
    let Runner::Guard(guard) = runner else {
        let count = freeze::freeze(&targets, || true).map_err(failure)?;
        return Ok((count, targets));
    };
    let mark = state.mark.as_ref().map(AsFd::as_fd);
    guard.hold(mark, targets.iter().map(AsFd::as_fd))?;
    let count = freeze::freeze(&targets, || guard.is_silent()).map_err(failure)?;
    if let Err(error) = guard.all_is_frozen() {
        freeze::thaw_targets(&targets);
        return Err(error.into());
    }
    Ok((count, targets))
}

fn failure(unfrozen: Unfrozen) -> Error {
    match unfrozen {
        Unfrozen::Refused(error) => error.into(),
        Unfrozen::GivenUp => GuardError::Thawed.into(),
    }
}

/// A count of file systems, as answers have it.
fn number(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
