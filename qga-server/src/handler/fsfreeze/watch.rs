//! Listening to the guard while it has something to guard.

use std::os::fd::OwnedFd;
use std::sync::Weak;
use std::thread;
use std::time::{Duration, Instant};

use super::state::{Held, State};
use crate::Agent;
use crate::agent::SharedAgent;
use crate::guard::Guard;
use crate::lock::lock;
use crate::sys::freeze::Target;
use crate::sys::lifeline;

/// How long to wait with another attempt to get a guard.
const PAUSE: Duration = Duration::from_secs(1);

/// Notes what is frozen, and listens to its guard.
pub(super) fn keep(agent: &SharedAgent, state: &mut State, guard: Guard, targets: Vec<Target>) {
    let limit = agent.settings.freeze_timeout;
    state.held = Some(Held {
        guard,
        targets,
        deadline: limit.and_then(|limit| Instant::now().checked_add(limit)),
    });
    if !state.is_watched {
        let agent = agent.downgrade();
        // Without it, the agent learns of a thaw when it is asked.
        let thread = thread::Builder::new().name("guard".to_owned());
        state.is_watched = thread.spawn(move || watch(&agent)).is_ok();
    }
}

/// Listens as long as there is a guard. The agent is not kept alive by that.
fn watch(agent: &Weak<Agent>) {
    while let Some(next) = agent.upgrade().and_then(|agent| attend(&agent)) {
        match next {
            // If that fails it is tried again at once, after a look at the guard.
            Next::Listen(lifeline) => drop(lifeline::has_news(lifeline, None)),
            Next::Pause => thread::sleep(PAUSE),
        }
    }
}

enum Next {
    Listen(OwnedFd),
    /// There is no guard, and none to be had at the moment.
    Pause,
}

/// Sees to what has happened, and says what to do next, if anything.
fn attend(agent: &Agent) -> Option<Next> {
    let mut state = lock(&agent.freezer.state);
    state.settle(agent);
    state.is_watched = state.held.is_some();
    let guard = &state.held.as_ref()?.guard;
    let lifeline = guard.listener().ok().filter(|_| guard.is_silent());
    Some(lifeline.map_or(Next::Pause, Next::Listen))
}
