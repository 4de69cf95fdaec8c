//! Items of lists: a name alone, or an object that holds it with more.

use crate::ast::{Object, Value, ValueKind};
use crate::source::Name;

use super::keys::{Keys, check_keys};
use super::owner::Owner;
use super::{Cx, ExprError};

/// The name of an enum value or a feature, and its long form if it has one.
///
/// `keys` are those of the long form; `owner` is what messages call the item
/// while its name is unknown.
pub(super) fn lift_item<'v>(
    cx: &mut Cx,
    owner: Owner,
    item: &'v Value,
    keys: Keys,
) -> Option<(Name, Option<&'v Object>)> {
    let long = match &item.kind {
        ValueKind::Object(object) => Some(object),
        _ => None,
    };
    if let Some(object) = long {
        check_keys(cx, &owner, object, item.span, keys);
    }
    let written = long.map_or(Some(item), |object| object.get("name"))?;
    let span = written.span;
    let ValueKind::String(text) = &written.kind else {
        cx.report(ExprError::NameNotString { owner, span });
        return None;
    };
    let text = text.clone();
    Some((Name { text, span }, long))
}
