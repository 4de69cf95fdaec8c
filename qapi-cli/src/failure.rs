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
        /// What could be done about it.
        help: Option<String>,
    },
}

impl Failure {
    /// A failure that a line tells.
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self::Other {
            message: message.into(),
            help: None,
        }
    }

    /// Says what could be done about it.
    pub(crate) fn help(mut self, text: impl Into<String>) -> Self {
        if let Self::Other { help, .. } = &mut self {
            *help = Some(text.into());
        }
        self
    }

    /// Something cannot be done with a file.
    pub(crate) fn file(verb: &str, path: &Path, error: &std::io::Error) -> Self {
        Self::new(format!("cannot {verb} `{}`: {error}", path.display()))
    }
}

impl From<qapi_parser::Error> for Failure {
    fn from(error: qapi_parser::Error) -> Self {
        let sources = error.sources();
        let root = sources.files().next();
        let Some(json) = root.filter(|root| is_json(sources.text(*root))) else {
            return Self::Schema(error);
        };
        let path = sources.path(json).display();
        Self::new(format!("`{path}` is JSON and no schema")).help(
            "strings of a schema have single quotes; answers of a server cannot be read as one",
        )
    }
}

/// Whether a text starts as JSON does and as no schema can.
fn is_json(text: &str) -> bool {
    let behind = |open| text.trim_start().strip_prefix(open).map(str::trim_start);
    let is_object = behind('{').is_some_and(|rest| rest.starts_with('"'));
    is_object || behind('[').is_some_and(|rest| rest.starts_with(['{', '"', ']']))
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
        let (message, help) = match self {
            Self::Schema(error) => return error.styled().fmt(f),
            Self::Other { message, help } => (message, help),
        };
        let (red, bold) = (crate::style::ERROR, crate::style::STRONG);
        write!(f, "{red}error{red:#}{bold}: {message}{bold:#}")?;
        match help {
            Some(help) => write!(f, "\n  = {bold}help{bold:#}: {help}"),
            None => Ok(()),
        }
    }
}
