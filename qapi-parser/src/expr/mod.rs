//! The stage from syntax to expressions: each top-level object has the right
//! keys, the right shapes below them, and names that follow the rules.
//!
//! References are still strings here, and nothing is looked up: whether a type
//! exists is for [`crate::schema`] to say. Spellings of older releases end
//! here, too: [`era`] turns them into what they stand for.

use std::collections::HashSet;
use std::fmt;

use crate::ast::Object;
use crate::cond::Cond;
use crate::diagnostic::Diagnostics;
use crate::dialect::Tolerances;
use crate::doc::Doc;
use crate::load::{LoadedItem, Pragma};
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
mod feature;
mod flags;
mod item;
mod keys;
pub(crate) mod member;
mod name;
mod old_spelling;
mod origin;
mod owner;
pub(crate) mod struct_;
mod ty;
pub(crate) mod union_;

pub use enum_::{Enum, EnumValue};
pub use feature::Feature;
pub use old_spelling::{Meaning, OldSpelling};
pub use origin::{OldForm, Origin};

pub(crate) use alternate::{Alternate, Alternative};
pub(crate) use c_name::CName;
pub(crate) use command::Command;
pub(crate) use error::ExprError;
pub(crate) use event::Event;
pub(crate) use flags::Flags;
pub(crate) use member::{Member, Members};
pub(crate) use struct_::Struct;
pub(crate) use ty::Type;
pub(crate) use union_::{Branch, Union};

/// A top-level expression that defines something.
#[derive(Clone, Debug)]
pub(crate) struct Expr {
    /// The name it defines.
    pub(crate) name: Name,
    /// The whole object.
    pub(crate) span: Span,
    /// How it came to be.
    pub(crate) origin: Origin,
    /// The documentation for it.
    pub(crate) doc: Option<Doc>,
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
pub(crate) struct Cx<'a> {
    tolerances: &'static Tolerances,
    underscore_commands: HashSet<&'a str>,
    loosely_named_types: HashSet<&'a str>,
    doc_required: bool,
    errors: Diagnostics,
    similar: Similar,
    /// The expression being lifted.
    expression: Span,
    /// The definition in it, once its kind and name are known.
    current: Option<(Meta, Name)>,
    era: era::Implicit,
    old_spellings: Vec<OldSpelling>,
}

/// What comes out.
#[derive(Debug)]
pub(crate) struct Lifted {
    /// The expressions, in order.
    pub(crate) exprs: Vec<Expr>,
    /// What was spelled in an old way, in the order of the sources.
    pub(crate) old_spellings: Vec<OldSpelling>,
}

/// Lifts all definitions, in order, behind one that the language has.
///
/// # Errors
/// An expression has keys, shapes or names that the language does not allow.
pub(crate) fn lift(
    predefined: Expr,
    items: Vec<LoadedItem>,
    pragma: &Pragma,
    tolerances: &'static Tolerances,
) -> Result<Lifted, Diagnostics> {
    let mut cx = Cx::new(&items, pragma, tolerances);
    let mut exprs = Vec::with_capacity(1 + items.len());
    exprs.push(predefined);
    let mut orphans = Vec::new();
    for item in items {
        let expr = lift_expr(&mut cx, item, &mut orphans);
        exprs.append(&mut cx.era.take());
        exprs.extend(expr);
    }
    doc::adopt(&mut exprs, orphans);
    era::lift_wrapper_conds(&mut cx, &mut exprs);
    if tolerances.string_tags {
        era::lift_string_tags(&mut cx, &mut exprs);
    }
    let mut old_spellings = cx.old_spellings;
    old_spellings.sort_unstable_by_key(|it| it.span);
    cx.errors.into_result().map(|()| Lifted {
        exprs,
        old_spellings,
    })
}

/// Lifts one expression, reporting in the order in which QEMU's tool checks.
fn lift_expr(cx: &mut Cx<'_>, item: LoadedItem, orphans: &mut Vec<Doc>) -> Option<Expr> {
    let LoadedItem { span, object, doc } = item;
    cx.expression = span;
    cx.current = None;
    let (meta, name) = keys::lift_meta(cx, span, &object)?;
    cx.current = Some((meta, name.clone()));
    name::check_definition_name(cx, meta, &name);
    let doc = doc::lift_doc(cx, meta, &name, doc, &object, orphans);
    keys::check_definition_keys(cx, meta, &object);
    let kind = lift_kind(cx, meta, &name, &object);
    let owner = owner::Owner::Definition(meta);
    let cond = cond::lift_if(cx, &owner, &object);
    cx.era.inherit(cond.as_ref());
    let features = feature::lift_features(cx, &object);
    let flags = flags::lift_flags(cx, &object);
    let kind = kind?;
    Some(Expr {
        name,
        span,
        origin: origin::origin(meta, &object, &kind),
        doc,
        cond,
        features,
        flags,
        kind,
    })
}

fn lift_kind(cx: &mut Cx<'_>, meta: Meta, name: &Name, object: &Object) -> Option<ExprKind> {
    match meta {
        Meta::Enum => enum_::lift_enum(cx, name, object).map(ExprKind::Enum),
        Meta::Struct => struct_::lift_struct(cx, name, object).map(ExprKind::Struct),
        Meta::Union => union_::lift_union(cx, name, object),
        Meta::Alternate => alternate::lift_alternate(cx, object).map(ExprKind::Alternate),
        Meta::Command => command::lift_command(cx, name, object).map(ExprKind::Command),
        Meta::Event => event::lift_event(cx, name, object).map(ExprKind::Event),
    }
}

impl<'a> Cx<'a> {
    fn new(items: &[LoadedItem], pragma: &'a Pragma, tolerances: &'static Tolerances) -> Self {
        let set = |names: &'a [Name]| names.iter().map(|name| name.text.as_str()).collect();
        Self {
            tolerances,
            underscore_commands: set(&pragma.command_name_exceptions),
            loosely_named_types: set(&pragma.member_name_exceptions),
            doc_required: pragma.doc_required,
            errors: Diagnostics::default(),
            similar: Similar::default(),
            expression: Span::default(),
            current: None,
            era: era::Implicit::new(items, tolerances),
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
