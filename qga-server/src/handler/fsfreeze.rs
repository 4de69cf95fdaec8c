//! guest-fsfreeze-status, -freeze, -freeze-list, -thaw: moments in which nothing is written, for
//! snapshots.
//!
//! The hook hears of the beginning before anything is frozen, so that programs can bring their
//! files in order, and of the end when all is thawed. It hears of the end whenever it has agreed
//! to the beginning, even if nothing could be frozen.

use std::ffi::OsStr;

use qapi_runtime::Error;
use qga_types::{GuestFsfreezeFreezeListArgs, GuestFsfreezeStatus};

use crate::Agent;
use crate::sys::mount::{self, FileSystem};
use crate::sys::{self, freeze, os_string, run};

/// Whether this agent, or the one before it, has frozen file systems that are not thawed yet.
pub(crate) fn status(agent: &Agent) -> Result<GuestFsfreezeStatus, Error> {
    Ok(match agent.policy.frozen {
        true => GuestFsfreezeStatus::Frozen,
        false => GuestFsfreezeStatus::Thawed,
    })
}

/// Freezes all local file systems.
pub(crate) fn freeze(agent: &mut Agent) -> Result<i64, Error> {
    freeze_chosen(agent, |_| true)
}

/// Freezes the local file systems with these mount points, or all if there is no list.
pub(crate) fn freeze_list(
    agent: &mut Agent,
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
    freeze_chosen(agent, is_chosen)
}

/// Thaws all local file systems, and ends the frozen state if there is one.
///
/// This includes what others have frozen: the host asks for a machine that can write again, and
/// an agent that was killed cannot tell its successor what it had frozen.
pub(crate) fn thaw(agent: &mut Agent) -> Result<i64, Error> {
    let systems = mount::local(&agent.settings.root)?;
    let count = freeze::thaw(&agent.settings.root, &systems);
    leave_frozen_state(agent);
    run_hook(agent, "thaw")?;
    Ok(number(count))
}

/// Thaws at the end of the agent: there will be nobody to ask for it.
pub(crate) fn thaw_at_end(agent: &mut Agent) {
    if agent.policy.frozen
        && let Err(error) = thaw(agent)
    {
        log::error!("failed to thaw at the end: {error}");
    }
}

fn freeze_chosen(agent: &mut Agent, is_chosen: impl Fn(&FileSystem) -> bool) -> Result<i64, Error> {
    run_hook(agent, "freeze")?;
    let result = freeze_quietly(agent, is_chosen);
    if !matches!(result, Ok(1..)) {
        leave_frozen_state(agent);
        // What went wrong first is what the host has to know.
        if let Err(error) = run_hook(agent, "thaw") {
            log::error!("nothing is frozen, but {error}");
        }
    }
    Ok(number(result?))
}

fn freeze_quietly(
    agent: &mut Agent,
    is_chosen: impl Fn(&FileSystem) -> bool,
) -> Result<usize, sys::Error> {
    let root = &agent.settings.root;
    let systems = mount::local(root)?;
    let targets = freeze::targets(root, systems.iter().filter(|system| is_chosen(system)))?;
    enter_frozen_state(agent);
    freeze::freeze(&targets)
}

/// From here on nothing may be written.
fn enter_frozen_state(agent: &mut Agent) {
    agent.policy.frozen = true;
    if let Err(error) = agent.marker.set() {
        log::warn!("an agent that is started anew will not know of the freeze: {error}");
    }
    crate::log::suspend();
}

/// From here on everything may be written again.
fn leave_frozen_state(agent: &mut Agent) {
    if !agent.policy.frozen {
        return;
    }
    agent.policy.frozen = false;
    crate::log::resume();
    if let Err(error) = agent.marker.clear() {
        log::warn!("an agent that is started anew will think of a freeze: {error}");
    }
}

fn run_hook(agent: &Agent, event: &str) -> Result<(), Error> {
    let Some(hook) = &agent.settings.fsfreeze_hook else {
        return Ok(());
    };
    log::info!("executing fsfreeze hook with arg '{event}'");
    run::run(hook, &[OsStr::new(event)], None, "execute fsfreeze hook")
        .map_err(|failure| Error::generic(failure.to_string()))
}

/// A count of file systems, as answers have it.
fn number(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
