//! The client of a monitor of QEMU.

pub(super) mod commands;
mod conversation;
pub(super) mod core;
pub(super) mod events;
pub(super) mod fds;
mod greeting;
pub(super) mod history;
pub(super) mod listener;
mod options;
mod pending;
mod stream;

use std::fmt;
use std::io::{self, ErrorKind};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use self::conversation::{Conversation, deadline};
pub use self::fds::{Fd, MAX_FDS};
pub use self::greeting::{Greeting, Version};
pub use self::history::{HISTORY, Mark};
pub use self::listener::{Listener, Notice};
pub use self::options::Options;
pub use self::pending::Pending;
pub use self::stream::Stream;
use super::ClientError;

/// A client of a monitor: the machine protocol, QMP.
///
/// This is a handle: its clones share one connection, and each may be used by
/// another thread. Commands of several threads are under way at the same time;
/// so are those of one thread that [submits](Qmp::submit) them. Events are kept
/// until somebody asks for them, or there are [too many](HISTORY).
///
/// A thread reads from the connection. It ends with the last handle, or when
/// the connection does.
///
/// ```no_run
/// use qapi_runtime::client::Qmp;
/// use qapi_runtime::{Empty, Value};
///
/// let qmp = Qmp::connect("/run/vm/qmp.sock")?;
/// println!("QEMU {}", qmp.greeting()?.version);
///
/// let status: Value = qmp.execute("query-status", &Empty {})?;
/// assert_eq!(status["running"], true);
///
/// let before = qmp.mark();
/// let Empty {} = qmp.execute("stop", &Empty {})?;
/// qmp.wait_for(before, |event| event.name == "STOP")?;
/// # Ok::<(), qapi_runtime::ClientError>(())
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
    #[cfg(unix)]
    pub fn connect(path: impl AsRef<std::path::Path>) -> Result<Self, ClientError> {
        let path = path.as_ref().to_owned();
        let connect = move || std::os::unix::net::UnixStream::connect(&path);
        Self::connect_with(connect, &Options::default())
    }

    /// Connects to a monitor in the way of `connect`, which is called again to
    /// [reconnect](Qmp::reconnect).
    ///
    /// # Errors
    /// There is no connection, or no monitor at its other end; or that does not
    /// answer in time.
    pub fn connect_with<S: Stream>(
        mut connect: impl FnMut() -> io::Result<S> + Send + 'static,
        options: &Options,
    ) -> Result<Self, ClientError> {
        let connect = Box::new(move || Ok(Box::new(connect()?) as Box<dyn Stream>));
        let conversation = Arc::new(Conversation::new(options, connect));
        let passing = Mutex::new(());
        let qmp = Self {
            handle: Arc::new(Handle {
                conversation,
                passing,
            }),
            timeout: options.timeout,
            out_of_band: options.out_of_band,
        };
        qmp.reconnect()?;
        Ok(qmp)
    }

    /// Talks to the monitor at the other end of `stream`. There is no other
    /// connection when this one is lost.
    ///
    /// # Errors
    /// There is no monitor, or it does not answer in time.
    pub fn new(stream: impl Stream, options: &Options) -> Result<Self, ClientError> {
        let mut stream = Some(stream);
        let connect = move || stream.take().ok_or_else(|| ErrorKind::NotConnected.into());
        Self::connect_with(connect, options)
    }

    /// Makes a new connection if the one there was is lost; [close](Qmp::close)
    /// a connection that is of no use. Several handles may do so at once: the
    /// others get the connection that the first one makes.
    ///
    /// The commands that were under way have failed. Listeners go on and get
    /// [`Notice::Reconnected`]. Nothing reconnects by itself: only the program knows
    /// which of its commands may be run twice.
    ///
    /// # Errors
    /// As when the client was made.
    pub fn reconnect(&self) -> Result<(), ClientError> {
        self.conversation().connect(self.out_of_band, self.timeout)
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

    fn conversation(&self) -> &Arc<Conversation> {
        &self.handle.conversation
    }

    fn deadline(&self) -> Option<Instant> {
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
