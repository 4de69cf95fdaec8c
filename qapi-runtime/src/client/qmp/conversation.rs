//! A conversation with a monitor that several threads take part in.

use std::io::{self, ErrorKind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use serde::Serialize;

use super::Options;
use super::core::{Core, Loss, NEGOTIATE, capabilities};
use super::fds::Fd;
use super::stream::Stream;
use crate::client::ClientError;
use crate::client::lines::Lines;
use crate::client::message::{Answer, Message};
use crate::client::request::{Verb, encode};
use crate::lock::lock;
use crate::service::Empty;

/// Makes a connection.
pub(super) type Connect = dyn FnMut() -> io::Result<Box<dyn Stream>> + Send;

/// The state, the stream to write to, and the way to another one.
///
/// One thread per connection reads; it takes in whatever comes, whether
/// somebody waits for it or not. All others only wait for the state to change.
pub(super) struct Conversation {
    core: Mutex<Core>,
    changed: Condvar,
    writer: Mutex<Option<Box<dyn Stream>>>,
    connection: Mutex<Option<Connection>>,
    connect: Mutex<Box<Connect>>,
}

/// What ends a connection, also while somebody is writing to it.
struct Connection {
    number: u64,
    stream: Box<dyn Stream>,
}

impl Conversation {
    pub(super) fn new(options: &Options, connect: Box<Connect>) -> Self {
        Self {
            core: Mutex::new(Core::new(options)),
            changed: Condvar::new(),
            writer: Mutex::new(None),
            connection: Mutex::new(None),
            connect: Mutex::new(connect),
        }
    }

    /// Makes a connection if there is none, and negotiates.
    pub(super) fn connect(
        self: &Arc<Self>,
        out_of_band: bool,
        timeout: Option<Duration>,
    ) -> Result<(), ClientError> {
        // Whoever else wants a new connection waits for this one, and takes it.
        let mut connect = lock(&self.connect);
        if self.is_connected() {
            return Ok(());
        }
        self.close();
        self.begin(connect()?)?;
        let deadline = deadline(timeout);
        let negotiated = self.negotiate(out_of_band, deadline);
        negotiated.inspect_err(|_| self.close())
    }

    /// Begins to read from `stream`.
    fn begin(self: &Arc<Self>, stream: Box<dyn Stream>) -> Result<(), ClientError> {
        let reader = stream.try_clone()?;
        let writer = stream.try_clone()?;
        let number = self.change(Core::connect);
        // In this order: whoever still writes to the old stream ends first, and
        // with it what there is of a connection.
        *lock(&self.writer) = Some(writer);
        *lock(&self.connection) = Some(Connection { number, stream });
        let conversation = Arc::clone(self);
        thread::Builder::new()
            .name("qmp".to_owned())
            .spawn(move || conversation.read(number, reader))?;
        Ok(())
    }

    fn negotiate(&self, wanted: bool, deadline: Option<Instant>) -> Result<(), ClientError> {
        let id = self.wait(deadline, |core| core.register_negotiation().transpose())??;
        let out_of_band = wanted && self.core().offers_out_of_band();
        let mut request = Vec::new();
        encode(
            &mut request,
            Verb::Execute,
            NEGOTIATE,
            &capabilities(out_of_band),
            Some(id),
        )?;
        self.send(id, &request, &[], deadline)?;
        let answer = self.answer(id, deadline)?;
        let Empty {} = answer.decode(NEGOTIATE)?;
        self.change(|core| core.begin_commands(out_of_band));
        Ok(())
    }

    /// Whether the connection goes both ways.
    fn is_connected(&self) -> bool {
        lock(&self.connection).is_some() && self.core().check_connected().is_ok()
    }

    /// Ends the connection.
    pub(super) fn close(&self) {
        if let Some(number) = self.shut_down() {
            self.change(|core| core.lose(number, Loss::Closed));
        }
    }

    /// Sees to it that nothing more is sent or comes; what has come already is
    /// still taken in.
    fn shut_down(&self) -> Option<u64> {
        let connection = lock(&self.connection).take()?;
        // It may be closed from the other side already.
        let _ = connection.stream.shutdown();
        Some(connection.number)
    }

    /// The state, to look at or to change without waking anybody.
    pub(super) fn core(&self) -> MutexGuard<'_, Core> {
        lock(&self.core)
    }

    /// Waits until `find` finds something.
    ///
    /// # Errors
    /// Nothing was found until `deadline`.
    pub(super) fn wait<T>(
        &self,
        deadline: Option<Instant>,
        mut find: impl FnMut(&mut Core) -> Option<T>,
    ) -> Result<T, ClientError> {
        let mut core = self.core();
        loop {
            if let Some(found) = find(&mut core) {
                return Ok(found);
            }
            core = match deadline {
                None => wait(&self.changed, core),
                Some(deadline) => {
                    let left = deadline.saturating_duration_since(Instant::now());
                    if left.is_zero() {
                        return Err(ClientError::Timeout);
                    }
                    wait_timeout(&self.changed, core, left)
                }
            };
        }
    }

    /// Sends a command; its number leads to the [`Conversation::answer`].
    ///
    /// # Errors
    /// It cannot be sent, or not until `deadline`.
    pub(super) fn submit<A>(
        &self,
        verb: Verb,
        command: &str,
        arguments: &A,
        fds: &[Fd<'_>],
        deadline: Option<Instant>,
    ) -> Result<u64, ClientError>
    where
        A: Serialize + ?Sized,
    {
        let id = self.wait(deadline, |core| core.register(verb).transpose())??;
        let mut request = Vec::new();
        let encoded = encode(&mut request, verb, command, arguments, Some(id));
        let sent = encoded.and_then(|()| self.send(id, &request, fds, deadline));
        sent.inspect_err(|_| self.change(|core| core.withdraw(id)))?;
        Ok(id)
    }

    /// Waits for the answer to a command, which is given up at `deadline`.
    pub(super) fn answer(&self, id: u64, deadline: Option<Instant>) -> Result<Answer, ClientError> {
        let answer = self.wait(deadline, |core| core.outcome(id));
        answer.inspect_err(|_| self.core().give_up(id))?
    }

    /// Sends one request as a whole.
    ///
    /// # Errors
    /// The connection fails, or does not take the request until `deadline`. It
    /// is of no use any more then, since half a request may be under way.
    fn send(
        &self,
        id: u64,
        request: &[u8],
        fds: &[Fd<'_>],
        deadline: Option<Instant>,
    ) -> Result<(), ClientError> {
        let mut writer = lock(&self.writer);
        let stream = writer.as_deref_mut().ok_or(ClientError::Closed)?;
        // Else there is another connection by now.
        if !self.core().is_pending(id) {
            return Err(ClientError::Closed);
        }
        match write(stream, request, fds, deadline) {
            Ok(()) => Ok(()),
            // Not a byte was written: it does not pass so many file descriptors.
            Err(error) if is_refusal(&error) => Err(error.into()),
            Err(error) => {
                let error = ClientError::from(error);
                *writer = None;
                self.shut_down();
                Err(error)
            }
        }
    }

    /// Takes in what comes until the connection ends.
    fn read(&self, number: u64, mut stream: Box<dyn Stream>) {
        let mut lines = Lines::default();
        let loss = loop {
            match stream.read(lines.room()) {
                Ok(0) => break Loss::Closed,
                Ok(length) => lines.filled(length),
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
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
        self.changed.notify_all();
        changed
    }
}

fn write(
    stream: &mut dyn Stream,
    mut request: &[u8],
    fds: &[Fd<'_>],
    deadline: Option<Instant>,
) -> io::Result<()> {
    /// The shortest time-out that is one: zero would mean none.
    const SHORTEST: Duration = Duration::from_millis(1);

    let left = deadline.map(|it| it.saturating_duration_since(Instant::now()).max(SHORTEST));
    stream.set_write_timeout(left)?;
    if !fds.is_empty() {
        let written = stream.write_with_fds(request, fds)?;
        request = &request[written..];
    }
    stream.write_all(request)?;
    stream.flush()
}

fn is_refusal(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::Unsupported | ErrorKind::InvalidInput
    )
}

/// The end of a `timeout` that begins now.
pub(super) fn deadline(timeout: Option<Duration>) -> Option<Instant> {
    timeout.and_then(|timeout| Instant::now().checked_add(timeout))
}

fn wait<'a, T>(condvar: &Condvar, guard: MutexGuard<'a, T>) -> MutexGuard<'a, T> {
    condvar.wait(guard).unwrap_or_else(PoisonError::into_inner)
}

fn wait_timeout<'a, T>(
    condvar: &Condvar,
    guard: MutexGuard<'a, T>,
    timeout: Duration,
) -> MutexGuard<'a, T> {
    let waited = condvar.wait_timeout(guard, timeout);
    waited.unwrap_or_else(PoisonError::into_inner).0
}
