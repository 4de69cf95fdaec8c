//! Running commands.

use std::sync::Arc;

use serde::Serialize;
use serde_json::Value;

use super::{Fd, Pending, Qmp};
use crate::client::request::Verb;
use crate::client::{ClientError, Introspection};
use crate::decode::DecodeOwned;
use crate::lock::lock;
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
    pub fn execute<A, R>(&self, command: &str, arguments: &A) -> Result<R, ClientError>
    where
        A: Serialize + ?Sized,
        R: DecodeOwned,
    {
        self.submit(command, arguments)?.wait()
    }

    /// Sends `command` and does not wait. The monitor runs such commands one
    /// after another.
    ///
    /// # Errors
    /// The command cannot be sent, or not in time.
    pub fn submit<A, R>(&self, command: &str, arguments: &A) -> Result<Pending<R>, ClientError>
    where
        A: Serialize + ?Sized,
        R: DecodeOwned,
    {
        self.submit_as(Verb::Execute, command, arguments, &[])
    }

    /// Runs `command` out of band: at once, whatever else is under way.
    ///
    /// # Errors
    /// As for [`Qmp::execute`]; or the monitor does not offer this, or the
    /// command does not allow it.
    pub fn execute_oob<A, R>(&self, command: &str, arguments: &A) -> Result<R, ClientError>
    where
        A: Serialize + ?Sized,
        R: DecodeOwned,
    {
        self.submit_oob(command, arguments)?.wait()
    }

    /// Sends `command` to be run out of band, and does not wait.
    ///
    /// # Errors
    /// The command cannot be sent, or not in time, or not out of band.
    pub fn submit_oob<A, R>(&self, command: &str, arguments: &A) -> Result<Pending<R>, ClientError>
    where
        A: Serialize + ?Sized,
        R: DecodeOwned,
    {
        self.submit_as(Verb::ExecOob, command, arguments, &[])
    }

    /// Runs `command` with file descriptors for it, as `getfd` and `add-fd`
    /// want them. At most [`MAX_FDS`](crate::client::MAX_FDS), over a UNIX socket only.
    ///
    /// ```no_run
    /// use std::os::fd::AsFd;
    ///
    /// use qapi_runtime::Empty;
    /// use qapi_runtime::client::Qmp;
    ///
    /// let qmp = Qmp::connect("/run/vm/qmp.sock")?;
    /// let disk = std::fs::File::open("/var/lib/disk.img")?;
    /// let name = serde_json::json!({"fdname": "disk"});
    /// let Empty {} = qmp.execute_with_fds("getfd", &name, &[disk.as_fd()])?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// As for [`Qmp::execute`]; or the stream cannot pass file descriptors.
    pub fn execute_with_fds<A, R>(
        &self,
        command: &str,
        arguments: &A,
        fds: &[Fd<'_>],
    ) -> Result<R, ClientError>
    where
        A: Serialize + ?Sized,
        R: DecodeOwned,
    {
        let _passing = lock(&self.handle.passing);
        let pending = self.submit_as(Verb::Execute, command, arguments, fds)?;
        pending.wait()
    }

    /// Runs a command that is answered only when it fails.
    ///
    /// Another command follows it, whose answer shows that none came to the
    /// first. A connection that ends meanwhile is a success.
    ///
    /// # Errors
    /// As for [`Qmp::execute`].
    pub fn execute_silently<A>(&self, command: &str, arguments: &A) -> Result<(), ClientError>
    where
        A: Serialize + ?Sized,
    {
        let mut silent: Pending<Empty> = self.submit(command, arguments)?;
        let probe = self.execute::<_, Value>(PROBE, &Empty {});
        match probe_outcome(probe.map(drop))? {
            Probed::Answered => silent.try_wait().map(drop),
            Probed::Closed => closed_outcome(silent.wait()),
        }
    }

    /// What the server says that it can do. It is asked once for each
    /// connection.
    ///
    /// # Errors
    /// As for [`Qmp::execute`]; releases before 2.5 do not know the command.
    pub fn introspect(&self) -> Result<Arc<Introspection>, ClientError> {
        let connection = self.conversation().core().connection();
        if let Some(introspection) = self.conversation().core().introspection() {
            return Ok(introspection);
        }
        let introspection = Arc::new(self.execute("query-qmp-schema", &Empty {})?);
        self.conversation().core().keep(connection, &introspection);
        Ok(introspection)
    }

    /// Whether the server has what is at `path`, such as
    /// `blockdev-add.arguments.node-name`: see [`Introspection`].
    ///
    /// # Errors
    /// As for [`Qmp::introspect`].
    pub fn supports(&self, path: &str) -> Result<bool, ClientError> {
        Ok(self.introspect()?.supports(path))
    }

    fn submit_as<A, R>(
        &self,
        verb: Verb,
        command: &str,
        arguments: &A,
        fds: &[Fd<'_>],
    ) -> Result<Pending<R>, ClientError>
    where
        A: Serialize + ?Sized,
        R: DecodeOwned,
    {
        let deadline = self.deadline();
        let conversation = self.conversation();
        let id = conversation.submit(verb, command, arguments, fds, deadline)?;
        Ok(Pending::new(self.clone(), id, command, deadline))
    }
}

/// The command that shows that those before it are done, by whatever answer.
pub(in crate::client) const PROBE: &str = "query-version";

/// What the [`PROBE`] shows.
pub(in crate::client) enum Probed {
    /// What came before it would have been answered by now.
    Answered,
    /// There is no connection any more; the commands before it have ended too,
    /// or will.
    Closed,
}

pub(in crate::client) fn probe_outcome(
    probe: Result<(), ClientError>,
) -> Result<Probed, ClientError> {
    match probe {
        Ok(()) | Err(ClientError::Command(_)) => Ok(Probed::Answered),
        Err(ClientError::Closed) => Ok(Probed::Closed),
        Err(error) => Err(error),
    }
}

/// What became of a silent command that ended with its connection, or before.
pub(in crate::client) fn closed_outcome(
    outcome: Result<Empty, ClientError>,
) -> Result<(), ClientError> {
    match outcome {
        Ok(Empty {}) | Err(ClientError::Closed) => Ok(()),
        Err(error) => Err(error),
    }
}
