//! Features.

use crate::ast::{Object, Value, ValueKind};
use crate::cond::Cond;
use crate::source::Name;

use super::cond::lift_if;
use super::item::lift_item;
use super::keys;
use super::name::{Casing, check_name};
use super::owner::Owner;
use super::{Cx, ExprError};

/// A named, possibly conditional mark that clients can look for.
#[derive(Clone, Debug)]
pub struct Feature {
    /// Its name, such as `deprecated` or `unstable`.
    pub name: Name,
    /// When it is present.
    pub cond: Option<Cond>,
}

/// Lifts the `features` of a definition, a member or an enum value.
pub(super) fn lift_features(cx: &mut Cx, object: &Object) -> Vec<Feature> {
    let Some(features) = object.get("features") else {
        return Vec::new();
    };
    let ValueKind::Array(items) = &features.kind else {
        cx.report(ExprError::NotArray {
            owner: Owner::Key("features"),
            span: features.span,
        });
        return Vec::new();
    };
    items
        .iter()
        .filter_map(|item| lift_feature(cx, item))
        .collect()
}

fn lift_feature(cx: &mut Cx, item: &Value) -> Option<Feature> {
    let (name, long) = lift_item(cx, Owner::Feature(None), item, keys::FEATURE)?;
    let owner = Owner::Feature(Some(name.text.clone()));
    check_name(cx, &owner, &name, &name.text, Casing::lower(false));
    let cond = long.and_then(|object| lift_if(cx, &owner, object));
    Some(Feature { name, cond })
}
