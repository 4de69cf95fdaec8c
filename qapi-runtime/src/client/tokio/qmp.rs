//! The client of a monitor of QEMU.

use std::fmt;
use std::io::{self, ErrorKind};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::UnixStream;
use tokio::sync::{Mutex, MutexGuard};
use tokio::time::Instant;

use super::Transport;
use super::conversation::{Connecting, Conversation, deadline};
use crate::client::{ClientError, Greeting, Options};

/// A client of a monitor: the machine protocol, QMP.
///
/// This is a handle: its clones share one connection, and each may be used by
/// another task. Commands of several tasks are under way at the same time.
/// Events are kept until somebody asks for them, or there are
/// [too many](crate::client::HISTORY).
///
/// Two tasks read from the connection and write to it. They end with the last
/// handle, or when the connection does.
///
/// ```no_run
/// use qapi_runtime::client::tokio::Qmp;
/// use qapi_runtime::{Empty, Value};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), qapi_runtime::ClientError> {
/// let qmp = Qmp::connect("/run/vm/qmp.sock").await?;
/// println!("QEMU {}", qmp.greeting()?.version);
///
/// let before = qmp.mark();
/// let Empty {} = qmp.execute("stop", &Empty {}).await?;
/// qmp.wait_for(before, |event| event.name == "STOP").await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Qmp {
    handle: Arc<Handle>,
    timeout: Option<Duration>,
    out_of_band: bool,
}

/// Ends the connection when nobody has one of these any more.
struct Handle {
    conversation: Arc<Conversation>,
    /// Held by the one command that passes file descriptors: a monitor keeps
    /// only what came last until it runs the command that wants it.
    passing: Mutex<()>,
}

impl Qmp {
    /// Connects to the monitor whose UNIX socket is at `path`, with all options
    /// at their defaults, and negotiates.
    ///
    /// A monitor talks to one client at a time. While it has another one, this
    /// waits.
    ///
    /// # Errors
    /// There is no such socket, or no monitor behind it.
    pub async fn connect(path: impl AsRef<Path>) -> Result<Self, ClientError> {
        let path = path.as_ref().to_owned();
        let connect = move || UnixStream::connect(path.clone());
        Self::connect_with(connect, &Options::default()).await
    }

    /// Connects to a monitor in the way of `connect`, which is called again to
    /// [reconnect](Qmp::reconnect).
    ///
    /// # Errors
    /// There is no connection, or no monitor at its other end; or that does not
    /// answer in time.
    pub async fn connect_with<F, S>(
        mut connect: impl FnMut() -> F + Send + 'static,
        options: &Options,
    ) -> Result<Self, ClientError>
    where
        F: Future<Output = io::Result<S>> + Send + 'static,
        S: Into<Transport>,
    {
        let connect = Box::new(move || -> Connecting {
            let connecting = connect();
            Box::pin(async { connecting.await.map(Into::into) })
        });
        let handle = Handle {
            conversation: Arc::new(Conversation::new(options, connect)),
            passing: Mutex::new(()),
        };
        let qmp = Self {
            handle: Arc::new(handle),
            timeout: options.timeout,
            out_of_band: options.out_of_band,
        };
        qmp.reconnect().await?;
        Ok(qmp)
    }

    /// Talks to the monitor at the other end of `transport`. There is no other
    /// connection when this one is lost.
    ///
    /// # Errors
    /// There is no monitor, or it does not answer in time.
    pub async fn new(
        transport: impl Into<Transport>,
        options: &Options,
    ) -> Result<Self, ClientError> {
        let mut transport = Some(transport.into());
        let connect = move || {
            let transport = transport.take();
            std::future::ready(transport.ok_or_else(|| ErrorKind::NotConnected.into()))
        };
        Self::connect_with(connect, options).await
    }

    /// Makes a new connection if the one there was is lost; [close](Qmp::close)
    /// a connection that is of no use. Several handles may do so at once: the
    /// others get the connection that the first one makes.
    ///
    /// The commands that were under way have failed. Listeners go on and get
    /// [`Notice::Reconnected`]. Nothing reconnects by itself: only the program
    /// knows which of its commands may be run twice.
    ///
    /// [`Notice::Reconnected`]: crate::client::Notice::Reconnected
    ///
    /// # Errors
    /// As when the client was made.
    pub async fn reconnect(&self) -> Result<(), ClientError> {
        let conversation = self.conversation();
        conversation.connect(self.out_of_band, self.timeout).await
    }

    /// Ends the connection for all handles.
    pub fn close(&self) {
        self.conversation().close();
    }

    /// What the monitor said first: which release it is, and what it offers.
    ///
    /// # Errors
    /// There is no connection.
    pub fn greeting(&self) -> Result<Arc<Greeting>, ClientError> {
        let core = self.conversation().core();
        core.check_connected()?;
        core.greeting().ok_or(ClientError::Closed)
    }

    /// The same client with another limit to how long an answer may take.
    pub fn with_timeout(&self, timeout: impl Into<Option<Duration>>) -> Self {
        Self {
            timeout: timeout.into(),
            ..self.clone()
        }
    }

    /// How many messages came that are neither responses nor events, or answer
    /// nothing that was asked. They were passed over.
    pub fn unknown_messages(&self) -> u64 {
        self.conversation().core().unknown()
    }

    /// Waits until no other command passes file descriptors.
    pub(super) async fn begin_passing(&self) -> MutexGuard<'_, ()> {
        self.handle.passing.lock().await
    }

    pub(super) fn conversation(&self) -> &Arc<Conversation> {
        &self.handle.conversation
    }

    pub(super) fn deadline(&self) -> Option<Instant> {
        deadline(self.timeout)
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.conversation.close();
    }
}

impl fmt::Debug for Qmp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let greeting = self.conversation().core().greeting();
        let mut qmp = f.debug_struct("Qmp");
        qmp.field("greeting", &greeting)
            .field("timeout", &self.timeout);
        qmp.finish_non_exhaustive()
    }
}
