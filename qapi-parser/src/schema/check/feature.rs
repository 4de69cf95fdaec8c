//! Features.

use std::collections::HashSet;

use crate::expr::{CName, Expr, ExprKind, Feature};
use crate::seen::Seen;

use super::super::definition::DefinitionId;
use super::super::error::SchemaError;
use super::{Cx, member};

/// Features whose meaning QEMU itself knows.
const SPECIAL: [&str; 2] = ["deprecated", "unstable"];

/// How many features QEMU can tell apart: it keeps them in the bits of an integer.
const MAX_FEATURES: usize = 64;

/// Checks the features of a definition.
pub(super) fn check_definition<'t>(cx: &mut Cx<'t>, expr: &'t Expr) {
    check_clash(cx, &expr.features);
    check_special(cx, expr);
}

/// Features of one thing must differ, conditions or not.
pub(super) fn check_clash<'t>(cx: &mut Cx<'t>, features: &'t [Feature]) {
    let mut seen = Seen::default();
    for feature in features {
        cx.features.insert(&feature.name.text);
        if let Some(first) = seen.insert(CName(&feature.name.text), &feature.name) {
            let (name, first) = (feature.name.clone(), first.clone());
            cx.report(SchemaError::FeatureClash { name, first });
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
    cx.features.extend(SPECIAL);
    if cx.features.len() <= MAX_FEATURES {
        return;
    }
    let mut seen: HashSet<&str> = SPECIAL.into_iter().collect();
    for id in cx.table.ids() {
        for feature in all_features(cx, id) {
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
fn all_features<'t>(cx: &Cx<'t>, id: DefinitionId) -> Vec<&'t Feature> {
    let expr = cx.table.expr(id);
    let mut features: Vec<_> = expr.features.iter().collect();
    if let ExprKind::Enum(enum_) = &expr.kind {
        features.extend(enum_.values.iter().flat_map(|value| &value.features));
    }
    let members = member::own(cx, id).iter();
    features.extend(members.flat_map(|member| &member.features));
    features
}
