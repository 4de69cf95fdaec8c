//! References to types.

use std::fmt;

use crate::ast::{Value, ValueKind};
use crate::source::{Name, Span};
use crate::text::Text;

use super::owner::Owner;
use super::{Cx, ExprError, Meaning};

/// A use of a type, not looked up.
#[derive(Clone, Debug)]
pub(crate) enum Type {
    /// The type of that name.
    Named(Name),
    /// An array with elements of the type of that name.
    Array(Name),
}

impl Type {
    /// The name in it.
    pub(crate) fn name(&self) -> &Name {
        match self {
            Self::Named(name) | Self::Array(name) => name,
        }
    }
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Named(name) => write!(f, "{name}"),
            Self::Array(name) => write!(f, "[{name}]"),
        }
    }
}

/// Lifts a type name, or an array around one.
pub(super) fn lift_type(cx: &mut Cx, owner: &Owner, value: &Value) -> Option<Type> {
    let owner = || owner.clone();
    match &value.kind {
        ValueKind::String(text) => Some(Type::Named(name(cx, text, value.span))),
        ValueKind::Array(elements) => {
            let [
                Value {
                    kind: ValueKind::String(text),
                    span,
                },
            ] = &elements[..]
            else {
                cx.report(ExprError::ArrayElements {
                    owner: owner(),
                    span: value.span,
                });
                return None;
            };
            Some(Type::Array(name(cx, text, *span)))
        }
        ValueKind::Bool(_) | ValueKind::Object(_) => {
            cx.report(ExprError::NotType {
                owner: owner(),
                span: value.span,
            });
            None
        }
    }
}

/// Lifts a type where only a name will do.
pub(super) fn lift_type_name(cx: &mut Cx, owner: &Owner, value: &Value) -> Option<Name> {
    if let ValueKind::String(text) = &value.kind {
        return Some(name(cx, text, value.span));
    }
    let array = matches!(value.kind, ValueKind::Array(_));
    cx.report(ExprError::NotTypeName {
        owner: owner.clone(),
        array,
        span: value.span,
    });
    None
}

fn name(cx: &mut Cx, text: &Text, span: Span) -> Name {
    let mut text = text.clone();
    if cx.era.is_wildcard(&text) {
        cx.remember(&text, span, Meaning::Any);
        text = "any".into();
    }
    Name { text, span }
}
