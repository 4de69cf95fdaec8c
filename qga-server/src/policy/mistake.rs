//! What can be wrong with a policy.

use std::fmt;
use std::path::PathBuf;

use thiserror::Error;

use super::pattern::PathPatternError;
use super::rule::Place;
use crate::sys::trusted::Untrusted;

/// A policy that cannot be used, with everything that is wrong with it.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum PolicyError {
    /// Somebody else could have written it, or it cannot be read.
    #[error("the policy cannot be used: {0}")]
    Untrusted(#[from] Untrusted),
    /// The configuration names a directory that is not there.
    #[error("the policy cannot be used: {} is not there", .0.display())]
    Absent(PathBuf),
    /// Its files have mistakes.
    #[error("the policy cannot be used: {}", list(.0))]
    Mistakes(Vec<Mistake>),
}

fn list(mistakes: &[Mistake]) -> String {
    let mistakes: Vec<_> = mistakes.iter().map(Mistake::to_string).collect();
    mistakes.join("; ")
}

/// One mistake, where it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    pub(super) place: Place,
    pub(super) problem: Problem,
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.problem)
    }
}

#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub(super) enum Problem {
    /// The file is no TOML.
    #[error("{0}")]
    Syntax(String),
    #[error("`{key}` means nothing here{}", suggest(.similar.as_ref()))]
    UnknownKey {
        key: String,
        similar: Option<&'static str>,
    },
    #[error("`{key}` has to be {wanted}")]
    Type {
        key: &'static str,
        wanted: &'static str,
    },
    #[error("`{0}` is empty, which no case fits")]
    Empty(&'static str),
    #[error("a rule has one of `allow`, `deny` and `profile`, and this has {0}")]
    Effects(usize),
    #[error("there is no profile `{name}`{}", suggest(.similar.as_ref()))]
    UnknownProfile {
        name: String,
        similar: Option<&'static str>,
    },
    #[error("there is no command `{name}`{}", suggest(.similar.as_ref()))]
    UnknownCommand {
        name: String,
        similar: Option<&'static str>,
    },
    #[error("there is no channel `{name}`{}", suggest(.similar.as_ref()))]
    UnknownChannel {
        name: String,
        similar: Option<String>,
    },
    #[error("`{command}` is not about what `{key}` tells apart")]
    NoSuchObject {
        command: &'static str,
        key: &'static str,
    },
    #[error("`{second}` does not go together with `{first}`")]
    Together {
        first: &'static str,
        second: &'static str,
    },
    #[error("`{key}` needs `{other}` beside it")]
    Lonely {
        key: &'static str,
        other: &'static str,
    },
    #[error("`{path}` {problem}")]
    Path {
        path: String,
        problem: PathPatternError,
    },
    #[error("`access` is read or write, and not `{0}`")]
    Access(String),
}

fn suggest(similar: Option<&impl fmt::Display>) -> String {
    similar.map_or_else(String::new, |name| format!(", did you mean `{name}`?"))
}
