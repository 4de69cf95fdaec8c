//! Decides the conditions of entries for one build.

use crate::cond::Cond;

use super::info::{SchemaInfo, SchemaInfoFeature, SchemaInfoKind};

/// Which symbols a build defines.
type Symbols<'a> = &'a dyn Fn(&str) -> bool;

/// Takes away what does not exist in a build, and the conditions of what does.
pub(super) fn evaluate(entries: &mut Vec<SchemaInfo>, symbols: Symbols<'_>) {
    entries.retain_mut(|entry| exists(&mut entry.cond, symbols));
    for entry in entries {
        evaluate_features(&mut entry.features, symbols);
        evaluate_kind(&mut entry.kind, symbols);
    }
}

fn evaluate_kind(kind: &mut SchemaInfoKind, symbols: Symbols<'_>) {
    match kind {
        SchemaInfoKind::Enum { members } => {
            members.retain_mut(|member| exists(&mut member.cond, symbols));
            for member in members {
                evaluate_features(&mut member.features, symbols);
            }
        }
        SchemaInfoKind::Object {
            members, variants, ..
        } => {
            members.retain_mut(|member| exists(&mut member.cond, symbols));
            for member in members {
                evaluate_features(&mut member.features, symbols);
            }
            variants.retain_mut(|variant| exists(&mut variant.cond, symbols));
        }
        SchemaInfoKind::Alternate { members } => {
            members.retain_mut(|member| exists(&mut member.cond, symbols));
        }
        SchemaInfoKind::Builtin { .. }
        | SchemaInfoKind::Array { .. }
        | SchemaInfoKind::Command { .. }
        | SchemaInfoKind::Event { .. } => {}
    }
}

fn evaluate_features(features: &mut Option<Vec<SchemaInfoFeature>>, symbols: Symbols<'_>) {
    if let Some(features) = features {
        features.retain_mut(|feature| exists(&mut feature.cond, symbols));
    }
}

/// Whether something under this condition exists; takes the condition away.
fn exists(cond: &mut Option<Cond>, symbols: Symbols<'_>) -> bool {
    cond.take().is_none_or(|cond| cond.evaluate(symbols))
}
