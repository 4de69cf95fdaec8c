//! Waiting for events.

use std::sync::Arc;
use std::time::Instant;

use super::history::Happening;
use super::{Listener, Mark, Qmp};
use crate::client::ClientError;
use crate::event::RawEvent;

/// Events.
impl Qmp {
    /// The point behind all events that have come so far.
    pub fn mark(&self) -> Mark {
        self.conversation().core().history().end()
    }

    /// The point before the oldest event that is kept.
    pub fn oldest(&self) -> Mark {
        self.conversation().core().history().start()
    }

    /// A listener for the events that `filter` lets through, from now on.
    pub fn listen(&self, filter: impl Fn(&RawEvent) -> bool + Send + Sync + 'static) -> Listener {
        self.listen_from(self.mark(), filter)
    }

    /// A listener for the events since `mark` that `filter` lets through.
    pub fn listen_from(
        &self,
        mark: Mark,
        filter: impl Fn(&RawEvent) -> bool + Send + Sync + 'static,
    ) -> Listener {
        Listener::new(self.clone(), mark, Box::new(filter))
    }

    /// Waits for the first event since `mark` that `filter` lets through, as
    /// long as for an answer.
    ///
    /// With a mark from before a command, it does not matter whether the event
    /// comes before the answer to the command or after it:
    ///
    /// ```no_run
    /// # use qapi_runtime::Empty;
    /// # fn example(qmp: &qapi_runtime::client::Qmp) -> Result<(), qapi_runtime::ClientError> {
    /// let before = qmp.mark();
    /// let Empty {} = qmp.execute("system_powerdown", &Empty {})?;
    /// let event = qmp.wait_for(before, |event| event.name == "POWERDOWN")?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// No such event came in time, the connection is lost, or the event may
    /// have been among some that were not kept.
    pub fn wait_for(
        &self,
        mut mark: Mark,
        filter: impl Fn(&RawEvent) -> bool,
    ) -> Result<RawEvent, ClientError> {
        let deadline = self.deadline();
        let mut lost = false;
        loop {
            let happening = match self.happened(&mut mark) {
                Some(happening) => happening,
                None if lost => return Err(ClientError::EventsLost),
                None => self.next_happening(&mut mark, deadline)?,
            };
            if let Some(event) = wanted(happening, &filter, &mut lost) {
                return Ok(event);
            }
        }
    }

    /// What happened next after `mark`, if it has already.
    pub(super) fn happened(&self, mark: &mut Mark) -> Option<Happening> {
        self.conversation().core().history().next(mark)
    }

    /// Waits for what happens next after `mark`.
    pub(super) fn next_happening(
        &self,
        mark: &mut Mark,
        deadline: Option<Instant>,
    ) -> Result<Happening, ClientError> {
        self.conversation()
            .wait(deadline, |core| core.next_happening(mark))?
    }
}

/// The event, if it is the one that is waited for; what may have swallowed that
/// one is remembered in `lost`.
pub(in crate::client) fn wanted(
    happening: Happening,
    filter: impl Fn(&RawEvent) -> bool,
    lost: &mut bool,
) -> Option<RawEvent> {
    match happening {
        Happening::Event(event) => filter(&event).then(|| Arc::unwrap_or_clone(event)),
        Happening::Missed(_) | Happening::Reconnected => {
            *lost = true;
            None
        }
    }
}
