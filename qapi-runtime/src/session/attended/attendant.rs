//! The one who attends to clients.

use std::fmt;
use std::io;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use super::Connection;
use super::abandoned::Abandoned;
use super::post::{Conversation, Post};
use super::watch::Watch;
use crate::lock::lock;
use crate::service::Service;

/// What a service says about the commands of its schema, which knows nothing of it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Commands {
    /// Those by which a client says that it does not wait for any earlier reply. They have to be
    /// brief, and must not wait for what another command may hold.
    pub synchronizing: &'static [&'static str],
    /// Others that never wait for anything. Nobody looks at how long they take, which saves each
    /// the system call that may be needed to set the alarm.
    pub brief: &'static [&'static str],
}

impl Commands {
    pub(super) fn synchronizes(&self, command: &str) -> bool {
        self.synchronizing.contains(&command)
    }

    pub(super) fn is_brief(&self, command: &str) -> bool {
        self.synchronizes(command) || self.brief.contains(&command)
    }
}

/// Serves clients, each on a thread of its own, and answers those who synchronize even while what
/// they asked for before takes long. See the [module](super).
///
/// Each client has a clone of the service, and so has each stand-in. What they share is the
/// service's own business: a lock that a slow command holds makes others wait for it.
///
/// ```
/// use std::io::{Read, Write};
/// use std::net::Shutdown;
/// use std::os::unix::net::UnixStream;
///
/// use qapi_runtime::session::{Attendant, Commands};
/// use qapi_runtime::{Call, CommandInfo, Empty, Error, Outcome, Service};
///
/// #[derive(Clone)]
/// struct Greeter;
///
/// impl Service for Greeter {
///     fn commands(&self) -> &'static [CommandInfo] {
///         const { &[CommandInfo::new("greet")] }
///     }
///
///     fn call(&mut self, call: Call<'_>) -> Result<Outcome, Error> {
///         call.answer(|Empty {}| Ok("good morning"))
///     }
/// }
///
/// let attendant = Attendant::new(Commands::default())?;
/// let (mut client, server) = UnixStream::pair()?;
/// attendant.serve(server, Greeter, |result| result.expect("a client that leaves in peace"));
///
/// client.write_all(b"{'execute': 'greet'}")?;
/// client.shutdown(Shutdown::Write)?;
/// let mut reply = String::new();
/// client.read_to_string(&mut reply)?;
/// assert_eq!(reply, "{\"return\": \"good morning\"}\n");
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Attendant(Arc<Shared>);

impl Attendant {
    /// An attendant of a service with these commands.
    ///
    /// # Errors
    /// There is no thread or no timer for its watch.
    pub fn new(commands: Commands) -> io::Result<Self> {
        Ok(Self(Arc::new(Shared {
            commands,
            watch: Watch::start()?,
            abandoned: Arc::default(),
            threads: Mutex::default(),
            gone: Condvar::new(),
        })))
    }

    /// Begins to answer the requests of a client, and returns.
    ///
    /// When there are no more of them, `ended` is told whether the connection was lost, a reply
    /// could not be sent, or there is no thread. It must not wait for anything. Commands may still run then, whose replies
    /// are sent if that is possible; the connection is dropped after the last.
    ///
    /// A peer that stops listening is obeyed all the same, as by QEMU's guest agent: a script may
    /// send its requests and leave.
    pub fn serve<C, S>(
        &self,
        connection: C,
        service: S,
        ended: impl FnOnce(io::Result<()>) + Send + 'static,
    ) where
        C: Connection + 'static,
        S: Service + Clone + Send + 'static,
    {
        let (shared, ended) = (Arc::clone(&self.0), Box::new(ended));
        let conversation = Conversation::new(connection, service, shared, ended);
        Post::open(Arc::new(conversation));
    }

    /// Waits until all clients have left and all their commands have ended, but not longer than
    /// `patience`. Says whether it is so.
    pub fn wait(&self, patience: Duration) -> bool {
        let threads = lock(&self.0.threads);
        let waited = self
            .0
            .gone
            .wait_timeout_while(threads, patience, |threads| *threads > 0);
        let (threads, _) = waited.unwrap_or_else(PoisonError::into_inner);
        *threads == 0
    }
}

/// What all conversations share.
pub(super) struct Shared {
    pub(super) commands: Commands,
    pub(super) watch: Watch,
    pub(super) abandoned: Arc<Abandoned>,
    /// How many threads clients have.
    threads: Mutex<usize>,
    gone: Condvar,
}

impl Shared {
    /// Counts a thread for as long as what is returned exists.
    pub(super) fn presence(self: &Arc<Self>) -> Presence {
        *lock(&self.threads) += 1;
        Presence(Arc::clone(self))
    }
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("Shared");
        debug.field("commands", &self.commands);
        debug
            .field("threads", &self.threads)
            .finish_non_exhaustive()
    }
}

/// The entry of one thread.
pub(super) struct Presence(Arc<Shared>);

impl Drop for Presence {
    fn drop(&mut self) {
        let mut threads = lock(&self.0.threads);
        *threads -= 1;
        if *threads == 0 {
            self.0.gone.notify_all();
        }
    }
}
