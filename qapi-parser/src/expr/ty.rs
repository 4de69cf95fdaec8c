//! References to types.

use std::cell::OnceCell;
use std::fmt;

use crate::ast::{Value, ValueKind};
use crate::schema::Single;
use crate::source::{Name, Span};
use crate::text::Text;

use super::owner::Owner;
use super::{Cx, ExprError, Meaning};

/// A use of a type.
#[derive(Clone, Debug)]
pub(crate) struct Type {
    /// The name of the type, or of that of the elements.
    pub(crate) name: Name,
    /// It is an array of them.
    pub(crate) is_array: bool,
    /// What the name stands for, once the table of names has been asked: large tables are slow to answer.
    pub(crate) found: OnceCell<Single>,
}

impl Type {
    /// The type with a name.
    pub(super) fn named(name: Name) -> Self {
        Self {
            name,
            is_array: false,
            found: OnceCell::new(),
        }
    }

    /// An array of it.
    fn array(name: Name) -> Self {
        Self {
            is_array: true,
            ..Self::named(name)
        }
    }
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_array {
            write!(f, "[{}]", self.name)
        } else {
            write!(f, "{}", self.name)
        }
    }
}

/// Lifts a type name, or an array around one.
pub(super) fn lift_type(cx: &mut Cx, owner: &Owner, value: &Value) -> Option<Type> {
    let owner = || owner.clone();
    match &value.kind {
        ValueKind::String(text) => Some(Type::named(name(cx, text, value.span))),
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
            Some(Type::array(name(cx, text, *span)))
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
