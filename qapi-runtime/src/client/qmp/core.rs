//! What is known about a conversation with a monitor, without its input and output.

use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;

use serde_json::{Value, json};

use super::Options;
use super::greeting::Greeting;
use super::history::{Happening, History, Mark};
use crate::client::message::{Answer, Message};
use crate::client::request::Verb;
use crate::client::{ClientError, Introspection};
use crate::decoder::JsonError;

/// How many commands may be under way in band where others go out of band.
///
/// A monitor queues this many and then reads no more, so that a command out of
/// band would not get through.
const MAX_IN_BAND: usize = 8;

/// The command that has to come first.
pub(in crate::client) const NEGOTIATE: &str = "qmp_capabilities";

/// The arguments of [`NEGOTIATE`].
pub(in crate::client) fn capabilities(out_of_band: bool) -> Value {
    if out_of_band {
        json!({"enable": ["oob"]})
    } else {
        // A release before 2.12 knows no arguments here.
        json!({})
    }
}

/// The state of a conversation.
///
/// Commands are told apart by numbers that are never used again, also not in a
/// later connection. So a reply that comes when nobody waits for it any more is
/// known as such, and thrown away.
#[derive(Debug)]
pub(in crate::client) struct Core {
    /// How many connections there have been.
    connection: u64,
    state: State,
    greeting: Option<Arc<Greeting>>,
    introspection: Option<Arc<Introspection>>,
    out_of_band: bool,
    last_id: u64,
    /// What was sent and either not answered, or not asked for yet.
    commands: BTreeMap<u64, Command>,
    history: History,
    unknown: u64,
}

#[derive(Debug)]
enum State {
    /// The greeting is awaited.
    Connected,
    /// Only `qmp_capabilities` can be run.
    Negotiating,
    Ready,
    Lost(Loss),
}

/// Why there is no connection.
#[derive(Debug, Clone)]
pub(in crate::client) enum Loss {
    Closed,
    Failed(io::ErrorKind, String),
    NoGreeting(String),
}

#[derive(Debug)]
struct Command {
    verb: Verb,
    fate: Fate,
}

/// What became of a command.
#[derive(Debug)]
enum Fate {
    Pending,
    /// Its answer is still to come, but nobody waits for it.
    GivenUp,
    Finished(Result<Answer, ClientError>),
}

impl Core {
    pub(in crate::client) fn new(options: &Options) -> Self {
        Self {
            connection: 0,
            state: State::Lost(Loss::Closed),
            greeting: None,
            introspection: None,
            out_of_band: false,
            last_id: 0,
            commands: BTreeMap::new(),
            history: History::new(options.history),
            unknown: 0,
        }
    }

    /// Begins a connection; what comes from it bears the number returned.
    pub(in crate::client) fn connect(&mut self) -> u64 {
        self.lose(self.connection, Loss::Closed);
        self.connection += 1;
        self.state = State::Connected;
        self.greeting = None;
        self.introspection = None;
        self.out_of_band = false;
        self.connection
    }

    /// Ends the connection with this number, unless there is a newer one.
    pub(in crate::client) fn lose(&mut self, connection: u64, loss: Loss) {
        if connection != self.connection || matches!(self.state, State::Lost(_)) {
            return;
        }
        self.commands.retain(|_, command| match command.fate {
            Fate::GivenUp => false,
            Fate::Pending => {
                command.fate = Fate::Finished(Err(loss.error()));
                true
            }
            Fate::Finished(_) => true,
        });
        self.state = State::Lost(loss);
    }

    /// Why there is no connection, if there is none.
    pub(in crate::client) fn check_connected(&self) -> Result<(), ClientError> {
        match &self.state {
            State::Lost(loss) => Err(loss.error()),
            State::Connected | State::Negotiating | State::Ready => Ok(()),
        }
    }

    /// What the monitor said first, once it has.
    pub(in crate::client) fn greeting(&self) -> Option<Arc<Greeting>> {
        self.greeting.clone()
    }

