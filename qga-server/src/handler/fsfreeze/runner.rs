//! Who tells the hook of a freeze and of its end.

use qapi_runtime::Error;

use crate::Agent;
use crate::guard::{Duty, Guard, GuardError};
use crate::hook::{self, Event, HookError};
use crate::state::Marker;

/// The one that tells the hook, from before a freeze to after the thaw.
#[derive(Debug)]
pub(super) enum Runner {
    /// The guard does.
    Guard(Guard),
    /// This process does.
    Own {
        /// Whether the hook may have begun its work.
        has_heard: bool,
    },
}

impl Runner {
    /// Starts a guard, if this agent has one. The hook may have been told by somebody else.
    ///
    /// # Errors
    /// There is to be one, and it cannot be started.
    pub(super) fn start(
        agent: &Agent,
        marker: &Marker,
        has_heard: bool,
    ) -> Result<Self, GuardError> {
        match &agent.settings.guard {
            Some(program) => {
                Guard::start(program, &duty(agent, marker, has_heard)).map(Self::Guard)
            }
            None => Ok(Self::Own { has_heard }),
        }
    }

    /// Tells the hook of the freeze.
    pub(super) fn tell_of_freeze(&mut self, agent: &Agent) -> Result<(), Error> {
        match self {
            Self::Guard(guard) => Ok(guard.tell_hook()?),
            Self::Own { has_heard } => {
                let result = run(agent, Event::Freeze);
                *has_heard = result.as_ref().err().is_none_or(HookError::was_started);
                Ok(result?)
            }
        }
    }

    /// Tells the hook of the thaw, if it has heard of the freeze.
    pub(super) fn end(self, agent: &Agent) -> Result<(), Error> {
        let has_heard = match self {
            Self::Guard(guard) => match guard.end() {
                Err(GuardError::Lost) => true,
                other => return Ok(other?),
            },
            Self::Own { has_heard } => has_heard,
        };
        match has_heard {
            true => Ok(run(agent, Event::Thaw)?),
            false => Ok(()),
        }
    }
}

fn run(agent: &Agent, event: Event) -> Result<(), HookError> {
    match &agent.settings.fsfreeze_hook {
        Some(hook) => hook::run(hook, event, agent.settings.hook_timeout),
        None => Ok(()),
    }
}

/// What a guard of this agent has to know.
pub(super) fn duty(agent: &Agent, marker: &Marker, has_heard: bool) -> Duty {
    let settings = &agent.settings;
    Duty {
        hook: settings.fsfreeze_hook.clone(),
        has_heard,
        hook_timeout: settings.hook_timeout,
        freeze_timeout: settings.freeze_timeout,
        marker: marker.path().to_owned(),
    }
}

impl From<GuardError> for Error {
    fn from(error: GuardError) -> Self {
        Self::generic(error.to_string())
    }
}

impl From<HookError> for Error {
    fn from(error: HookError) -> Self {
        Self::generic(error.to_string())
    }
}
