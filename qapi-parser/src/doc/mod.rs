//! Documentation comments: from the raw block to its parts.
//!
//! The text of the parts stays as it is: reStructuredText with its indentation,
//! relative to the part. Nothing here knows the definition that a block is for.

use crate::source::{Name, Span};

/// What a documentation comment says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Doc {
    /// The comment, from its opening to its closing `##`.
    pub span: Span,
    /// The definition it is for; none where it is free-form.
    pub symbol: Option<Name>,
    /// The text before everything else.
    pub body: String,
    /// The members, values or arguments it describes, in source order.
    pub members: Vec<DocEntry>,
    /// The features it describes, in source order.
    pub features: Vec<DocEntry>,
    /// What follows, in source order.
    pub sections: Vec<DocSection>,
}

/// The description of one member or feature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocEntry {
    /// What is described.
    pub name: Name,
    /// The description; lines are joined by `\n`, common indentation is removed.
    pub text: String,
    /// The whole entry.
    pub span: Span,
}

/// A part of a documentation comment that describes the definition as a whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocSection {
    /// What it is about.
    pub kind: SectionKind,
    /// The text; lines are joined by `\n`, common indentation is removed.
    pub text: String,
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

/// A release of QEMU, such as 0.15 or 10.2.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Version {
    /// The first number.
    pub major: u32,
    /// The second number.
    pub minor: u32,
    /// The third number; 0 where there is none, so 0.15.0 is 0.15.
    pub patch: u32,
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

    /// The release that added the definition.
    pub fn since(&self) -> Option<Version> {
        None
    }
}
