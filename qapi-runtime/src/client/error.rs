//! Why a command could not be run for a client.

use std::io;

use crate::decode::DecodeError;
use crate::encode::EncodeError;
use crate::error::Error;
use crate::response::NotAResponse;

/// A command was not run, or its answer could not be understood.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ClientError {
    /// The stream failed. A time-out of the stream ends up here too; the
    /// answer may still come.
    #[error("the connection failed: {0}")]
    Io(#[from] io::Error),
    /// The peer closed the connection.
    #[error("the connection was closed by the peer")]
    Closed,
    /// The peer answered that the command failed.
    #[error(transparent)]
    Command(Error),
    /// The answer does not fit the type the schema promises.
    #[error("unexpected answer: {0}")]
    Decode(#[from] DecodeError),
    /// The arguments cannot be written as JSON.
    #[error("the arguments cannot be sent: {0}")]
    Encode(#[from] EncodeError),
    /// The reply is not JSON.
    #[error("the reply is not JSON: {0}")]
    Json(String),
    /// The reply is JSON, but no response.
    #[error(transparent)]
    NotAResponse(#[from] NotAResponse),
    /// The reply is larger than [`MAX_REPLY`](super::MAX_REPLY).
    #[error("the reply is larger than {} bytes", super::MAX_REPLY)]
    TooLong,
    /// An earlier command was given up before its reply came; only
    /// [`Client::resynchronize`](super::Client::resynchronize) helps.
    #[error("the reply to an earlier command is still to come")]
    OutOfStep,
}
