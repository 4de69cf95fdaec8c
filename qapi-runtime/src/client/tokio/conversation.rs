//! A conversation with a monitor that several tasks take part in.

use std::io;
use std::os::fd::OwnedFd;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use serde::Serialize;
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::sync::{mpsc, watch};
use tokio::task::AbortHandle;
use tokio::time::{Instant, timeout_at};

use super::transport::{Transport, Writer};
use crate::client::lines::Lines;
use crate::client::message::{Answer, Message};
use crate::client::qmp::core::{Core, Loss, NEGOTIATE, capabilities};
use crate::client::qmp::fds;
use crate::client::request::{Verb, encode};
use crate::client::{ClientError, Options};
use crate::lock::lock;
use crate::service::Empty;

/// Makes a connection.
pub(super) type Connect = dyn FnMut() -> Connecting + Send;

/// A connection that is being made.
pub(super) type Connecting = Pin<Box<dyn Future<Output = io::Result<Transport>> + Send>>;

/// The state, the way to the task that writes, and the way to another connection.
///
/// One task per connection reads and one writes, so that a request is written
/// as a whole even if nobody waits for it any more.
pub(super) struct Conversation {
    core: Mutex<Core>,
    /// Tells those who wait that the state is another.
    changed: watch::Sender<()>,
    connection: Mutex<Option<Connection>>,
    connect: tokio::sync::Mutex<Box<Connect>>,
}

/// What there is of a connection.
struct Connection {
    number: u64,
    requests: mpsc::Sender<Request>,
    passes_fds: bool,
    tasks: [AbortHandle; 2],
}

/// A request on its way to the task that writes.
struct Request {
    bytes: Vec<u8>,
    fds: Vec<OwnedFd>,
}

/// Ends a connection over which nobody negotiates any more.
struct Attempt<'a>(&'a Conversation);

/// Forgets a command that is not sent after all.
struct Unsent<'a> {
    conversation: &'a Conversation,
    id: Option<u64>,
}

impl Conversation {
    pub(super) fn new(options: &Options, connect: Box<Connect>) -> Self {
        Self {
            core: Mutex::new(Core::new(options)),
            changed: watch::Sender::new(()),
            connection: Mutex::new(None),
            connect: tokio::sync::Mutex::new(connect),
        }
    }

    /// Makes a connection if there is none, and negotiates.
    pub(super) async fn connect(
        self: &Arc<Self>,
        out_of_band: bool,
        timeout: Option<Duration>,
    ) -> Result<(), ClientError> {
        // Whoever else wants a new connection waits for this one, and takes it.
        let mut connect = self.connect.lock().await;
        if self.is_connected() {
            return Ok(());
        }
        self.close();
        let deadline = deadline(timeout);
        let transport = within(deadline, connect()).await??;
        self.begin(transport);
        let attempt = Attempt(self);
        self.negotiate(out_of_band, deadline).await?;
        std::mem::forget(attempt);
        Ok(())
    }

    /// Begins to read and write.
    fn begin(self: &Arc<Self>, transport: Transport) {
        let number = self.change(Core::connect);
        let passes_fds = transport.writer.passes_fds();
        // One request waits while another is written; the others wait outside.
        let (requests, received) = mpsc::channel(1);
        let writing = write(transport.writer, received);
        let reading = Arc::clone(self).read(number, transport.reader);
        let tasks = [
            tokio::spawn(writing).abort_handle(),
            tokio::spawn(reading).abort_handle(),
        ];
        *lock(&self.connection) = Some(Connection {
            number,
            requests,
            passes_fds,
            tasks,
        });
    }

    async fn negotiate(&self, wanted: bool, deadline: Option<Instant>) -> Result<(), ClientError> {
        let registered = self.wait(deadline, |core| core.register_negotiation().transpose());
        let id = registered.await??;
        let out_of_band = wanted && self.core().offers_out_of_band();
        let arguments = capabilities(out_of_band);
        let bytes = request(Verb::Execute, NEGOTIATE, &arguments, id)?;
        self.send(id, bytes, Vec::new(), deadline).await?;
        let Empty {} = self.answer(id, deadline).await?.decode(NEGOTIATE)?;
        self.change(|core| core.begin_commands(out_of_band));
        Ok(())
    }

    /// Whether the connection goes both ways.
    fn is_connected(&self) -> bool {
        let connection = lock(&self.connection);
        let writes = connection
            .as_ref()
            .is_some_and(|it| !it.requests.is_closed());
        writes && self.core().check_connected().is_ok()
    }

    /// Ends the connection.
    pub(super) fn close(&self) {
        if let Some(connection) = lock(&self.connection).take() {
            self.change(|core| core.lose(connection.number, Loss::Closed));
            for task in connection.tasks {
                task.abort();
            }
        }
    }

