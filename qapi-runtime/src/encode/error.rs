//! Why a value could not be written.

use std::fmt::Display;
use std::io;

/// A value could not be written as JSON.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
// Every member of every object may fail, and what it returns then should be small.
pub struct EncodeError(Box<Reason>);

#[derive(Debug, thiserror::Error)]
enum Reason {
    #[error(transparent)]
    Io(io::Error),
    #[error("{0}")]
    Refused(String),
}

impl EncodeError {
    /// Whether the writer has failed, and not the value.
    pub fn is_io(&self) -> bool {
        matches!(*self.0, Reason::Io(_))
    }
}

impl From<io::Error> for EncodeError {
    fn from(error: io::Error) -> Self {
        Self(Box::new(Reason::Io(error)))
    }
}

impl From<serde_json::Error> for EncodeError {
    fn from(error: serde_json::Error) -> Self {
        match error.is_io() {
            true => io::Error::from(error).into(),
            false => serde::ser::Error::custom(error),
        }
    }
}

impl serde::ser::Error for EncodeError {
    fn custom<T: Display>(reason: T) -> Self {
        Self(Box::new(Reason::Refused(reason.to_string())))
    }
}

impl From<EncodeError> for io::Error {
    fn from(error: EncodeError) -> Self {
        match *error.0 {
            Reason::Io(error) => error,
            Reason::Refused(reason) => Self::new(io::ErrorKind::InvalidData, reason),
        }
    }
}
