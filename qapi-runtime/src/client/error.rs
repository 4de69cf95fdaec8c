//! Why a command could not be run for a client.

use std::io;

use crate::decode::DecodeError;
use crate::decoder::JsonError;
use crate::encode::EncodeError;
use crate::error::Error;
use crate::response::NotAResponse;

/// A command was not run, or its answer could not be understood.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ClientError {
    /// The stream failed.
    #[error("the connection failed: {0}")]
    Io(io::Error),
    /// The connection was closed, by the peer or because it was given up.
    #[error("the connection is closed")]
    Closed,
    /// Nothing came in the time there was. The command may still be run.
    #[error("no answer came in time")]
    Timeout,
    /// The peer answered that the command failed.
    #[error(transparent)]
    Command(Error),
    /// What came does not fit the type that the schema promises.
    #[error("{of}: {}: {}", error.path(), error.problem())]
    Decode {
        /// The name of the command or event.
        of: String,
        /// The place and what is wrong there.
        error: DecodeError,
    },
    /// The arguments cannot be written as JSON.
    #[error("the arguments cannot be sent: {0}")]
    Encode(#[from] EncodeError),
    /// The request is more than QEMU reads at once. It was not sent.
    #[error("the arguments cannot be sent: {0}")]
    TooMuch(JsonError),
    /// The reply is not JSON.
    #[error("the reply is not JSON: {0}")]
    Json(#[from] JsonError),
    /// The reply is JSON, but no response.
    #[error(transparent)]
    NotAResponse(#[from] NotAResponse),
    /// The reply is larger than [`MAX_REPLY`](super::MAX_REPLY).
    #[error("the reply is larger than {} bytes", super::MAX_REPLY)]
    TooLong,
    /// An earlier command was given up before its reply came; only
    /// [`Agent::resynchronize`](super::Agent::resynchronize) helps.
    #[error("the reply to an earlier command is still to come")]
    OutOfStep,
    /// What a monitor says first did not come; this did.
    #[error("the peer is no QMP monitor, for it does not greet: {0}")]
    NoGreeting(String),
    /// The command was to be run out of band, which the peer does not offer
    /// or was not asked for.
    #[error("commands cannot be run out of band here")]
    NoOutOfBand,
    /// Events that came in the meantime were not kept, and what is awaited may
    /// have been among them.
    #[error("events were lost that came in the meantime")]
    EventsLost,
}

/// The time-out of a stream is one like any other.
impl From<io::Error> for ClientError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut => Self::Timeout,
            // How a socket says that its peer went away with something unread.
            io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe => Self::Closed,
            _ => Self::Io(error),
        }
    }
}

/// For a service that passes commands on: its client sees the error of the
/// service behind it as it came, and everything else as a `GenericError`.
impl From<ClientError> for Error {
    fn from(error: ClientError) -> Self {
        match error {
            ClientError::Command(error) => error,
            other => Self::generic(other.to_string()),
        }
    }
}
