//! What a mistake is in.

use std::fmt;

use super::Meta;
use crate::diagnostic::variant;
use crate::text::Text;

/// What a rule is about, as messages name it.
#[derive(Clone, Debug)]
pub(crate) enum Owner {
    /// The definition itself.
    Definition(Meta),
    /// A member of an object, as written.
    Member(Text),
    /// An enum value, or one whose name is yet unknown.
    Value(Option<Text>),
    /// A branch of a union.
    Branch(Text),
    /// An alternative.
    Alternative(Text),
    /// A feature, or one whose name is yet unknown.
    Feature(Option<Text>),
    /// The tag's name in a union.
    Discriminator,
    /// A part of an `if`.
    Cond,
    /// The value of a key.
    Key(&'static str),
}

impl fmt::Display for Owner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Definition(meta) => write!(f, "{meta}"),
            Self::Member(name) => write!(f, "member `{name}`"),
            Self::Value(Some(name)) => write!(f, "enum value `{name}`"),
            Self::Value(None) => f.write_str("enum value"),
            Self::Branch(name) => write!(f, "branch `{name}`"),
            Self::Alternative(name) => write!(f, "alternative `{name}`"),
            Self::Feature(Some(name)) => write!(f, "feature `{name}`"),
            Self::Feature(None) => f.write_str("feature"),
            Self::Discriminator => f.write_str("discriminator"),
            Self::Cond => f.write_str("condition"),
            Self::Key(key) => write!(f, "`{key}`"),
        }
    }
}

impl Owner {
    /// What the name of a rule starts with that is about it.
    pub(super) fn rule_prefix(&self) -> String {
        match self {
            Self::Definition(meta) if meta.is_type() => "Type".to_owned(),
            Self::Definition(meta) => variant(meta),
            Self::Key("data") => "Values".to_owned(),
            Self::Key(_) => "Features".to_owned(),
            Self::Member(_)
            | Self::Value(_)
            | Self::Branch(_)
            | Self::Alternative(_)
            | Self::Feature(_)
            | Self::Discriminator
            | Self::Cond => variant(self),
        }
    }

    /// What kind of thing it is, in one or two words.
    fn kind(&self) -> &'static str {
        match self {
            Self::Definition(meta) => meta.key(),
            Self::Member(_) => "member",
            Self::Value(_) => "enum value",
            Self::Branch(_) => "branch",
            Self::Alternative(_) => "alternative",
            Self::Feature(_) => "feature",
            Self::Discriminator => "discriminator",
            Self::Cond => "condition",
            Self::Key(key) => key,
        }
    }

    /// The same with its article: "an enum value".
    pub(super) fn with_article(&self) -> String {
        format!("{} {}", article(self.kind()), self.kind())
    }

    /// What its name is called: "member name", but "enum value".
    pub(super) fn name_kind(&self) -> String {
        match self {
            Self::Value(_) => self.kind().to_owned(),
            _ => format!("{} name", self.kind()),
        }
    }
}

/// The indefinite article before a word of the language.
pub(super) fn article(word: &str) -> &'static str {
    match word {
        // The sound counts, not the letter.
        "union" => "a",
        _ if word.starts_with(['a', 'e', 'i', 'o', 'u']) => "an",
        _ => "a",
    }
}