    /// Whether the greeting offers commands out of band.
    pub(in crate::client) fn offers_out_of_band(&self) -> bool {
        let greeting = self.greeting.as_ref();
        greeting.is_some_and(|greeting| greeting.offers_out_of_band())
    }

    /// What the server says that it can do, once it was asked.
    pub(in crate::client) fn introspection(&self) -> Option<Arc<Introspection>> {
        self.introspection.clone()
    }

    /// Keeps what the server at the other end of this connection says that it
    /// can do; there may be another one by now.
    pub(in crate::client) fn keep(&mut self, connection: u64, introspection: &Arc<Introspection>) {
        if connection == self.connection {
            self.introspection = Some(Arc::clone(introspection));
        }
    }

    /// The number of the connection.
    pub(in crate::client) fn connection(&self) -> u64 {
        self.connection
    }

    /// Ends the negotiation.
    pub(in crate::client) fn begin_commands(&mut self, out_of_band: bool) {
        if matches!(self.state, State::Negotiating) {
            self.state = State::Ready;
            self.out_of_band = out_of_band;
            if self.connection > 1 {
                self.history.push(Happening::Reconnected);
            }
        }
    }

    /// The number for one more command; `None` while it has to wait, for the
    /// end of the negotiation or because too many are under way.
    pub(in crate::client) fn register(&mut self, verb: Verb) -> Result<Option<u64>, ClientError> {
        self.check_connected()?;
        if !matches!(self.state, State::Ready) {
            return Ok(None);
        }
        if verb == Verb::ExecOob && !self.out_of_band {
            return Err(ClientError::NoOutOfBand);
        }
        if verb == Verb::Execute && self.out_of_band && self.in_band().count() >= MAX_IN_BAND {
            return Ok(None);
        }
        Ok(Some(self.add_command(verb)))
    }

    /// The number for the command that negotiates; `None` while there is no greeting.
    pub(in crate::client) fn register_negotiation(&mut self) -> Result<Option<u64>, ClientError> {
        self.check_connected()?;
        let greeted = matches!(self.state, State::Negotiating);
        Ok(greeted.then(|| self.add_command(Verb::Execute)))
    }

    fn add_command(&mut self, verb: Verb) -> u64 {
        self.last_id += 1;
        let fate = Fate::Pending;
        self.commands.insert(self.last_id, Command { verb, fate });
        self.last_id
    }

    /// Whether a command is to be sent, or to be answered.
    pub(in crate::client) fn is_pending(&self, id: u64) -> bool {
        let command = self.commands.get(&id);
        command.is_some_and(|command| matches!(command.fate, Fate::Pending))
    }

    /// The outcome of a command, once there is one; asked for only once.
    pub(in crate::client) fn outcome(&mut self, id: u64) -> Option<Result<Answer, ClientError>> {
        let Fate::Finished(_) = self.commands.get(&id)?.fate else {
            return None;
        };
        match self.commands.remove(&id)?.fate {
            Fate::Finished(outcome) => Some(outcome),
            Fate::Pending | Fate::GivenUp => None,
        }
    }

    /// Has the answer to a command thrown away when it comes.
    pub(in crate::client) fn give_up(&mut self, id: u64) {
        if let Some(command) = self.commands.get_mut(&id) {
            match command.fate {
                Fate::Pending => command.fate = Fate::GivenUp,
                Fate::Finished(_) => drop(self.commands.remove(&id)),
                Fate::GivenUp => {}
            }
        }
    }

    /// Forgets a command that was never sent.
    pub(in crate::client) fn withdraw(&mut self, id: u64) {
        self.commands.remove(&id);
    }

