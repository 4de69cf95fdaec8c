//! Waiting for events.

use tokio::time::Instant;

use super::{Listener, Qmp};
use crate::client::qmp::core::Core;
use crate::client::qmp::events::wanted;
use crate::client::qmp::history::Happening;
use crate::client::{ClientError, Mark};
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
    /// comes before the answer to the command or after it.
    ///
    /// # Errors
    /// No such event came in time, the connection is lost, or the event may
    /// have been among some that were not kept.
    pub async fn wait_for(
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
                None => self.next_happening(&mut mark, deadline).await?,
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
    pub(super) async fn next_happening(
        &self,
        mark: &mut Mark,
        deadline: Option<Instant>,
    ) -> Result<Happening, ClientError> {
        let next = |core: &mut Core| core.next_happening(mark);
        self.conversation().wait(deadline, next).await?
    }
}
