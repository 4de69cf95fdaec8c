//! Running commands.

use std::io;
use std::os::fd::OwnedFd;
use std::sync::Arc;

use serde::Serialize;
use serde_json::Value;

use super::{Pending, Qmp};
use crate::client::qmp::commands::{PROBE, Probed, closed_outcome, probe_outcome};
use crate::client::request::Verb;
use crate::client::{AsyncExecute, ClientError, Fd, Introspection};
use crate::decode::DecodeOwned;
use crate::service::Empty;

/// Commands, by the names that the schema gives them. Any command will do,
/// whether a schema knows it or not: arguments may be a
/// [`json!`](serde_json::json), and the answer a [`Value`](crate::Value).
impl Qmp {
    /// Runs `command` and waits for what it returns.
    ///
    /// A command without a return answers an empty object, which is [`Empty`].
    ///
    /// # Errors
    /// The command fails, the connection does, no answer comes in time, or the
    /// answer is no `R`.
    pub async fn execute<A, R>(&self, command: &str, arguments: &A) -> Result<R, ClientError>
    where
        A: Serialize + ?Sized,
        R: DecodeOwned,
    {
        self.submit(command, arguments).await?.wait().await
    }

    /// Sends `command` and does not wait. The monitor runs such commands one
    /// after another.
    ///
    /// # Errors
    /// The command cannot be sent, or not in time.
    pub async fn submit<A, R>(
        &self,
        command: &str,
        arguments: &A,
    ) -> Result<Pending<R>, ClientError>
    where
        A: Serialize + ?Sized,
        R: DecodeOwned,
    {
        let fds = Vec::new();
        self.submit_as(Verb::Execute, command, arguments, fds).await
    }

    /// Runs `command` out of band: at once, whatever else is under way.
    ///
    /// # Errors
    /// As for [`Qmp::execute`]; or the monitor does not offer this, or the
    /// command does not allow it.
    pub async fn execute_oob<A, R>(&self, command: &str, arguments: &A) -> Result<R, ClientError>
    where
        A: Serialize + ?Sized,
        R: DecodeOwned,
    {
        self.submit_oob(command, arguments).await?.wait().await
    }

    /// Sends `command` to be run out of band, and does not wait.
    ///
    /// # Errors
    /// The command cannot be sent, or not in time, or not out of band.
    pub async fn submit_oob<A, R>(
        &self,
        command: &str,
        arguments: &A,
    ) -> Result<Pending<R>, ClientError>
    where
        A: Serialize + ?Sized,
        R: DecodeOwned,
    {
        let fds = Vec::new();
        self.submit_as(Verb::ExecOob, command, arguments, fds).await
    }

    /// Runs `command` with file descriptors for it, as `getfd` and `add-fd`
    /// want them. At most [`MAX_FDS`](crate::client::MAX_FDS), over a UNIX
    /// socket only.
    ///
    /// # Errors
    /// As for [`Qmp::execute`]; or the transport cannot pass file descriptors.
    pub async fn execute_with_fds<A, R>(
        &self,
        command: &str,
        arguments: &A,
        fds: &[Fd<'_>],
    ) -> Result<R, ClientError>
    where
        A: Serialize + ?Sized,
        R: DecodeOwned,
    {
        let fds: io::Result<Vec<OwnedFd>> = fds.iter().map(|fd| fd.try_clone_to_owned()).collect();
        let fds = fds?;
        let _passing = self.begin_passing().await;
        let pending = self.submit_as(Verb::Execute, command, arguments, fds);
        pending.await?.wait().await
    }

    /// Runs a command that is answered only when it fails.
    ///
    /// Another command follows it, whose answer shows that none came to the
    /// first. A connection that ends meanwhile is a success.
    ///
    /// # Errors
    /// As for [`Qmp::execute`].
    pub async fn execute_silently<A>(&self, command: &str, arguments: &A) -> Result<(), ClientError>
    where
        A: Serialize + ?Sized,
    {
        let mut silent: Pending<Empty> = self.submit(command, arguments).await?;
        let probe = self.execute::<_, Value>(PROBE, &Empty {}).await;
        match probe_outcome(probe.map(drop))? {
            Probed::Answered => silent.try_wait().map(drop),
            Probed::Closed => closed_outcome(silent.wait().await),
        }
    }

    /// What the server says that it can do. It is asked once for each
    /// connection.
    ///
    /// # Errors
    /// As for [`Qmp::execute`]; releases before 2.5 do not know the command.
    pub async fn introspect(&self) -> Result<Arc<Introspection>, ClientError> {
        let connection = self.conversation().core().connection();
        if let Some(introspection) = self.conversation().core().introspection() {
            return Ok(introspection);
        }
        let introspection = Arc::new(self.execute("query-qmp-schema", &Empty {}).await?);
        self.conversation().core().keep(connection, &introspection);
        Ok(introspection)
    }

    /// Whether the server has what is at `path`, such as
    /// `blockdev-add.arguments.node-name`: see [`Introspection`].
    ///
    /// # Errors
    /// As for [`Qmp::introspect`].
    pub async fn supports(&self, path: &str) -> Result<bool, ClientError> {
        Ok(self.introspect().await?.supports(path))
    }

    async fn submit_as<A, R>(
        &self,
        verb: Verb,
        command: &str,
        arguments: &A,
        fds: Vec<OwnedFd>,
    ) -> Result<Pending<R>, ClientError>
    where
        A: Serialize + ?Sized,
        R: DecodeOwned,
    {
        let deadline = self.deadline();
        let submitted = self
            .conversation()
            .submit(verb, command, arguments, fds, deadline);
        let id = submitted.await?;
        Ok(Pending::new(self.clone(), id, command, deadline))
    }
}

impl AsyncExecute for Qmp {
    async fn execute<A, R>(&mut self, command: &str, arguments: &A) -> Result<R, ClientError>
    where
        A: Serialize + Sync + ?Sized,
        R: DecodeOwned + Send,
    {
        Self::execute(self, command, arguments).await
    }

    async fn execute_silently<A>(&mut self, command: &str, arguments: &A) -> Result<(), ClientError>
    where
        A: Serialize + Sync + ?Sized,
    {
        Self::execute_silently(self, command, arguments).await
    }

    async fn execute_oob<A, R>(&mut self, command: &str, arguments: &A) -> Result<R, ClientError>
    where
        A: Serialize + Sync + ?Sized,
        R: DecodeOwned + Send,
    {
        Self::execute_oob(self, command, arguments).await
    }
}
