//! Features.

use crate::ast::{Object, Value, ValueKind};
use crate::cond::Cond;
use crate::source::Name;

use super::cond::lift_if;
use super::keys::{self, check_keys};
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
pub(super) fn lift_features(cx: &mut Cx<'_>, object: &Object) -> Vec<Feature> {
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

fn lift_feature(cx: &mut Cx<'_>, item: &Value) -> Option<Feature> {
    let long = match &item.kind {
        ValueKind::Object(object) => Some(object),
        _ => None,
    };
    if let Some(object) = long {
        check_keys(cx, &Owner::Feature(None), object, item.span, keys::FEATURE);
    }
    let written = long.map_or(Some(item), |object| object.get("name"))?;
    let ValueKind::String(text) = &written.kind else {
        cx.report(ExprError::NameNotString {
            owner: Owner::Feature(None),
            span: written.span,
        });
        return None;
    };
    let name = Name {
        text: text.clone(),
        span: written.span,
    };
    let owner = Owner::Feature(Some(name.text.clone()));
    check_name(cx, &owner, &name, &name.text, Casing::lower(false));
    let cond = long.and_then(|object| lift_if(cx, &owner, object));
    Some(Feature { name, cond })
}
