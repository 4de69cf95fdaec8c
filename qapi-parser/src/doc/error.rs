//! What can be wrong with a documentation comment by itself.

use std::fmt;

use super::SectionKind;
use crate::diagnostic::{Diagnostic, Label};
use crate::source::{Name, Span};

/// A documentation comment breaks the rules for them.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub(crate) enum DocError {
    /// The opening `##` has more on its line.
    OpeningJunk { span: Span },
    /// The closing `##` has more on its line.
    ClosingJunk { span: Span },
    /// The comment has no closing `##`.
    Unterminated { next: Span, opening: Span },
    /// No space stands behind `#`.
    NoSpace { span: Span },
    /// The first line starts with `@` but does not end in a colon.
    SymbolColon { span: Span },
    /// The first line is `@:`.
    SymbolEmpty { span: Span },
    /// A line is too long.
    LongLine { span: Span, length: usize },
    /// A sentence follows another after a single space.
    SentenceSpace { span: Span },
    /// `Features:` comes twice.
    FeaturesTwice { span: Span, first: Span },
    /// `Features:` has no features.
    FeaturesEmpty { span: Span, title: Span },
    /// A member is described where descriptions of members are over.
    LateMember { name: Name, line: Span },
    /// A line goes back to the left of what it goes on with.
    Deindent { span: Span, indent: usize },
    /// A section that has given way to directives.
    OldSection { title: String, span: Span },
    /// A member is described in free-form text.
    FreeFormMember { name: Name, line: Span },
    /// A description of nothing.
    NameEmpty { span: Span },
    /// A member or feature is described twice.
    NameTwice { name: Name, first: Span },
    /// A section that may come once comes twice.
    SectionTwice {
        kind: SectionKind,
        span: Span,
        first: Span,
    },
    /// A section or description says nothing.
    NoText { title: String, span: Span },
    /// No definition follows the comment of one.
    NoDefinition { symbol: Name, span: Span },
    /// The comment before a definition does not name it.
    NoSymbol { span: Span },
}

impl DocError {
    /// Where it is.
    pub(crate) fn span(&self) -> Span {
        match self {
            Self::OpeningJunk { span }
            | Self::ClosingJunk { span }
            | Self::Unterminated { next: span, .. }
            | Self::NoSpace { span }
            | Self::SymbolColon { span }
            | Self::SymbolEmpty { span }
            | Self::LongLine { span, .. }
            | Self::SentenceSpace { span }
            | Self::FeaturesTwice { span, .. }
            | Self::FeaturesEmpty { span, .. }
            | Self::Deindent { span, .. }
            | Self::OldSection { span, .. }
            | Self::NameEmpty { span }
            | Self::SectionTwice { span, .. }
            | Self::NoText { span, .. }
            | Self::NoDefinition { span, .. }
            | Self::NoSymbol { span } => *span,
            Self::LateMember { line, .. } | Self::FreeFormMember { line, .. } => *line,
            Self::NameTwice { name, .. } => name.span,
        }
    }

    fn labels(&self) -> Vec<Label> {
        match self {
            Self::Unterminated { opening, .. } => vec![Label::new(*opening, "it starts here")],
            Self::FeaturesTwice { first, .. }
            | Self::NameTwice { first, .. }
            | Self::SectionTwice { first, .. } => vec![Label::new(*first, "the first is here")],
            Self::FeaturesEmpty { title, .. } => vec![Label::new(*title, "this line")],
            Self::NoDefinition { symbol, .. } => {
                vec![Label::new(symbol.span, "this one")]
            }
            _ => Vec::new(),
        }
    }

    fn help(&self) -> Option<String> {
        let text = match self {
            Self::NoSpace { .. } => "write `# text`, or `#` for an empty line",
            Self::SymbolColon { .. } => "write `# @NAME:` and nothing after it",
            Self::SentenceSpace { .. } => "put two spaces there, or a line break",
            Self::LateMember { .. } => "members come first, then features and sections",
            Self::OldSection { title, .. } if title.starts_with("Note") => {
                "write `.. note::` with the text indented below it"
            }
            Self::OldSection { .. } => "write `.. qmp-example::` with the text indented below it",
            Self::FreeFormMember { .. } => {
                "the comment of a definition starts with its name: `# @NAME:`"
            }
            Self::NoSymbol { .. } => "let it start with `# @NAME:`",
            _ => return None,
        };
        Some(text.to_owned())
    }
}

impl fmt::Display for DocError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OpeningJunk { .. } => {
                f.write_str("text after the `##` that opens a documentation comment")
            }
            Self::ClosingJunk { .. } => {
                f.write_str("text after the `##` that closes a documentation comment")
            }
            Self::Unterminated { .. } => f.write_str("documentation comment is not closed by `##`"),
            Self::NoSpace { .. } => f.write_str("no space after `#`"),
            Self::SymbolColon { .. } => {
                f.write_str("line that names the definition does not end with `:`")
            }
            Self::SymbolEmpty { .. } => f.write_str("no name after `@`"),
            Self::LongLine { length, .. } => write!(
                f,
                "documentation line has {length} characters, more than {}",
                super::line::MAX_LENGTH
            ),
            Self::SentenceSpace { .. } => f.write_str("only one space between two sentences"),
            Self::FeaturesTwice { .. } => f.write_str("`Features:` comes twice"),
            Self::FeaturesEmpty { .. } => f.write_str("`Features:` lists no feature"),
            Self::LateMember { name, .. } => {
                write!(
                    f,
                    "`@{name}:` comes after the descriptions of members have ended"
                )
            }
            Self::Deindent { indent, .. } => {
                write!(
                    f,
                    "line is indented less than the {indent} spaces of the one above"
                )
            }
            Self::OldSection { title, .. } => {
                write!(f, "section `{title}:` is gone from the language")
            }
            Self::FreeFormMember { name, .. } => {
                write!(f, "`@{name}:` in a comment that names no definition")
            }
            Self::NameEmpty { .. } => f.write_str("description without a name"),
            Self::NameTwice { name, .. } => write!(f, "`{name}` is described twice"),
            Self::SectionTwice { kind, .. } => write!(f, "section `{kind}:` comes twice"),
            Self::NoText { title, .. } => write!(f, "no text after `{title}:`"),
            Self::NoDefinition { symbol, .. } => {
                write!(
                    f,
                    "comment for `{symbol}` is not followed by its definition"
                )
            }
            Self::NoSymbol { .. } => {
                f.write_str("comment before a definition does not start with its name")
            }
        }
    }
}

impl From<DocError> for Diagnostic {
    fn from(error: DocError) -> Self {
        let mut diagnostic = Self::of(&error, Some(error.span()));
        diagnostic.labels = error.labels();
        diagnostic.help = error.help();
        diagnostic
    }
}
