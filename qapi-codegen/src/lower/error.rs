//! What a valid schema can hold that Rust, or the configuration, cannot.

use std::fmt;

use qapi_parser::{Diagnostic, Label, Name};

/// A reason why no code can be generated for a schema.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub(crate) enum LowerError {
    /// Two names of the schema have the same Rust spelling in one place.
    Clash {
        /// That spelling.
        ident: String,
        /// The later name.
        name: Name,
        /// The earlier one.
        first: Name,
        /// How the configuration calls the place of the later one, if it can rename it.
        path: Option<String>,
        /// A spelling that is not taken.
        free: String,
    },
    /// The user chose a name that is no identifier, or that generated code needs for itself.
    BadName {
        /// What was chosen.
        ident: String,
        /// What it was chosen for.
        name: Name,
    },
    /// The trait, server or client would be called like a type.
    ServiceClash {
        /// The contested name.
        ident: String,
        /// The definition that has it.
        name: Name,
    },
    /// Something that exists refers to a definition that conditions exclude.
    Excluded {
        /// Who refers to it.
        user: Name,
        /// The excluded definition.
        used: Name,
    },
    /// The configuration chooses nothing but what conditions exclude.
    NothingLeft {
        /// The method of `Config` that does.
        method: &'static str,
        /// What it chooses by.
        pattern: String,
        /// The first of what it means.
        name: Name,
    },
    /// Something outside of requests was replaced by a type that borrows from one.
    NothingToBorrow {
        /// How the configuration calls it.
        path: String,
        /// The definition that it belongs to.
        name: Name,
    },
    /// The enum of a union's tag was replaced.
    ReplacedTag {
        /// The tag.
        name: Name,
    },
    /// The configuration holds code that is none.
    BadCode {
        /// The method of `Config` that took it.
        method: &'static str,
        /// The code.
        text: String,
        /// What is wrong with it.
        problem: String,
    },
    /// The configuration speaks of something that is not in the schema.
    NoMatch {
        /// The method of `Config` that did.
        method: &'static str,
        /// What was meant to name it.
        pattern: String,
        /// What could have been meant.
        near: Vec<String>,
    },
}

impl LowerError {
    fn place(&self) -> Option<&Name> {
        match self {
            Self::Clash { name, .. }
            | Self::BadName { name, .. }
            | Self::NothingToBorrow { name, .. }
            | Self::ReplacedTag { name }
            | Self::NothingLeft { name, .. }
            | Self::ServiceClash { name, .. } => Some(name),
            Self::Excluded { user, .. } => Some(user),
            Self::BadCode { .. } | Self::NoMatch { .. } => None,
        }
    }

    fn labels(&self) -> Vec<Label> {
        let label = |name: &Name, text: &str| Label::new(name.span, text);
        match self {
            Self::Clash { first, .. } => vec![label(first, "first used here")],
            Self::Excluded { used, .. } => vec![label(used, "its `if` does not hold")],
            Self::BadName { .. }
            | Self::NothingToBorrow { .. }
            | Self::ReplacedTag { .. }
            | Self::ServiceClash { .. }
            | Self::NothingLeft { .. }
            | Self::BadCode { .. }
            | Self::NoMatch { .. } => Vec::new(),
        }
    }

    fn help(&self) -> Option<String> {
        match self {
            Self::ServiceClash { .. } => {
                Some("choose another name with `Config::service`".to_owned())
            }
            Self::Excluded { .. } => Some(
                "define its symbols with `Config::cond`, or give both the same `if`".to_owned(),
            ),
            Self::Clash { path, free, .. } => path.as_ref().map(|path| {
                format!("give one of them another name, such as `Config::name({path:?}, {free:?})`")
            }),
            Self::BadName { .. } => Some("choose another name with `Config::name`".to_owned()),
            Self::NothingLeft { .. } => {
                Some("define its symbols with `Config::cond`, or leave it out".to_owned())
            }
            Self::NothingToBorrow { .. } => Some(
                "use a type without `'_` there; only what is sent with a request can borrow from it"
                    .to_owned(),
            ),
            Self::BadCode { .. } | Self::ReplacedTag { .. } => None,
            Self::NoMatch { near, .. } => near_help(near),
        }
    }
}

impl fmt::Display for LowerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Clash {
                ident, name, first, ..
            } => write!(
                f,
                "`{}` and `{}` both become `{ident}` in Rust",
                first.text, name.text
            ),
            Self::ServiceClash { ident, .. } => {
                write!(f, "`{ident}` is needed for the generated service")
            }
            Self::Excluded { user, used } => {
                write!(
                    f,
                    "`{}` uses `{}`, which conditions exclude",
                    user.text, used.text
                )
            }
            Self::BadName { ident, name } => {
                write!(f, "`{}` cannot be called `{ident}` in Rust", name.text)
            }
            Self::NothingLeft {
                method, pattern, ..
            } => write!(
                f,
                "conditions exclude everything that is meant by `Config::{method}` with {pattern:?}"
            ),
            Self::NothingToBorrow { path, .. } => write!(
                f,
                "`{path}` is sent to clients, where there is no request to borrow from"
            ),
            Self::ReplacedTag { name } => write!(
                f,
                "`{}` tells the branches of a union apart, so its type cannot be replaced",
                name.text
            ),
            Self::BadCode {
                method,
                text,
                problem,
            } => write!(f, "`Config::{method}` cannot use {text:?}: {problem}"),
            Self::NoMatch {
                method, pattern, ..
            } => write!(
                f,
                "nothing in the schema is meant by `Config::{method}` with {pattern:?}"
            ),
        }
    }
}

/// What could have been meant.
fn near_help(near: &[String]) -> Option<String> {
    match near {
        [] => None,
        [name] => Some(format!("did you mean `{name}`?")),
        names => Some(format!("there are `{}`", names.join("`, `"))),
    }
}

impl From<LowerError> for Diagnostic {
    fn from(error: LowerError) -> Self {
        Self {
            labels: error.labels(),
            help: error.help(),
            ..match error.place() {
                Some(name) => Self::new(error.to_string(), name.span),
                None => Self::nowhere(error.to_string()),
            }
        }
    }
}
