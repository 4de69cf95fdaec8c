//! guest-fsfreeze-status, -freeze, -freeze-list, -thaw: moments in which nothing is written, for
//! snapshots.
//!
//! The hook hears of the beginning before anything is frozen, so that programs can bring their
//! files in order, and of the end when all is thawed. It hears of the end whenever it has agreed
//! to the beginning, even if nothing could be frozen.
//!
//! Whoever asks for one of these waits for the one that is running, whichever client wanted that:
//! a host that gave a freeze up must not be told "thawed" and then find the machine frozen.

use std::ffi::OsStr;
use std::sync::{Mutex, MutexGuard, TryLockError};
use std::thread;
use std::time::{Duration, Instant};

use qapi_runtime::Error;
use qga_types::{GuestFsfreezeFreezeListArgs, GuestFsfreezeStatus};

use crate::lock::lock;
use crate::log::ACCOUNTING;
use crate::policy::Policy;
use crate::state::Marker;
use crate::sys::mount::FileSystem;
use crate::sys::{self, freeze, os_string, run};
use crate::{Agent, quiet};

/// How long the end of the agent waits for a freeze or thaw, and how often it looks.
const END_PATIENCE: Duration = Duration::from_secs(2);
const END_PAUSE: Duration = Duration::from_millis(10);

/// Belongs to the one command that freezes, thaws or wants to know.
#[derive(Debug)]
pub(crate) struct Freezer(Mutex<State>);

#[derive(Debug)]
struct State {
    marker: Marker,
    /// The agent ends, so nobody would thaw any more.
    ended: bool,
}

impl Freezer {
    pub(crate) fn new(marker: Marker) -> Self {
        Self(Mutex::new(State {
            marker,
            ended: false,
        }))
    }

    /// The state, unless somebody keeps it for too long.
    fn lock_patiently(&self) -> Option<MutexGuard<'_, State>> {
        let start = Instant::now();
        loop {
            match self.0.try_lock() {
                Ok(state) => return Some(state),
                Err(TryLockError::Poisoned(poisoned)) => return Some(poisoned.into_inner()),
                Err(TryLockError::WouldBlock) if start.elapsed() > END_PATIENCE => return None,
                Err(TryLockError::WouldBlock) => thread::sleep(END_PAUSE),
            }
        }
    }
}

/// Whether this agent, or the one before it, has frozen file systems that are not thawed yet.
pub(crate) fn status(agent: &Agent) -> Result<GuestFsfreezeStatus, Error> {
    let _state = lock(&agent.freezer.0);
    Ok(match agent.policy.is_frozen() {
        true => GuestFsfreezeStatus::Frozen,
        false => GuestFsfreezeStatus::Thawed,
    })
}

/// Freezes all local file systems.
pub(crate) fn freeze(agent: &Agent) -> Result<i64, Error> {
    freeze_chosen(agent, "guest-fsfreeze-freeze", |_| true)
}

/// Freezes the local file systems with these mount points, or all if there is no list.
pub(crate) fn freeze_list(agent: &Agent, args: GuestFsfreezeFreezeListArgs) -> Result<i64, Error> {
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
pub(crate) fn thaw(agent: &Agent) -> Result<i64, Error> {
    log::info!(target: ACCOUNTING, "guest-fsthaw called");
    thaw_as(agent, &lock(&agent.freezer.0))
}

/// Thaws at the end of the agent: there will be nobody to ask for it. Nothing freezes after it.
pub(crate) fn thaw_at_end(agent: &Agent) {
    let result = match agent.freezer.lock_patiently() {
        Some(mut state) => {
            state.ended = true;
            match agent.policy.is_frozen() {
                true => thaw_as(agent, &state).map(|_| ()),
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

fn thaw_as(agent: &Agent, state: &State) -> Result<i64, Error> {
    let count = thaw_all(agent)?;
    leave_frozen_state(agent, state);
    run_hook(agent, "thaw")?;
    Ok(number(count))
}

fn thaw_all(agent: &Agent) -> Result<usize, Error> {
    let plan = freeze::plan(&agent.settings.root)?;
    Ok(freeze::thaw(&agent.settings.root, &plan))
}

fn freeze_chosen(
    agent: &Agent,
    command: &str,
    is_chosen: impl Fn(&FileSystem) -> bool,
) -> Result<i64, Error> {
    log::info!(target: ACCOUNTING, "guest-fsfreeze called");
    let state = lock(&agent.freezer.0);
    // The command that this one has waited for may have frozen.
    if agent.policy.is_frozen() || state.ended {
        return Err(Policy::refusal(command));
    }
    run_hook(agent, "freeze")?;
    let result = freeze_quietly(agent, &state, is_chosen);
    if !matches!(result, Ok(1..)) {
        leave_frozen_state(agent, &state);
        // What went wrong first is what the host has to know.
        if let Err(error) = run_hook(agent, "thaw") {
            log::error!("nothing is frozen, but {error}");
        }
    }
    Ok(number(result?))
}

fn freeze_quietly(
    agent: &Agent,
    state: &State,
    is_chosen: impl Fn(&FileSystem) -> bool,
) -> Result<usize, sys::Error> {
    let root = &agent.settings.root;
    let plan = freeze::plan(root)?;
    let chosen = plan.systems().iter().filter(|system| is_chosen(system));
    let targets = freeze::targets(root, chosen)?;
    enter_frozen_state(agent, state);
    freeze::freeze(&targets)
}

/// From here on nothing may be written.
fn enter_frozen_state(agent: &Agent, state: &State) {
    agent.policy.set_frozen(true);
    if let Err(error) = state.marker.set() {
        log::warn!("an agent that is started anew will not know of the freeze: {error}");
    }
    log::warn!("disabling logging due to filesystem freeze");
    quiet::begin();
}

/// From here on everything may be written again.
fn leave_frozen_state(agent: &Agent, state: &State) {
    if !agent.policy.is_frozen() {
        return;
    }
    agent.policy.set_frozen(false);
    quiet::end();
    log::warn!("logging re-enabled due to filesystem unfreeze");
    if let Err(error) = state.marker.clear() {
        log::warn!("an agent that is started anew will think of a freeze: {error}");
    }
}

fn run_hook(agent: &Agent, event: &str) -> Result<(), Error> {
    let Some(hook) = &agent.settings.fsfreeze_hook else {
        return Ok(());
    };
    log::info!(target: ACCOUNTING, "executing fsfreeze hook with arg '{event}'");
    run::run(hook, &[OsStr::new(event)], None, "execute fsfreeze hook")
        .map_err(|failure| Error::generic(failure.to_string()))
}

/// A count of file systems, as answers have it.
fn number(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
