//! Alternates: their alternatives must be told apart by the kind of JSON value.

use std::collections::HashMap;

use crate::expr::{Alternate, Alternative, CName, ExprKind};
use crate::seen::Seen;
use crate::source::Name;

use super::super::builtin::JsonKind;
use super::super::definition::TypeRef;
use super::super::error::SchemaError;
use super::{Cx, resolve_type};

/// Checks the alternatives: first that their types exist, then the rest.
pub(super) fn check_alternate(cx: &mut Cx<'_>, alternate: &Alternate) {
    let types: Vec<_> = alternate
        .alternatives
        .iter()
        .map(|it| resolve_type(cx, it.ty))
        .collect();
    let mut names = Seen::default();
    let mut claimed = HashMap::new();
    for (alternative, ty) in alternate.alternatives.iter().zip(types) {
        check_name(cx, &alternative.name, &mut names);
        let Some(ty) = ty else { continue };
        let Some(kinds) = claims(cx, &ty) else {
            check_type(cx, alternative, &ty);
            continue;
        };
        check_kinds(cx, &alternative.name, &kinds, &mut claimed);
    }
}

/// Names of alternatives must differ in C.
fn check_name<'t>(cx: &mut Cx<'_>, name: &'t Name, seen: &mut Seen<CName<'t>, &'t Name>) {
    if let Some(first) = seen.insert(CName(&name.text), name) {
        let (name, first) = (name.clone(), first.clone());
        cx.report(SchemaError::AlternativeClash { name, first });
    }
}

/// Types without a kind of their own cannot be alternatives.
fn check_type(cx: &mut Cx<'_>, alternative: &Alternative, ty: &TypeRef) {
    let (is, defined) = (cx.describe(ty), cx.defined(ty));
    let (alternative, ty) = (
        alternative.name.clone(),
        cx.table.name(alternative.ty.element),
    );
    cx.report(SchemaError::AlternativeType {
        alternative,
        ty,
        is,
        defined,
    });
}

/// No kind of value may be meant for two alternatives.
fn check_kinds<'t>(
    cx: &mut Cx<'_>,
    name: &'t Name,
    kinds: &[JsonKind],
    claimed: &mut HashMap<JsonKind, &'t Name>,
) {
    let taken = kinds
        .iter()
        .find_map(|kind| Some((*kind, *claimed.get(kind)?)));
    if let Some((kind, first)) = taken {
        let (name, first) = (name.clone(), first.clone());
        let kind = plural(kind);
        return cx.report(SchemaError::Indistinguishable { name, first, kind });
    }
    claimed.extend(kinds.iter().map(|kind| (*kind, name)));
}

/// The kinds of values that a type claims; none for a type that is no alternative.
///
/// Strings claim numbers and booleans as well, because on a command line they
/// look alike; so do enums with values that look like one.
fn claims(cx: &Cx<'_>, ty: &TypeRef) -> Option<Vec<JsonKind>> {
    match ty {
        TypeRef::Array(_) => Some(vec![JsonKind::Array]),
        TypeRef::Builtin(builtin) => match builtin.json_kind()? {
            JsonKind::String => Some(vec![JsonKind::String, JsonKind::Number, JsonKind::Bool]),
            kind => Some(vec![kind]),
        },
        TypeRef::Definition(id) => match &cx.table.expr(*id).kind {
            ExprKind::Struct(_) | ExprKind::Union(_) => Some(vec![JsonKind::Object]),
            ExprKind::Enum(enum_) => {
                let has =
                    |test: fn(&str) -> bool| enum_.values.iter().any(|it| test(&it.name.text));
                let mut kinds = vec![JsonKind::String];
                kinds.extend(has(|value| matches!(value, "on" | "off")).then_some(JsonKind::Bool));
                kinds.extend(has(looks_like_number).then_some(JsonKind::Number));
                Some(kinds)
            }
            ExprKind::Alternate(_) | ExprKind::Command(_) | ExprKind::Event(_) => None,
        },
    }
}

fn looks_like_number(value: &str) -> bool {
    value.starts_with(|first: char| first.is_ascii_digit() || matches!(first, '-' | '+' | '.'))
}

fn plural(kind: JsonKind) -> &'static str {
    match kind {
        JsonKind::Object => "objects",
        JsonKind::Array => "arrays",
        JsonKind::String => "strings",
        JsonKind::Number => "numbers",
        JsonKind::Bool => "booleans",
        JsonKind::Null => "`null`",
    }
}
