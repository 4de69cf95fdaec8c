//! Those who want to know what happens.

use std::fmt;
use std::marker::PhantomData;

use super::Qmp;
use crate::client::qmp::listener::{Filter, notice};
use crate::client::{ClientError, Mark, Notice};
use crate::event::{FromEvent, RawEvent};

/// Gets the events that its filter lets through, from when it was made.
///
/// They wait for it in the history of the client, so a listener costs nothing
/// while nobody asks it; one that is too slow is told how many it missed. It
/// outlives a lost connection: see [`Qmp::reconnect`].
pub struct Listener<E = RawEvent> {
    qmp: Qmp,
    mark: Mark,
    filter: Filter,
    events: PhantomData<fn() -> E>,
}

impl Listener {
    pub(super) fn new(qmp: Qmp, mark: Mark, filter: Filter) -> Self {
        Self {
            qmp,
            mark,
            filter,
            events: PhantomData,
        }
    }

    /// The same listener, for the event enum of a schema.
    pub fn typed<E: FromEvent>(self) -> Listener<E> {
        Listener {
            qmp: self.qmp,
            mark: self.mark,
            filter: self.filter,
            events: PhantomData,
        }
    }
}

impl<E: FromEvent> Listener<E> {
    /// Waits for the next event, as long as the client waits for an answer. If
    /// the future is dropped, no event is lost.
    ///
    /// # Errors
    /// None came in time, the connection is lost, or an event is not as the
    /// schema says; that one is passed over then.
    pub async fn wait(&mut self) -> Result<Notice<E>, ClientError> {
        let deadline = self.qmp.deadline();
        loop {
            let happening = self.qmp.next_happening(&mut self.mark, deadline).await?;
            if let Some(notice) = notice(happening, &self.filter) {
                return notice;
            }
        }
    }

    /// The next event, if it has come already.
    ///
    /// # Errors
    /// The event is not as the schema says; it is passed over then.
    pub fn try_next(&mut self) -> Result<Option<Notice<E>>, ClientError> {
        loop {
            let Some(happening) = self.qmp.happened(&mut self.mark) else {
                return Ok(None);
            };
            if let Some(notice) = notice(happening, &self.filter) {
                return notice.map(Some);
            }
        }
    }
}

impl<E> fmt::Debug for Listener<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut listener = f.debug_struct("Listener");
        listener.field("mark", &self.mark).finish_non_exhaustive()
    }
}