    /// The state, to look at or to change without waking anybody.
    pub(super) fn core(&self) -> MutexGuard<'_, Core> {
        lock(&self.core)
    }

    /// Waits until `find` finds something.
    ///
    /// # Errors
    /// Nothing was found until `deadline`.
    pub(super) async fn wait<T>(
        &self,
        deadline: Option<Instant>,
        mut find: impl FnMut(&mut Core) -> Option<T>,
    ) -> Result<T, ClientError> {
        let mut changed = self.changed.subscribe();
        let search = async {
            loop {
                let found = find(&mut self.core());
                if let Some(found) = found {
                    return found;
                }
                // The sender is in `self`, so it is there.
                let _ = changed.changed().await;
            }
        };
        within(deadline, search).await
    }

    /// Sends a command; its number leads to the [`Conversation::answer`].
    ///
    /// # Errors
    /// It cannot be sent, or not until `deadline`.
    pub(super) async fn submit<A>(
        &self,
        verb: Verb,
        command: &str,
        arguments: &A,
        fds: Vec<OwnedFd>,
        deadline: Option<Instant>,
    ) -> Result<u64, ClientError>
    where
        A: Serialize + ?Sized,
    {
        let registered = self.wait(deadline, |core| core.register(verb).transpose());
        let id = registered.await??;
        let mut unsent = Unsent {
            conversation: self,
            id: Some(id),
        };
        let bytes = request(verb, command, arguments, id)?;
        self.send(id, bytes, fds, deadline).await?;
        unsent.id = None;
        Ok(id)
    }

    /// Waits for the answer to a command.
    pub(super) async fn answer(
        &self,
        id: u64,
        deadline: Option<Instant>,
    ) -> Result<Answer, ClientError> {
        let answer = self.wait(deadline, |core| core.outcome(id)).await;
        answer.inspect_err(|_| self.core().give_up(id))?
    }

    /// Hands a request to the task that writes.
    async fn send(
        &self,
        id: u64,
        bytes: Vec<u8>,
        fds: Vec<OwnedFd>,
        deadline: Option<Instant>,
    ) -> Result<(), ClientError> {
        let (requests, passes_fds) = match &*lock(&self.connection) {
            Some(connection) => (connection.requests.clone(), connection.passes_fds),
            None => return Err(ClientError::Closed),
        };
        // Else there is another connection by now.
        if !self.core().is_pending(id) {
            return Err(ClientError::Closed);
        }
        if !fds.is_empty() && !passes_fds {
            return Err(fds::unsupported().into());
        }
        let room = within(deadline, requests.reserve()).await?;
        match room {
            Ok(room) => {
                room.send(Request { bytes, fds });
                Ok(())
            }
            // The task that writes has ended.
            Err(_) => Err(ClientError::Closed),
        }
    }

    /// Takes in what comes until the connection ends.
    async fn read(self: Arc<Self>, number: u64, mut reader: Box<dyn AsyncRead + Send + Unpin>) {
        let mut lines = Lines::default();
        let loss = loop {
            match reader.read(lines.room()).await {
                Ok(0) => break Loss::Closed,
                Ok(length) => lines.filled(length),
                Err(error) => break error.into(),
            }
            while let Some(line) = lines.next() {
                if let Some(message) = Message::read(line) {
                    self.change(|core| core.receive(number, message));
                }
            }
        };
        self.change(|core| core.lose(number, loss));
    }

    /// Changes the state and wakes everybody who waits for that.
    fn change<T>(&self, change: impl FnOnce(&mut Core) -> T) -> T {
        let changed = change(&mut self.core());
        self.changed.send_replace(());
        changed
    }
}

/// Writes requests until the connection fails. What has come by then is still
/// taken in, so it is for the task that reads to say that this is the end.
async fn write(mut writer: Writer, mut requests: mpsc::Receiver<Request>) {
    while let Some(request) = requests.recv().await {
        if writer.write(&request.bytes, &request.fds).await.is_err() {
            break;
        }
    }
}

impl Drop for Attempt<'_> {
    fn drop(&mut self) {
        self.0.close();
    }
}

impl Drop for Unsent<'_> {
    fn drop(&mut self) {
        if let Some(id) = self.id {
            self.conversation.change(|core| core.withdraw(id));
        }
    }
}

fn request<A>(verb: Verb, command: &str, arguments: &A, id: u64) -> Result<Vec<u8>, ClientError>
where
    A: Serialize + ?Sized,
{
    let mut bytes = Vec::new();
    encode(&mut bytes, verb, command, arguments, Some(id))?;
    Ok(bytes)
}

/// The end of a `timeout` that begins now.
pub(super) fn deadline(timeout: Option<Duration>) -> Option<Instant> {
    timeout.and_then(|timeout| Instant::now().checked_add(timeout))
}

/// What `future` leads to, if it does so until `deadline`.
pub(super) async fn within<T>(
    deadline: Option<Instant>,
    future: impl Future<Output = T>,
) -> Result<T, ClientError> {
    match deadline {
        None => Ok(future.await),
        Some(deadline) => {
            let result = timeout_at(deadline, future).await;
            result.map_err(|_| ClientError::Timeout)
        }
    }
}
