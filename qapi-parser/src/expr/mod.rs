//! The stage from syntax to expressions: each top-level object has the right
//! keys, the right shapes below them, and names that follow the rules.
//!
//! References are still names here, and nothing is looked up: whether a type
//! exists is for [`crate::schema`] to say. Spellings of older releases end
//! here, too: [`era`] turns them into what they stand for.

use std::fmt;

use crate::cond::Cond;
use crate::diagnostic::Diagnostics;
use crate::dialect::Tolerances;
use crate::doc::Doc;
use crate::similar::Similar;
use crate::source::{Name, Span};
use crate::text::Text;

pub(crate) mod alternate;
mod c_cond;
mod c_name;
pub(crate) mod command;
mod cond;
mod doc;
mod enum_;
mod era;
mod error;
pub(crate) mod event;
mod exceptions;
mod feature;
mod flags;
mod item;
mod keys;
mod lift;
mod list;
pub(crate) mod member;
mod name;
mod names;
mod old_spelling;
mod origin;
mod owner;
mod plain;
pub(crate) mod struct_;
mod ty;
pub(crate) mod union_;

pub use enum_::{Enum, EnumValue};
pub use feature::Feature;
pub use old_spelling::{Meaning, OldSpelling};
pub use origin::{OldForm, Origin};

use exceptions::Exceptions;

pub(crate) use alternate::{Alternate, Alternative};
pub(crate) use c_name::CName;
pub(crate) use command::Command;
pub(crate) use error::ExprError;
pub(crate) use event::Event;
pub(crate) use flags::Flags;
pub(crate) use lift::{Lift, Lifted};
pub(crate) use list::{ExprList, Head};
pub(crate) use member::{Member, Members};
pub(crate) use names::{NameId, Names, Reference};
pub(crate) use struct_::Struct;
pub(crate) use ty::Type;
pub(crate) use union_::{Branch, Union};

/// A top-level expression that defines something.
#[derive(Clone, Debug)]
pub(crate) struct Expr {
    /// The name it defines.
    pub(crate) name: Name,
    /// The same among all names.
    pub(crate) id: NameId,
    /// The whole object.
    pub(crate) span: Span,
    /// How it came to be.
    pub(crate) origin: Origin,
    /// The documentation for it.
    pub(crate) doc: Option<Box<Doc>>,
    /// Its `if`.
    pub(crate) cond: Option<Cond>,
    /// Its `features`.
    pub(crate) features: Vec<Feature>,
    /// Its flags.
    pub(crate) flags: Flags,
    /// The rest, by kind.
    pub(crate) kind: ExprKind,
}

/// The six kinds of expressions.
#[derive(Clone, Debug)]
pub(crate) enum ExprKind {
    Enum(Enum),
    Struct(Struct),
    Union(Union),
    Alternate(Alternate),
    Command(Command),
    Event(Event),
}

impl Expr {
    /// The key that opens the expression.
    pub(crate) fn meta(&self) -> Meta {
        match self.kind {
            ExprKind::Enum(_) => Meta::Enum,
            ExprKind::Struct(_) => Meta::Struct,
            ExprKind::Union(_) => Meta::Union,
            ExprKind::Alternate(_) => Meta::Alternate,
            ExprKind::Command(_) => Meta::Command,
            ExprKind::Event(_) => Meta::Event,
        }
    }
}

/// The key that says what an expression defines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Meta {
    Enum,
    Struct,
    Union,
    Alternate,
    Command,
    Event,
}

impl Meta {
    /// All of them, in the order in which messages list them.
    pub(crate) const ALL: [Self; 6] = [
        Self::Enum,
        Self::Struct,
        Self::Union,
        Self::Alternate,
        Self::Command,
        Self::Event,
    ];

    /// The key itself.
    pub(crate) fn key(self) -> &'static str {
        match self {
            Self::Enum => "enum",
            Self::Struct => "struct",
            Self::Union => "union",
            Self::Alternate => "alternate",
            Self::Command => "command",
            Self::Event => "event",
        }
    }

    /// Whether it defines a type.
    pub(crate) fn is_type(self) -> bool {
        !matches!(self, Self::Command | Self::Event)
    }
}

impl fmt::Display for Meta {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.key())
    }
}

/// What lifting needs to know, and what it finds out.
pub(crate) struct Cx {
    tolerances: &'static Tolerances,
    exceptions: Exceptions,
    names: Names,
    errors: Diagnostics,
    similar: Similar,
    /// The expression being lifted.
    expression: Span,
    /// The definition in it, once its kind and name are known.
    current: Option<(Meta, Name)>,
    era: era::Implicit,
    old_spellings: Vec<OldSpelling>,
}

impl Cx {
    fn new(
        names: Names,
        exceptions: Exceptions,
        era: era::Implicit,
        tolerances: &'static Tolerances,
    ) -> Self {
        Self {
            tolerances,
            exceptions,
            names,
            errors: Diagnostics::default(),
            similar: Similar::default(),
            expression: Span::default(),
            current: None,
            era,
            old_spellings: Vec::new(),
        }
    }

    /// Remembers a string that does not say what it means.
    fn remember(&mut self, written: &Text, span: Span, meaning: Meaning) {
        self.old_spellings.push(OldSpelling {
            span,
            written: written.clone(),
            meaning,
        });
    }

    fn report(&mut self, error: ExprError) {
        let context = self.current.as_ref().map(|(meta, name)| (*meta, name));
        self.errors
            .push(error.into_diagnostic(self.expression, context));
    }
}
