//! What can be wrong with the files of a schema and their directives.

use std::fmt;
use std::io;
use std::path::PathBuf;

use crate::diagnostic::{Diagnostic, Label};
use crate::similar::did_you_mean;
use crate::source::{Name, Span};

/// A file cannot be had, or a directive cannot be followed.
#[derive(Debug)]
#[non_exhaustive]
pub(crate) enum LoadError {
    /// The root file cannot be read.
    RootUnreadable { path: PathBuf, error: io::Error },
    /// An included file cannot be read.
    IncludeUnreadable {
        path: PathBuf,
        error: io::Error,
        value: Span,
    },
    /// The files of the schema are too large together.
    TooLarge { path: PathBuf, value: Option<Span> },
    /// A file is not UTF-8.
    NotUtf8 { byte: u8, span: Span },
    /// A file includes itself, perhaps through others.
    IncludeLoop { path: PathBuf, value: Span },
    /// Includes are nested deeper than the reader follows.
    IncludeTooDeep { limit: usize, value: Span },
    /// `include` takes the path of a file.
    IncludeNotString { value: Span },
    /// `include` stands alone in its object.
    IncludeSiblings { key: Name, siblings: Vec<Name> },
    /// `pragma` stands alone in its object.
    PragmaSiblings { key: Name, siblings: Vec<Name> },
    /// `pragma` takes an object.
    PragmaNotObject { value: Span },
    /// There is no such pragma.
    PragmaUnknown { key: Name, similar: Option<String> },
    /// The pragma is on or off.
    PragmaNotBool { key: Name, value: Span },
    /// The pragma is a list of names.
    PragmaNotStrings { key: Name, value: Span },
    /// Only objects mean something at the top level.
    NotObject { value: Span },
}

impl LoadError {
    /// Where it is; nowhere for a root file that cannot be read.
    fn span(&self) -> Option<Span> {
        match self {
            Self::RootUnreadable { .. } => None,
            Self::TooLarge { value, .. } => *value,
            Self::IncludeSiblings { key, .. }
            | Self::PragmaSiblings { key, .. }
            | Self::PragmaUnknown { key, .. } => Some(key.span),
            Self::IncludeUnreadable { value, .. }
            | Self::NotUtf8 { span: value, .. }
            | Self::IncludeLoop { value, .. }
            | Self::IncludeTooDeep { value, .. }
            | Self::IncludeNotString { value }
            | Self::PragmaNotObject { value }
            | Self::PragmaNotBool { value, .. }
            | Self::PragmaNotStrings { value, .. }
            | Self::NotObject { value } => Some(*value),
        }
    }

    fn labels(&self) -> Vec<Label> {
        match self {
            Self::IncludeSiblings { siblings, .. } | Self::PragmaSiblings { siblings, .. } => {
                siblings
                    .iter()
                    .map(|key| Label::new(key.span, "besides it"))
                    .collect()
            }
            _ => Vec::new(),
        }
    }

    fn help(&self) -> Option<String> {
        match self {
            Self::PragmaUnknown { similar, .. } => did_you_mean(similar.as_deref()),
            Self::IncludeSiblings { .. } => {
                Some("conditions stand in the included file".to_owned())
            }
            Self::NotUtf8 { .. } => Some("save the file as UTF-8".to_owned()),
            _ => None,
        }
    }
}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::RootUnreadable { path, error } => {
                write!(f, "cannot read schema file `{}`: {error}", path.display())
            }
            Self::IncludeUnreadable { path, error, .. } => {
                write!(f, "cannot read included file `{}`: {error}", path.display())
            }
            Self::TooLarge { path, .. } => {
                write!(
                    f,
                    "with `{}`, the schema is larger than 4 GiB",
                    path.display()
                )
            }
            Self::NotUtf8 { byte, .. } => {
                write!(
                    f,
                    "file is not UTF-8: byte 0x{byte:02X} is no part of a character"
                )
            }
            Self::IncludeLoop { path, .. } => write!(f, "`{}` includes itself", path.display()),
            Self::IncludeTooDeep { limit, .. } => {
                write!(f, "files include each other more than {limit} deep")
            }
            Self::IncludeNotString { .. } => {
                f.write_str("`include` takes the path of a file, a string")
            }
            Self::IncludeSiblings { key, .. } | Self::PragmaSiblings { key, .. } => {
                write!(f, "`{key}` must be the only key of its object")
            }
            Self::PragmaNotObject { .. } => f.write_str("`pragma` takes an object of settings"),
            Self::PragmaUnknown { key, .. } => write!(f, "unknown pragma `{key}`"),
            Self::PragmaNotBool { key, .. } => write!(f, "pragma `{key}` takes `true` or `false`"),
            Self::PragmaNotStrings { key, .. } => {
                write!(f, "pragma `{key}` takes a list of strings")
            }
            Self::NotObject { .. } => f.write_str("only objects may stand at the top level"),
        }
    }
}

impl From<LoadError> for Diagnostic {
    fn from(error: LoadError) -> Self {
        let mut diagnostic = Self::of(&error, error.span());
        diagnostic.labels = error.labels();
        diagnostic.help = error.help();
        diagnostic
    }
}
