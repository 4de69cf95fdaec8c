//! References to types.

use crate::ast::{Value, ValueKind};
use crate::source::Span;
use crate::text::Text;

use super::owner::Owner;
use super::{Cx, ExprError, Meaning, Reference};

/// A use of a type.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Type {
    /// The type, or that of the elements.
    pub(crate) element: Reference,
    /// It is an array of them.
    pub(crate) is_array: bool,
}

impl Type {
    /// The type that a reference is to.
    pub(super) fn single(element: Reference) -> Self {
        Self {
            element,
            is_array: false,
        }
    }

    /// An array of it.
    fn array(element: Reference) -> Self {
        Self {
            element,
            is_array: true,
        }
    }
}

/// Lifts a type name, or an array around one.
pub(super) fn lift_type(cx: &mut Cx, owner: &Owner, value: &Value) -> Option<Type> {
    let owner = || owner.clone();
    match &value.kind {
        ValueKind::String(text) => Some(Type::single(reference(cx, text, value.span))),
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
            Some(Type::array(reference(cx, text, *span)))
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
pub(super) fn lift_type_name(cx: &mut Cx, owner: &Owner, value: &Value) -> Option<Reference> {
    if let ValueKind::String(text) = &value.kind {
        return Some(reference(cx, text, value.span));
    }
    let array = matches!(value.kind, ValueKind::Array(_));
    cx.report(ExprError::NotTypeName {
        owner: owner.clone(),
        array,
        span: value.span,
    });
    None
}

fn reference(cx: &mut Cx, text: &Text, span: Span) -> Reference {
    let mut name = cx.names.intern(text);
    if cx.era.is_wildcard(text, name) {
        cx.remember(text, span, Meaning::Any);
        name = cx.names.intern(&"any".into());
    }
    cx.names.refer(name, span)
}
