//! Which documentation belongs to which definition.

use std::collections::HashMap;

use crate::ast::Object;
use crate::doc::{Doc, SectionKind};
use crate::source::Name;
use crate::text::Text;

use super::{Cx, Expr, ExprError, Meta};

/// Checks the comment before a definition, and keeps it if it is about the definition.
pub(super) fn lift_doc(
    cx: &mut Cx,
    meta: Meta,
    name: &Name,
    doc: Option<Doc>,
    object: &Object,
    orphans: &mut Vec<Doc>,
) -> Option<Box<Doc>> {
    let Some(doc) = doc else {
        if !cx.tolerances.loose_docs && cx.exceptions.doc_required() {
            cx.report(ExprError::DocMissing {
                meta,
                name: name.clone(),
            });
        }
        return None;
    };
    if let Some(symbol) = doc
        .symbol
        .as_ref()
        .filter(|symbol| symbol.text != name.text)
    {
        if !cx.tolerances.loose_docs {
            let (symbol, name) = (symbol.clone(), name.clone());
            cx.report(ExprError::DocSymbol { symbol, name, meta });
        }
        orphans.push(doc);
        return None;
    }
    if !cx.tolerances.loose_docs {
        check_sections(cx, meta, name, &doc, object);
    }
    Some(Box::new(doc))
}

/// `Returns` and `Errors` are for commands, `Returns` for those that return something.
fn check_sections(cx: &mut Cx, meta: Meta, name: &Name, doc: &Doc, object: &Object) {
    let find = |kind| doc.sections.iter().find(|section| section.kind == kind);
    let (returns, errors) = (find(SectionKind::Returns), find(SectionKind::Errors));
    if meta == Meta::Command {
        if let Some(section) = returns.filter(|_| object.get("returns").is_none()) {
            let (span, name) = (section.span, name.clone());
            cx.report(ExprError::DocReturnsNothing { span, name });
        }
        return;
    }
    for (section, title) in [(returns, "Returns"), (errors, "Errors")] {
        if let Some(section) = section {
            let span = section.span;
            cx.report(ExprError::DocCommandSection {
                section: title,
                meta,
                span,
            });
        }
    }
}

/// Gives comments that stand before another definition to the one they name.
///
/// Old files put several definitions below one comment, so the comment of the
/// last one stands before the first.
pub(super) fn adopt(exprs: &mut [Expr], orphans: Vec<Doc>) {
    let mut by_symbol: HashMap<Text, Doc> = HashMap::new();
    for doc in orphans {
        if let Some(symbol) = doc.symbol.as_ref().map(|symbol| symbol.text.clone()) {
            by_symbol.entry(symbol).or_insert(doc);
        }
    }
    if by_symbol.is_empty() {
        return;
    }
    for expr in exprs.iter_mut().filter(|expr| expr.doc.is_none()) {
        expr.doc = by_symbol.remove(&expr.name.text).map(Box::new);
    }
}
