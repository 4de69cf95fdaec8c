//! How a command ends.

use std::fmt;
use std::path::Path;

/// How a command ends that did its work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// All is well: exit code 0.
    Good,
    /// There is something to tell: exit code 1.
    Findings,
}

impl Outcome {
    /// Findings, if there are any.
    pub(crate) fn findings(any: bool) -> Self {
        if any { Self::Findings } else { Self::Good }
    }
}

/// Why a command could not do its work: exit code 2.
#[derive(Debug)]
pub(crate) enum Failure {
    /// A schema cannot be read or is wrong.
    Schema(qapi_parser::Error),
    /// Anything else.
    Other {
        /// What is wrong: one line, lower case, without a full stop.
        message: String,
    },
}

impl Failure {
    /// A failure that a line tells.
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self::Other {
            message: message.into(),
        }
    }

    /// Something cannot be done with a file.
    pub(crate) fn file(verb: &str, path: &Path, error: &std::io::Error) -> Self {
        Self::new(format!("cannot {verb} `{}`: {error}", path.display()))
    }
}

impl From<qapi_parser::Error> for Failure {
    fn from(error: qapi_parser::Error) -> Self {
        Self::Schema(error)
    }
}

impl From<qapi_codegen::Error> for Failure {
    fn from(error: qapi_codegen::Error) -> Self {
        match error {
            qapi_codegen::Error::Schema(error) => Self::Schema(error),
            other => Self::new(other.to_string()),
        }
    }
}

/// The report that a person reads, with colours.
impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let message = match self {
            Self::Schema(error) => return error.styled().fmt(f),
            Self::Other { message } => message,
        };
        let (red, bold) = (crate::output::ERROR, crate::output::STRONG);
        write!(f, "{red}error{red:#}{bold}: {message}{bold:#}")
    }
}
