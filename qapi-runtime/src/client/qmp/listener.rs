//! Those who want to know what happens.

use std::fmt;
use std::marker::PhantomData;

use super::Qmp;
use super::history::{Happening, Mark};
use crate::client::ClientError;
use crate::event::{FromEvent, RawEvent, Timestamp};

/// Gets the events that its filter lets through, from when it was made.
///
/// They wait for it in the history of the client, so a listener costs nothing
/// while nobody asks it; one that is too slow is told how many it missed. It
/// outlives a lost connection: see [`Qmp::reconnect`].
///
/// ```no_run
/// use qapi_runtime::client::{Notice, Qmp};
///
/// let qmp = Qmp::connect("/run/vm/qmp.sock")?;
/// let mut listener = qmp.listen(|event| event.name.starts_with("BLOCK_"));
/// loop {
///     match listener.wait()? {
///         Notice::Event(event, timestamp) => println!("{} {}", timestamp.seconds, event.name),
///         Notice::Missed(count) => println!("{count} events were too many"),
///         _ => println!("what happened meanwhile is not known"),
///     }
/// }
/// # #[expect(unreachable_code)]
/// # Ok::<(), qapi_runtime::ClientError>(())
/// ```
pub struct Listener<E = RawEvent> {
    qmp: Qmp,
    mark: Mark,
    filter: Filter,
    events: PhantomData<fn() -> E>,
}

/// Says which events are wanted.
pub(in crate::client) type Filter = Box<dyn Fn(&RawEvent) -> bool + Send + Sync>;

/// What a [`Listener`] gets.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Notice<E = RawEvent> {
    /// Something happened, at this time.
    Event(E, Timestamp),
    /// So many events were not kept, wanted ones among them or not.
    Missed(u64),
    /// The connection was lost and there is a new one. Nobody knows what
    /// happened in between.
    Reconnected,
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
    /// Waits for the next event, as long as the client waits for an answer.
    ///
    /// # Errors
    /// None came in time, the connection is lost, or an event is not as the
    /// schema says; that one is passed over then.
    pub fn wait(&mut self) -> Result<Notice<E>, ClientError> {
        let deadline = self.qmp.deadline();
        loop {
            let happening = self.qmp.next_happening(&mut self.mark, deadline)?;
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

/// What a listener is told; nothing of an event that its filter holds back.
pub(in crate::client) fn notice<E: FromEvent>(
    happening: Happening,
    filter: &Filter,
) -> Option<Result<Notice<E>, ClientError>> {
    match happening {
        Happening::Missed(count) => Some(Ok(Notice::Missed(count))),
        Happening::Reconnected => Some(Ok(Notice::Reconnected)),
        Happening::Event(event) if filter(&event) => {
            let decoded = E::from_event(&event).map_err(|error| ClientError::Decode {
                of: event.name.clone(),
                error,
            });
            Some(decoded.map(|decoded| Notice::Event(decoded, event.timestamp)))
        }
        Happening::Event(_) => None,
    }
}
