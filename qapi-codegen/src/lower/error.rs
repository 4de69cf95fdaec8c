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
    /// The configuration names a command that does not exist.
    UnknownCommand {
        /// The command.
        command: String,
    },
}

impl LowerError {
    fn place(&self) -> Option<&Name> {
        match self {
            Self::Clash { name, .. } | Self::ServiceClash { name, .. } => Some(name),
            Self::Excluded { user, .. } => Some(user),
            Self::UnknownCommand { .. } => None,
        }
    }

    fn labels(&self) -> Vec<Label> {
        let label = |name: &Name, text: &str| Label::new(name.span, text);
        match self {
            Self::Clash { first, .. } => vec![label(first, "first used here")],
            Self::Excluded { used, .. } => vec![label(used, "its `if` does not hold")],
            Self::ServiceClash { .. } | Self::UnknownCommand { .. } => Vec::new(),
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
            Self::Clash { .. } | Self::UnknownCommand { .. } => None,
        }
    }
}

impl fmt::Display for LowerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Clash { ident, name, first } => write!(
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
            Self::UnknownCommand { command } => {
                write!(
                    f,
                    "the configuration names command `{command}`, which does not exist"
                )
            }
        }
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