    /// Takes in what came from the connection with this number.
    pub(in crate::client) fn receive(
        &mut self,
        connection: u64,
        message: Result<Message, ClientError>,
    ) {
        if connection != self.connection {
            return;
        }
        match (&self.state, message) {
            (State::Lost(_), _) => {}
            (State::Connected, Ok(Message::Greeting(greeting))) => {
                self.greeting = Some(Arc::new(greeting));
                self.state = State::Negotiating;
            }
            (State::Connected, message) => {
                self.lose(connection, Loss::NoGreeting(excerpt(message)));
            }
            (_, Ok(Message::Answer(answer))) => self.file(answer),
            (_, Ok(Message::Event(event))) => {
                self.history.push(Happening::Event(Arc::new(event)));
            }
            (_, Err(error)) if is_beyond_limits(&error) => self.finish_oldest(Err(error)),
            (_, Ok(Message::Greeting(_)) | Err(_)) => self.unknown += 1,
        }
    }

    /// How many messages were not understood.
    pub(in crate::client) fn unknown(&self) -> u64 {
        self.unknown
    }

    /// What has happened unasked.
    pub(in crate::client) fn history(&self) -> &History {
        &self.history
    }

    /// What happened next after `mark`; `None` while nothing has.
    ///
    /// # Errors
    /// Nothing will, for the connection is lost.
    pub(in crate::client) fn next_happening(
        &self,
        mark: &mut Mark,
    ) -> Option<Result<Happening, ClientError>> {
        match self.history.next(mark) {
            Some(happening) => Some(Ok(happening)),
            None => self.check_connected().err().map(Err),
        }
    }

    /// Gives an answer to its command.
    ///
    /// An error without an id is about a request that could not even be read,
    /// which can only be the oldest, since these are answered in order.
    fn file(&mut self, answer: Answer) {
        match answer.id().map(|id| id.as_u64()) {
            Some(Some(id)) if self.commands.contains_key(&id) => self.finish(id, Ok(answer)),
            None if answer.is_error() => self.finish_oldest(Ok(answer)),
            Some(_) | None => self.unknown += 1,
        }
    }

    fn finish_oldest(&mut self, outcome: Result<Answer, ClientError>) {
        let oldest = self.in_band().next();
        match oldest {
            Some(id) => self.finish(id, outcome),
            None => self.unknown += 1,
        }
    }

    fn finish(&mut self, id: u64, outcome: Result<Answer, ClientError>) {
        let Some(command) = self.commands.get_mut(&id) else {
            return;
        };
        match command.fate {
            Fate::Pending => command.fate = Fate::Finished(outcome),
            Fate::GivenUp => drop(self.commands.remove(&id)),
            // A second answer.
            Fate::Finished(_) => self.unknown += 1,
        }
    }

    /// The commands in band that are not answered, the oldest first.
    fn in_band(&self) -> impl Iterator<Item = u64> {
        let unanswered = self.commands.iter().filter(|(_, command)| {
            command.verb == Verb::Execute && !matches!(command.fate, Fate::Finished(_))
        });
        unanswered.map(|(&id, _)| id)
    }
}

impl Loss {
    pub(in crate::client) fn error(&self) -> ClientError {
        match self {
            Self::Closed => ClientError::Closed,
            Self::Failed(kind, text) => io::Error::new(*kind, text.clone()).into(),
            Self::NoGreeting(excerpt) => ClientError::NoGreeting(excerpt.clone()),
        }
    }
}

impl From<io::Error> for Loss {
    fn from(error: io::Error) -> Self {
        Self::Failed(error.kind(), error.to_string())
    }
}

/// Whether the error is about a message that was too much, and so an answer.
fn is_beyond_limits(error: &ClientError) -> bool {
    use JsonError::{Count, Nesting, Size};

    matches!(
        error,
        ClientError::TooLong | ClientError::Json(Size | Count | Nesting)
    )
}

/// What to say of a message that is no greeting.
fn excerpt(message: Result<Message, ClientError>) -> String {
    match message {
        Ok(Message::Event(event)) => format!("event {}", event.name),
        Ok(Message::Answer(_) | Message::Greeting(_)) => "a response".to_owned(),
        Err(error) => error.to_string(),
    }
}
