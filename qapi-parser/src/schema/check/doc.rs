//! Documentation must describe everything that is there, and nothing else.

use std::collections::HashSet;

use crate::doc::{Doc, DocEntry};
use crate::expr::{Expr, ExprKind, Feature};
use crate::source::Name;

use super::super::definition::DefinitionId;
use super::super::error::SchemaError;
use super::{Cx, member};

/// Something in a definition that its documentation should describe.
struct Part<'t> {
    what: &'static str,
    name: &'t Name,
    features: &'t [Feature],
}

/// Every part of a definition must be described, and every feature; and whatever
/// is described must be there.
pub(super) fn check_doc(cx: &mut Cx<'_>, id: DefinitionId) {
    let table = cx.table;
    let expr = table.expr(id);
    let Some(doc) = &expr.doc else { return };
    let parts = parts(cx, id, expr);
    if is_exact(doc, expr, &parts) {
        return;
    }
    check_completeness(cx, expr, doc, &parts);
    std::mem::swap(&mut cx.errors, &mut cx.surplus);
    check_existence(cx, expr, doc, &parts);
    std::mem::swap(&mut cx.errors, &mut cx.surplus);
}

/// Whether the documentation describes just what is there, in the same order.
/// Most does, and looking at this alone is much quicker.
fn is_exact(doc: &Doc, expr: &Expr, parts: &[Part<'_>]) -> bool {
    let features = parts.iter().flat_map(|part| part.features);
    let mut features = expr.features.iter().chain(features);
    let described = doc.members.iter().map(|entry| &entry.name.text);
    described.eq(parts.iter().map(|part| &part.name.text))
        && doc.features.is_empty()
        && features.next().is_none()
}

fn check_completeness(cx: &mut Cx<'_>, expr: &Expr, doc: &Doc, parts: &[Part<'_>]) {
    let exceptions = &cx.pragma.documentation_exceptions;
    let excepted = exceptions.contains(&expr.name.text);
    let (members, features) = (names(&doc.members), names(&doc.features));
    check_features(cx, doc, &features, &expr.features);
    for part in parts {
        if !excepted && !members.contains(part.name.text.as_str()) {
            let (what, name, doc) = (part.what, part.name.clone(), doc.span);
            cx.report(SchemaError::Undocumented { what, name, doc });
        }
        check_features(cx, doc, &features, part.features);
    }
}

fn check_features(cx: &mut Cx<'_>, doc: &Doc, described: &HashSet<&str>, features: &[Feature]) {
    for feature in features {
        if !described.contains(feature.name.text.as_str()) {
            let (name, doc) = (feature.name.clone(), doc.span);
            cx.report(SchemaError::UndocumentedFeature { name, doc });
        }
    }
}

fn check_existence(cx: &mut Cx<'_>, expr: &Expr, doc: &Doc, parts: &[Part<'_>]) {
    let members: HashSet<_> = parts.iter().map(|part| part.name.text.as_str()).collect();
    let features = parts
        .iter()
        .flat_map(|part| part.features)
        .chain(&expr.features);
    let features: HashSet<_> = features.map(|feature| feature.name.text.as_str()).collect();
    for (name, similar) in surplus(cx, &doc.members, &members) {
        let owner = expr.name.clone();
        cx.report(SchemaError::DocumentedMember {
            name,
            owner,
            similar,
        });
    }
    for (name, similar) in surplus(cx, &doc.features, &features) {
        let owner = expr.name.clone();
        cx.report(SchemaError::DocumentedFeature {
            name,
            owner,
            similar,
        });
    }
}

/// The entries that describe nothing, and what they may have meant.
fn surplus(
    cx: &mut Cx<'_>,
    entries: &[DocEntry],
    there: &HashSet<&str>,
) -> Vec<(Name, Option<String>)> {
    let surplus = entries
        .iter()
        .filter(|entry| !there.contains(entry.name.text.as_str()));
    let mut candidates: Vec<_> = there.iter().copied().collect();
    candidates.sort_unstable();
    surplus
        .map(|entry| {
            let similar = cx.similar.to(&entry.name.text, candidates.iter().copied());
            (entry.name.clone(), similar)
        })
        .collect()
}

fn names(entries: &[DocEntry]) -> HashSet<&str> {
    entries
        .iter()
        .map(|entry| entry.name.text.as_str())
        .collect()
}

/// What documentation describes: not what is inherited or defined elsewhere, and
/// not the branches of a union.
fn parts<'t>(cx: &Cx<'t>, id: DefinitionId, expr: &'t Expr) -> Vec<Part<'t>> {
    match &expr.kind {
        ExprKind::Enum(enum_) => enum_
            .values
            .iter()
            .map(|value| Part {
                what: "value",
                name: &value.name,
                features: &value.features,
            })
            .collect(),
        ExprKind::Alternate(alternate) => alternate
            .alternatives
            .iter()
            .map(|it| Part {
                what: "alternative",
                name: &it.name,
                features: &[],
            })
            .collect(),
        ExprKind::Struct(_) | ExprKind::Union(_) | ExprKind::Command(_) | ExprKind::Event(_) => {
            member::own(cx, id)
                .iter()
                .map(|it| Part {
                    what: "member",
                    name: &it.name,
                    features: &it.features,
                })
                .collect()
        }
    }
}
