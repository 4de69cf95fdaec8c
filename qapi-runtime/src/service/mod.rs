//! The service behind a session: what generated dispatch code implements.

mod asynchronous;

use std::fmt;
use std::sync::LazyLock;

use serde::{Serialize, Serializer};
use serde_json::Map;

pub use self::asynchronous::{Answering, AsyncService};
use crate::decode::{Decode, DecodeError, DecodeMembers, Input, Object, Unknown};
use crate::document::Document;
use crate::encode::ObjectEncoder;
use crate::error::Error;
use crate::reply::{Reply, Sink};
use crate::request::Request;
use crate::upload::{Opening, Upload, UploadInfo};

/// Something that answers requests.
///
/// Generated code implements it for a schema. A service may also wrap another
/// one, to refuse some commands before they get there.
pub trait Service {
    /// Every command there is, in the order of the schema.
    fn commands(&self) -> &'static [CommandInfo];

    /// Runs one command.
    ///
    /// # Errors
    /// The command is unknown, its arguments do not fit, or it failed: what the
    /// client is told.
    fn call(&mut self, call: Call<'_>) -> Result<Outcome, Error>;

    /// The arguments that the service may want to have while they are still being read: see
    /// [`upload`](crate::upload).
    fn uploads(&self) -> &'static [UploadInfo] {
        &[]
    }

    /// Makes what takes such an argument, unless it should rather stay in memory.
    ///
    /// The command has not been called yet, and may never be. So a service that wraps another one
    /// asks itself here too whether it would let the call pass.
    fn upload(&mut self, opening: &Opening<'_>) -> Option<Box<dyn Upload>> {
        let _ = opening;
        None
    }
}

impl<S: Service + ?Sized> Service for &mut S {
    fn commands(&self) -> &'static [CommandInfo] {
        (**self).commands()
    }

    fn call(&mut self, call: Call<'_>) -> Result<Outcome, Error> {
        (**self).call(call)
    }

    fn uploads(&self) -> &'static [UploadInfo] {
        (**self).uploads()
    }

    fn upload(&mut self, opening: &Opening<'_>) -> Option<Box<dyn Upload>> {
        (**self).upload(opening)
    }
}

impl<S: Service + ?Sized> Service for Box<S> {
    fn commands(&self) -> &'static [CommandInfo] {
        (**self).commands()
    }

    fn call(&mut self, call: Call<'_>) -> Result<Outcome, Error> {
        (**self).call(call)
    }

    fn uploads(&self) -> &'static [UploadInfo] {
        (**self).uploads()
    }

    fn upload(&mut self, opening: &Opening<'_>) -> Option<Box<dyn Upload>> {
        (**self).upload(opening)
    }
}

/// What a schema says about a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CommandInfo {
    /// The name on the wire.
    pub name: &'static str,
    /// Whether success is answered at all.
    pub success_response: bool,
    /// Whether the command may be run out of band.
    pub allow_oob: bool,
    /// Whether the command may be run before the machine is configured.
    pub allow_preconfig: bool,
    /// The features it is marked with.
    pub features: &'static [&'static str],
}

impl CommandInfo {
    /// A command that answers success and has nothing special about it.
    pub const fn new(name: &'static str) -> Self {
        Self {
            name,
            success_response: true,
            allow_oob: false,
            allow_preconfig: false,
            features: &[],
        }
    }
}

/// One command to run: its name, its arguments, and the way to answer it.
///
/// Answering uses the call up, so a command is answered at most once; and only
/// answering makes an [`Outcome`], so it is answered at least once.
pub struct Call<'a> {
    request: Request<'a>,
    reply: &'a mut Reply,
    sink: Option<Sink<'a>>,
}

impl<'a> Call<'a> {
    /// The call that `request` asks for, to be answered in `reply`.
    pub(crate) fn new(request: Request<'a>, reply: &'a mut Reply) -> Self {
        reply.begin();
        Self {
            request,
            reply,
            sink: None,
        }
    }

    /// The call whose reply goes to `sink` while it is made, if it is large.
    pub(crate) fn sending_to(self, sink: Sink<'a>) -> Self {
        let sink = Some(sink);
        Self { sink, ..self }
    }

    /// The name of the command.
    pub fn command(&self) -> &'a str {
        self.request.execute
    }

    /// Decodes the arguments; what comes out may borrow from the request.
    ///
    /// # Errors
    /// They do not fit.
    pub fn arguments<A: Decode<'a>>(&self) -> Result<A, DecodeError> {
        static NONE: LazyLock<Document> = LazyLock::new(|| Map::new().into());
        let arguments = self.request.arguments.unwrap_or_else(|| NONE.root());
        A::decode(Input::new(arguments, Unknown::Refuse))
    }

    /// Sends the delimiter byte 0xFF before the reply, if that is a success.
    ///
    /// This is what distinguishes `guest-sync-delimited`: a client throws
    /// everything before the byte away.
    pub fn delimit(&mut self) {
        self.reply.delimit();
    }

    /// Decodes the arguments, runs `handler`, and answers what it returns.
    ///
    /// A command that returns nothing returns [`Empty`]; `()` would be `null`.
    ///
    /// # Errors
    /// The arguments do not fit, or `handler` fails.
    pub fn answer<A, R>(self, handler: impl FnOnce(A) -> Result<R, Error>) -> Result<Outcome, Error>
    where
        A: Decode<'a>,
        R: Serialize,
    {
        let returned = handler(self.arguments()?)?;
        self.succeed(&returned)
    }

    /// Decodes the arguments and runs `handler`, whose success nobody is told.
    ///
    /// # Errors
    /// The arguments do not fit, or `handler` fails.
    pub fn answer_silently<A: Decode<'a>>(
        self,
        handler: impl FnOnce(A) -> Result<(), Error>,
    ) -> Result<Outcome, Error> {
        handler(self.arguments()?)?;
        Ok(self.succeed_silently())
    }

    /// Answers that the command has returned `value`.
    ///
    /// # Errors
    /// The value refuses to be written.
    pub fn succeed<R: Serialize + ?Sized>(self, value: &R) -> Result<Outcome, Error> {
        let command = self.command();
        match self.reply.succeed(value, self.request.id, self.sink) {
            Ok(()) => Ok(Outcome(())),
            Err(error) => {
                let desc = format!("the answer of {command} cannot be sent: {error}");
                self.reply.give_up(error);
                Err(Error::generic(desc))
            }
        }
    }

    /// Lets the command succeed without an answer.
    pub fn succeed_silently(self) -> Outcome {
        self.reply.withdraw();
        Outcome(())
    }

    /// Answers that there is no such command.
    ///
    /// # Errors
    /// Always.
    pub fn not_found(self) -> Result<Outcome, Error> {
        Err(Error::command_not_found(self.command()))
    }
}

impl fmt::Debug for Call<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("Call");
        debug
            .field("request", &self.request)
            .finish_non_exhaustive()
    }
}

/// The proof that a call was answered.
#[derive(Debug)]
pub struct Outcome(());

/// The arguments of a command without any, and what a command returns that returns nothing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Empty {}

impl<'de> DecodeMembers<'de> for Empty {
    fn decode_members(_: &mut Object<'_, 'de>) -> Result<Self, DecodeError> {
        Ok(Self {})
    }
}

impl Serialize for Empty {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        ObjectEncoder::new(serializer).end()
    }
}
