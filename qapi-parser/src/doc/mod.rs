//! Documentation comments: from the raw block to its parts.
//!
//! The text of the parts stays as it is: reStructuredText, whose indentation is
//! kept. Nothing here knows the definition that a block is for.

mod error;
mod line;
mod loose;
mod parse;
mod part;
mod parts;
mod since;
mod text;

use std::fmt;

use crate::ast::DocBlock;
use crate::dialect::Tolerances;
use crate::source::{Name, Span};
use crate::text::Text;

pub(crate) use error::DocError;
pub use since::{NotAVersion, Version};
pub use text::DocText;

/// What a documentation comment says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Doc {
    /// The comment, from its opening to its closing `##`.
    pub span: Span,
    /// The definition it is for; none where it is free-form.
    pub symbol: Option<Name>,
    /// The text before everything else; all of it where the comment is free-form.
    pub body: DocText,
    /// The members, values or arguments it describes, in source order.
    pub members: Vec<DocEntry>,
    /// The features it describes, in source order.
    pub features: Vec<DocEntry>,
    /// What it says of the definition as a whole, in source order.
    pub sections: Vec<DocSection>,
}

/// The description of one member or feature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocEntry {
    /// What is described.
    pub name: Name,
    /// The description.
    pub text: DocText,
    /// The whole entry.
    pub span: Span,
}

/// A part of a documentation comment that is about the definition as a whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocSection {
    /// What it is about.
    pub kind: SectionKind,
    /// What it says.
    pub text: DocText,
    /// The whole section.
    pub span: Span,
}

/// What a [`DocSection`] is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SectionKind {
    /// Running text.
    Plain,
    /// What a command returns.
    Returns,
    /// How a command fails.
    Errors,
    /// The release that added the definition.
    Since,
    /// A note to the authors of the schema.
    Todo,
}

/// Reads a block: by the rules, or as well as can be where the dialect has none.
pub(crate) fn parse(
    block: &DocBlock,
    text: &Text,
    tolerances: &Tolerances,
) -> Result<Doc, DocError> {
    if tolerances.loose_docs {
        Ok(loose::parse(block, text))
    } else {
        parse::parse(block, text)
    }
}

impl Doc {
    /// The description of a member.
    pub fn member(&self, name: &str) -> Option<&DocEntry> {
        self.members.iter().find(|entry| entry.name.text == name)
    }

    /// The description of a feature.
    pub fn feature(&self, name: &str) -> Option<&DocEntry> {
        self.features.iter().find(|entry| entry.name.text == name)
    }

    /// The release that added the definition: what the `Since` section starts
    /// with, or else a line of running text that is one but for the colon.
    pub fn since(&self) -> Option<Version> {
        let sections = |kind| {
            self.sections
                .iter()
                .filter(move |section| section.kind == kind)
        };
        let since = sections(SectionKind::Since).find_map(|section| since::starting(&section.text));
        let plain = sections(SectionKind::Plain).map(|section| section.text.as_str());
        let mut lines = plain.chain([self.body.as_str()]).flat_map(str::lines);
        since.or_else(|| lines.find_map(since::in_line))
    }
}

impl DocEntry {
    /// The release that added this member or feature, where a remark such as
    /// `(since 2.5)` tells.
    pub fn since(&self) -> Option<Version> {
        since::in_passing(&self.text)
    }
}

impl fmt::Display for SectionKind {
    /// The tag as comments write it, without the colon.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Plain => "Plain",
            Self::Returns => "Returns",
            Self::Errors => "Errors",
            Self::Since => "Since",
            Self::Todo => "TODO",
        })
    }
}
