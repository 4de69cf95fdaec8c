//! The client of an agent in a machine.

use std::time::Duration;

use serde::Serialize;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

use super::conversation::{deadline, within};
use crate::client::agent::{Core, Synchronization};
use crate::client::{AsyncExecute, ClientError};
use crate::decode::DecodeOwned;

/// A client of a guest agent, or of any service without greeting and events:
/// one request, one reply.
///
/// A command that is given up, at a time-out or because its future is dropped,
/// leaves its reply behind; [`Agent::resynchronize`] gets rid of it.
///
/// ```
/// use qapi_runtime::Empty;
/// use qapi_runtime::client::tokio::Agent;
/// use tokio::io::AsyncWriteExt;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let (near, mut far) = tokio::io::duplex(1000);
/// far.write_all(b"{\"return\": 1}\n").await?;
///
/// let mut agent = Agent::new(near);
/// let answer: i64 = agent.execute("guest-count", &Empty {}).await?;
/// assert_eq!(answer, 1);
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Agent<S> {
    stream: S,
    core: Core,
    timeout: Option<Duration>,
}

impl<S> Agent<S> {
    /// A client that talks over `stream`, which is assumed to be quiet.
    ///
    /// A guest agent may still be at the reply to an earlier client; start with
    /// [`Agent::resynchronize`] there.
    pub fn new(stream: S) -> Self {
        Self {
            stream,
            core: Core::default(),
            timeout: None,
        }
    }

    /// Limits how long a reply may take. At first there is no limit.
    pub fn set_timeout(&mut self, timeout: impl Into<Option<Duration>>) {
        self.timeout = timeout.into();
    }

    /// The stream, without what was read from it and not yet asked for.
    pub fn into_stream(self) -> S {
        self.stream
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> Agent<S> {
    /// Runs `command` and waits for what it returns.
    ///
    /// Members of the answer that `R` does not have are ignored. A command
    /// without a return answers an empty object, which is
    /// [`Empty`](crate::Empty).
    ///
    /// # Errors
    /// The command fails, the connection does, or the answer is not what it
    /// should be. Only after [`ClientError::Timeout`], [`ClientError::Io`] and
    /// [`ClientError::OutOfStep`] does the client need [`Agent::resynchronize`].
    pub async fn execute<A, R>(&mut self, command: &str, arguments: &A) -> Result<R, ClientError>
    where
        A: Serialize + ?Sized,
        R: DecodeOwned,
    {
        self.core.begin(command, arguments)?;
        let answer = within(deadline(self.timeout), async {
            self.send().await?;
            loop {
                if let Some(answer) = self.core.reply() {
                    return answer;
                }
                self.receive().await?;
            }
        });
        answer.await??.decode(command)
    }

    /// Runs a command of a guest agent that answers only when it fails.
    ///
    /// A second request follows the command, and its answer shows that none
    /// came to the first. So this waits until the agent has dealt with the
    /// command; a connection that closes meanwhile is a success, for most of
    /// these commands turn the machine off.
    ///
    /// # Errors
    /// As for [`Agent::execute`].
    pub async fn execute_silently<A>(
        &mut self,
        command: &str,
        arguments: &A,
    ) -> Result<(), ClientError>
    where
        A: Serialize + ?Sized,
    {
        let mut sync = self.core.begin_silently(command, arguments)?;
        let deadline = deadline(self.timeout);
        within(deadline, self.send()).await??;
        let waited = within(deadline, self.synchronize(&mut sync)).await;
        sync.outcome(waited.unwrap_or_else(Err))
    }

    /// Gets back into step with a guest agent, whatever was going on before.
    ///
    /// Sends the byte 0xFF, which ends any half request, and
    /// `guest-sync-delimited`; then throws everything away up to its answer. An
    /// agent that refuses this command never sends it: have a time-out.
    ///
    /// # Errors
    /// The connection fails, or the answer does not come in time.
    pub async fn resynchronize(&mut self) -> Result<(), ClientError> {
        let mut sync = self.core.begin_sync()?;
        within(deadline(self.timeout), async {
            self.send().await?;
            self.synchronize(&mut sync).await
        })
        .await?
    }

    async fn synchronize(&mut self, sync: &mut Synchronization) -> Result<(), ClientError> {
        while !self.core.is_synchronized(sync) {
            self.receive().await?;
        }
        Ok(())
    }

    async fn send(&mut self) -> Result<(), ClientError> {
        let sent = self.stream.write_all(self.core.request()).await;
        let sent = match sent {
            Ok(()) => self.stream.flush().await,
            Err(error) => Err(error),
        };
        sent.map_err(|error| self.core.failed(error.into()))
    }

    /// Reads some more.
    async fn receive(&mut self) -> Result<(), ClientError> {
        match self.stream.read(self.core.lines.room()).await {
            Ok(0) => Err(self.core.failed(ClientError::Closed)),
            Ok(length) => {
                self.core.lines.filled(length);
                Ok(())
            }
            Err(error) => Err(self.core.failed(error.into())),
        }
    }
}

impl<S: AsyncRead + AsyncWrite + Send + Unpin> AsyncExecute for Agent<S> {
    async fn execute<A, R>(&mut self, command: &str, arguments: &A) -> Result<R, ClientError>
    where
        A: Serialize + Sync + ?Sized,
        R: DecodeOwned + Send,
    {
        self.execute(command, arguments).await
    }

    async fn execute_silently<A>(&mut self, command: &str, arguments: &A) -> Result<(), ClientError>
    where
        A: Serialize + Sync + ?Sized,
    {
        self.execute_silently(command, arguments).await
    }

    /// An agent does one thing after another.
    async fn execute_oob<A, R>(&mut self, _: &str, _: &A) -> Result<R, ClientError>
    where
        A: Serialize + Sync + ?Sized,
        R: DecodeOwned + Send,
    {
        Err(ClientError::NoOutOfBand)
    }
}
