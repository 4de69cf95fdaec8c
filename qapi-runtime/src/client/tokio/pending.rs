//! A command whose answer is still to come.

use std::fmt;
use std::marker::PhantomData;

use tokio::time::Instant;

use super::Qmp;
use crate::client::ClientError;
use crate::decode::DecodeOwned;

/// A command that was sent and returns an `R`.
///
/// Dropping it gives the command up: the monitor runs it all the same, but its
/// answer is thrown away when it comes.
#[must_use = "the outcome of the command is known only to those who wait"]
pub struct Pending<R> {
    qmp: Qmp,
    id: u64,
    command: Box<str>,
    deadline: Option<Instant>,
    returns: PhantomData<fn() -> R>,
}

impl<R: DecodeOwned> Pending<R> {
    pub(super) fn new(qmp: Qmp, id: u64, command: &str, deadline: Option<Instant>) -> Self {
        Self {
            qmp,
            id,
            command: command.into(),
            deadline,
            returns: PhantomData,
        }
    }

    /// Waits for the answer, until the time is up that began when the command
    /// was sent.
    ///
    /// # Errors
    /// The command fails, the connection does, or no answer comes in time.
    pub async fn wait(self) -> Result<R, ClientError> {
        let conversation = self.qmp.conversation();
        let answer = conversation.answer(self.id, self.deadline).await?;
        answer.decode(&self.command)
    }

    /// The answer, if it is there; asked for again after that, there is none.
    ///
    /// # Errors
    /// The command fails, or the connection does.
    pub fn try_wait(&mut self) -> Result<Option<R>, ClientError> {
        let outcome = self.qmp.conversation().core().outcome(self.id);
        match outcome {
            None => Ok(None),
            Some(answer) => answer?.decode(&self.command).map(Some),
        }
    }
}

impl<R> Drop for Pending<R> {
    fn drop(&mut self) {
        self.qmp.conversation().core().give_up(self.id);
    }
}

impl<R> fmt::Debug for Pending<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut pending = f.debug_struct("Pending");
        pending
            .field("command", &self.command)
            .field("id", &self.id);
        pending.finish_non_exhaustive()
    }
}
