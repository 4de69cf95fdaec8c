//! A conversation with one peer: requests in, replies out, in order.

mod asynchronous;
pub mod attended;
mod blocking;
#[cfg(feature = "tokio")]
pub mod tokio;

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

pub use self::attended::{Attendant, Commands, Connection};
pub use self::blocking::serve;
use crate::decoder::{Decoder, JsonError};
use crate::document::{Document, Json};
use crate::error::Error;
use crate::reply::Reply;
use crate::request::{Rejection, Request};
use crate::service::{Call, Outcome, Service};
use crate::upload::Ongoing;

/// How much is read from a stream at a time.
const CHUNK: usize = 16 * 1024;
/// The same while there is much to read.
const LARGE_CHUNK: usize = 96 * 1024;

/// A conversation without its input and output.
///
/// Bytes go in as they arrive, in pieces of any size; replies come out one by
/// one, each complete. Every message that is not understood gets an error
/// reply, and the conversation goes on.
///
/// A session outlives a connection if the caller wants it to: like QEMU's
/// guest agent it then continues the half message of the previous client,
/// which is why clients begin with the byte 0xFF.
///
/// # Panics in a handler
/// A handler that panics costs one `GenericError` reply, not the session; this
/// needs the default `panic = "unwind"`. What the handler left half done stays
/// as it is: the service is used again afterwards, so it should keep nothing
/// that a panic could leave inconsistent.
#[derive(Debug, Default)]
pub struct Session {
    decoder: Decoder,
    reply: Reply,
    /// What takes an argument of the request that is being read.
    upload: Ongoing,
    /// A piece of it.
    piece: Vec<u8>,
}

impl Session {
    /// A session that has read nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Reads from the front of `input` until there is a reply to send.
    ///
    /// `None` means that all of the input is used up. The replies of one
    /// session are to be sent in the order they come, each before the next
    /// call: a request is run only when its turn has come.
    ///
    /// ```
    /// # use qapi_runtime::{Call, CommandInfo, Empty, Error, Outcome, Service, Session};
    /// # struct Pinger;
    /// # impl Service for Pinger {
    /// #     fn commands(&self) -> &'static [CommandInfo] { &[] }
    /// #     fn call(&mut self, call: Call<'_>) -> Result<Outcome, Error> {
    /// #         call.answer(|Empty {}| Ok(Empty {}))
    /// #     }
    /// # }
    /// let mut session = Session::new();
    /// let mut input = &b"{'execute': 'ping'} {'exec"[..];
    /// let reply = session.next_reply(&mut input, &mut Pinger);
    /// assert_eq!(reply, Some(&b"{\"return\": {}}\n"[..]));
    /// assert_eq!(session.next_reply(&mut input, &mut Pinger), None);
    /// assert!(input.is_empty());
    /// ```
    pub fn next_reply<S>(&mut self, input: &mut &[u8], service: &mut S) -> Option<&[u8]>
    where
        S: Service + ?Sized,
    {
        // The previous reply has been sent by now.
        self.reply.withdraw();
        while let Some(message) = self.decoder.decode(input) {
            let reply = &mut self.reply;
            if let Some(request) = receive(message, reply) {
                let call = Call::new(request, reply);
                let outcome = catch_unwind(AssertUnwindSafe(|| service.call(call)));
                finish(outcome, request.id, reply);
            }
            if !self.reply.bytes().is_empty() {
                return Some(self.reply.bytes());
            }
        }
        None
    }

    /// All replies to `input`, for those who have time and memory.
    pub fn feed<S: Service + ?Sized>(&mut self, mut input: &[u8], service: &mut S) -> Vec<u8> {
        let mut replies = Vec::new();
        while let Some(reply) = self.next_reply(&mut input, service) {
            replies.extend_from_slice(reply);
        }
        replies
    }
}

/// The request in a message; if there is none, the reply says so.
fn receive<'d>(message: Result<&'d Document, JsonError>, reply: &mut Reply) -> Option<Request<'d>> {
    let message = match message {
        Ok(document) => Request::parse(document.root()),
        Err(error) => Err(Rejection {
            id: None,
            error: error.into(),
        }),
    };
    match message {
        Ok(request) => Some(request),
        Err(Rejection { id, error }) => {
            reply.begin();
            reply.fail(&error, id);
            None
        }
    }
}

/// How a handler ends: with an outcome, an error, or a panic.
type Ended = Result<Result<Outcome, Error>, Box<dyn Any + Send>>;

/// Replies to a request whose handler made no reply itself: the error, or the panic.
fn finish(outcome: Ended, id: Option<Json<'_>>, reply: &mut Reply) {
    match outcome {
        Ok(Ok(_)) => {}
        Ok(Err(error)) => reply.fail(&error, id),
        Err(panic) => reply.fail(&panicked(&*panic), id),
    }
}

/// What the client is told of a panic: its message, if there is one.
fn panicked(panic: &(dyn Any + Send)) -> Error {
    let message = panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    Error::generic(match message {
        Some(message) => format!("internal error: {message}"),
        None => "internal error".to_owned(),
    })
}
