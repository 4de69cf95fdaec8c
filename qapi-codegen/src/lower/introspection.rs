//! What the schema tells about itself, for code that has no server to ask.

use std::collections::{BTreeMap, BTreeSet};

use qapi_parser::{Checked, Introspection, Schema, SchemaInfo, SchemaInfoKind};

use super::Cx;
use crate::choice::{Conditions, Part};

/// The answer to `query-qmp-schema` of a server that has what is generated, if it is wanted.
///
/// What is left to the compiler is all in there: a constant cannot ask.
pub(crate) fn lower_introspection(cx: &Cx<'_>, schema: &Checked<Schema>) -> Option<String> {
    if !cx.options.parts.contains(&Part::Introspection) {
        return None;
    }
    let conds = &cx.options.conds;
    let mut all = Introspection::masked(schema);
    if conds.conditions == Conditions::Evaluate {
        all = all.evaluate(&|symbol| conds.is_defined(symbol));
    }
    let wanted = wanted(cx, &all.entries);
    let is_wanted = |entry: &SchemaInfo| wanted.contains(&entry.name);
    all.entries = all.entries.into_iter().filter(is_wanted).collect();
    Some(all.to_string())
}

/// The names of the entries for the commands and events that are generated, and
/// of all that these refer to.
fn wanted(cx: &Cx<'_>, entries: &[SchemaInfo]) -> BTreeSet<String> {
    let by_name: BTreeMap<_, _> = entries
        .iter()
        .map(|entry| (entry.name.as_str(), entry))
        .collect();
    let mut todo: Vec<&str> = entries
        .iter()
        .filter(|entry| is_root(cx, entry))
        .map(|entry| entry.name.as_str())
        .collect();
    let mut wanted = BTreeSet::new();
    while let Some(name) = todo.pop() {
        if let Some(entry) = by_name.get(name)
            && wanted.insert(name.to_owned())
        {
            todo.extend(references(&entry.kind));
        }
    }
    wanted
}

fn is_root(cx: &Cx<'_>, entry: &SchemaInfo) -> bool {
    let is_root = matches!(
        entry.kind,
        SchemaInfoKind::Command { .. } | SchemaInfoKind::Event { .. }
    );
    let id = cx.schema.find(&entry.name);
    is_root && id.is_some_and(|id| cx.subset.contains(id))
}

/// The names of other entries that stand in one.
fn references(kind: &SchemaInfoKind) -> Vec<&str> {
    match kind {
        SchemaInfoKind::Builtin { .. } | SchemaInfoKind::Enum { .. } => Vec::new(),
        SchemaInfoKind::Array { element_type } => vec![element_type],
        SchemaInfoKind::Object {
            members, variants, ..
        } => {
            let members = members.iter().map(|member| member.ty.as_str());
            let variants = variants.iter().map(|variant| variant.ty.as_str());
            members.chain(variants).collect()
        }
        SchemaInfoKind::Alternate { members } => {
            members.iter().map(|member| member.ty.as_str()).collect()
        }
        SchemaInfoKind::Command {
            arg_type, ret_type, ..
        } => vec![arg_type, ret_type],
        SchemaInfoKind::Event { arg_type } => vec![arg_type],
    }
}
