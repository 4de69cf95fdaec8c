//! Commands.

use crate::ast::{Object, Value, ValueKind};
use crate::source::Name;

use super::member::{Members, lift_members_or_name};
use super::name::Casing;
use super::owner::Owner;
use super::ty::{Type, lift_type, lift_type_name};
use super::{Cx, ExprError};

/// A command, its references not looked up.
#[derive(Clone, Debug)]
pub(crate) struct Command {
    /// What it takes.
    pub(crate) data: Members,
    /// What it answers.
    pub(crate) returns: Option<Type>,
}

/// Lifts a command.
pub(super) fn lift_command(cx: &mut Cx, name: &Name, object: &Object) -> Option<Command> {
    let data = lift_arguments(cx, name, object);
    let returns = match object.get("returns") {
        Some(returns) => Some(lift_type(cx, &Owner::Key("returns"), returns)?),
        None => None,
    };
    Some(Command {
        data: data?,
        returns,
    })
}

/// Lifts the `data` of a command or an event.
pub(super) fn lift_arguments(cx: &mut Cx, name: &Name, object: &Object) -> Option<Members> {
    let boxed = object
        .pairs
        .iter()
        .find(|pair| pair.key.text == "boxed" && is_set(&pair.value));
    match (object.get("data"), boxed) {
        (None, None) => Some(Members::Inline(Vec::new())),
        (None, Some(boxed)) => {
            cx.report(ExprError::BoxedWithoutData {
                span: boxed.key.span,
            });
            None
        }
        (Some(data), Some(_)) => lift_type_name(cx, &Owner::Key("data"), data).map(Members::Named),
        // No exception is possible: there is no type to name in the pragma.
        (Some(data), None) => lift_members_or_name(cx, name, "data", data, Casing::lower(false)),
    }
}

/// Whether a flag counts as set before its value is checked: as in Python, where
/// everything does that is not empty.
fn is_set(value: &Value) -> bool {
    match &value.kind {
        ValueKind::Bool(value) => *value,
        ValueKind::String(text) => !text.is_empty(),
        ValueKind::Array(elements) => !elements.is_empty(),
        ValueKind::Object(object) => !object.pairs.is_empty(),
    }
}
