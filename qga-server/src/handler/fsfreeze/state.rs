//! What is known of a freeze from one command to the next.

use std::os::fd::{AsFd, OwnedFd};
use std::sync::{Mutex, MutexGuard, TryLockError};
use std::thread;
use std::time::{Duration, Instant};

use super::runner::duty;
use super::thaw_as;
use crate::guard::{Guard, News};
use crate::state::Marker;
use crate::sys::freeze::{self, Target};
use crate::{Agent, quiet};

/// How long the end of the agent waits for a freeze or thaw, and how often it looks.
const END_PATIENCE: Duration = Duration::from_secs(2);
const END_PAUSE: Duration = Duration::from_millis(10);

/// Belongs to the one command that freezes, thaws or wants to know.
#[derive(Debug)]
pub(crate) struct Freezer {
    pub(super) state: Mutex<State>,
}

/// What there is to know for that command.
#[derive(Debug)]
pub(super) struct State {
    pub(super) marker: Marker,
    /// Whether the mark is set, and taken away by whoever else thaws.
    pub(super) is_marked: bool,
    /// Keeps the mark locked.
    pub(super) mark: Option<OwnedFd>,
    pub(super) held: Option<Held>,
    /// There is a thread that listens to the guard.
    pub(super) is_watched: bool,
    /// The agent ends, so nobody would thaw any more.
    pub(super) ended: bool,
}

/// What is frozen, and who thaws it if the agent does not.
#[derive(Debug)]
pub(super) struct Held {
    pub(super) guard: Guard,
    pub(super) targets: Vec<Target>,
    pub(super) deadline: Option<Instant>,
}

impl Freezer {
    /// Takes up what a former agent has left, if it `is_frozen`.
    pub(crate) fn new(marker: Marker, is_frozen: bool) -> Self {
        Self {
            state: Mutex::new(State {
                marker,
                is_marked: is_frozen,
                mark: None,
                held: None,
                is_watched: false,
                ended: false,
            }),
        }
    }

    /// The state, unless somebody keeps it for too long.
    pub(super) fn lock_patiently(&self) -> Option<MutexGuard<'_, State>> {
        let start = Instant::now();
        loop {
            match self.state.try_lock() {
                Ok(state) => return Some(state),
                Err(TryLockError::Poisoned(poisoned)) => return Some(poisoned.into_inner()),
                Err(TryLockError::WouldBlock) if start.elapsed() > END_PATIENCE => return None,
                Err(TryLockError::WouldBlock) => thread::sleep(END_PAUSE),
            }
        }
    }
}

impl State {
    /// From here on nothing may be written.
    pub(super) fn enter(&mut self, agent: &Agent) {
        agent.policy.set_frozen(true);
        match self.marker.set() {
            Ok(mark) => {
                self.is_marked = agent.settings.guard.is_some();
                self.mark = mark;
            }
            Err(error) => {
                log::warn!("an agent that is started anew will not know of the freeze: {error}");
            }
        }
        log::warn!("disabling logging due to filesystem freeze");
        quiet::begin();
    }

    /// From here on everything may be written again.
    pub(super) fn leave(&mut self, agent: &Agent) {
        self.mark = None;
        self.is_marked = false;
        if !agent.policy.is_frozen() {
            return;
        }
        agent.policy.set_frozen(false);
        quiet::end();
        log::warn!("logging re-enabled due to filesystem unfreeze");
        if let Err(error) = self.marker.clear() {
            log::warn!("an agent that is started anew will think of a freeze: {error}");
        }
    }

    /// Brings the state in line with what others have done meanwhile: the guard of this agent or of a
    /// former one, or an administrator.
    pub(super) fn settle(&mut self, agent: &Agent) {
        if !agent.policy.is_frozen() {
            return;
        }
        let news = self
            .held
            .as_ref()
            .filter(|held| !held.guard.is_silent())
            .map(|held| held.guard.news());
        let is_thawed = news == Some(News::Thawed) || (self.is_marked && !self.marker.is_set());
        if is_thawed {
            self.leave(agent);
            match (self.held.take(), news) {
                // It still tells the hook.
                (Some(mut held), Some(_)) => held.guard.wait(),
                (Some(held), None) => {
                    freeze::thaw_targets(&held.targets);
                    let _ = held.guard.end();
                }
                (None, _) => {}
            }
            log::error!("file systems were thawed without a command");
        } else if news == Some(News::Lost) {
            self.renew(agent);
        }
    }

    /// Gets another guard in place of one that was ended by somebody. If none is to be had the agent
    /// keeps to the time itself.
    fn renew(&mut self, agent: &Agent) {
        let Some(held) = &mut self.held else {
            return;
        };
        let left = held
            .deadline
            .map(|deadline| deadline.saturating_duration_since(Instant::now()));
        if left == Some(Duration::ZERO) {
            if let Err(error) = thaw_as(agent, self) {
                log::error!("file systems were frozen for too long, but {error}");
            }
            return;
        }
        let mut duty = duty(agent, &self.marker, true);
        duty.freeze_timeout = left;
        let Some(program) = &agent.settings.guard else {
            return;
        };
        let renewed = Guard::start(program, &duty).and_then(|guard| {
            let mark = self.mark.as_ref().map(AsFd::as_fd);
            guard.hold(mark, held.targets.iter().map(AsFd::as_fd))?;
            guard.all_is_frozen()?;
            Ok(guard)
        });
        if let Ok(guard) = renewed {
            std::mem::replace(&mut held.guard, guard).wait();
        }
    }
}
