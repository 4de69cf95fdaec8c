//! Features.

use std::collections::{HashMap, HashSet};

use crate::expr::{Expr, ExprKind, Feature, Members, c_name};

use super::super::error::SchemaError;
use super::Cx;

/// Features whose meaning QEMU itself knows.
const SPECIAL: [&str; 2] = ["deprecated", "unstable"];

/// How many features QEMU can tell apart: it keeps them in the bits of an integer.
const MAX_FEATURES: usize = 64;

/// Checks the features of a definition.
pub(super) fn check_definition(cx: &mut Cx<'_>, expr: &Expr) {
    check_clash(cx, &expr.features);
    check_special(cx, expr);
}

/// Features of one thing must differ, conditions or not.
pub(super) fn check_clash(cx: &mut Cx<'_>, features: &[Feature]) {
    let mut seen = HashMap::new();
    for feature in features {
        if let Some(first) = seen.get(&c_name(&feature.name.text)) {
            let (name, first) = (feature.name.clone(), Clone::clone(*first));
            cx.report(SchemaError::FeatureClash { name, first });
        } else {
            seen.insert(c_name(&feature.name.text), &feature.name);
        }
    }
}

/// Nothing could follow from a type being deprecated: it is not on the wire.
fn check_special(cx: &mut Cx<'_>, expr: &Expr) {
    let meta = expr.meta();
    if !meta.is_type() {
        return;
    }
    for feature in &expr.features {
        if SPECIAL.contains(&feature.name.text.as_str()) {
            cx.report(SchemaError::TypeFeature {
                name: feature.name.clone(),
                meta,
            });
        }
    }
}

/// The schema as a whole must not have more features than there are bits for.
pub(super) fn check_count(cx: &mut Cx<'_>) {
    let mut seen: HashSet<&str> = SPECIAL.into_iter().collect();
    let table = cx.table;
    for id in table.ids() {
        for feature in all_features(table.expr(id)) {
            if seen.insert(&feature.name.text) && seen.len() > MAX_FEATURES {
                cx.current = id;
                let name = feature.name.clone();
                return cx.report(SchemaError::TooManyFeatures {
                    name,
                    limit: MAX_FEATURES,
                });
            }
        }
    }
}

/// The features of a definition and of everything in it.
fn all_features(expr: &Expr) -> Vec<&Feature> {
    let mut features: Vec<_> = expr.features.iter().collect();
    let members = match &expr.kind {
        ExprKind::Enum(enum_) => {
            features.extend(enum_.values.iter().flat_map(|value| &value.features));
            return features;
        }
        ExprKind::Struct(struct_) => &struct_.members,
        ExprKind::Union(crate::expr::Union {
            base: Members::Inline(members),
            ..
        })
        | ExprKind::Command(crate::expr::Command {
            data: Members::Inline(members),
            ..
        })
        | ExprKind::Event(crate::expr::Event {
            data: Members::Inline(members),
            ..
        }) => members,
        ExprKind::Union(_) | ExprKind::Command(_) | ExprKind::Event(_) | ExprKind::Alternate(_) => {
            return features;
        }
    };
    features.extend(members.iter().flat_map(|member| &member.features));
    features
}
