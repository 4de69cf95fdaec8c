//! Commands and events: what they take, and what commands answer.

use crate::expr::{ExprKind, Members, Meta};

use super::super::definition::{DefinitionId, Single, TypeRef};
use super::super::error::SchemaError;
use super::{Cx, resolve_reference, resolve_type};

/// Named arguments must be a struct, or a union where they are boxed.
pub(super) fn check_data(cx: &mut Cx<'_>, id: DefinitionId) -> Option<DefinitionId> {
    let table = cx.table;
    let expr = table.expr(id);
    let Members::Named(to) = *data(cx, id)? else {
        return None;
    };
    let ty = resolve_reference(cx, to)?;
    let Some(object) = cx.as_object(&ty) else {
        let (is, defined) = (cx.describe(&ty), cx.defined(&ty));
        let (meta, ty) = (expr.meta(), table.name(to));
        cx.report(SchemaError::ArgumentsNotObject {
            meta,
            ty,
            is,
            defined,
        });
        return None;
    };
    if table.meta(object) == Meta::Union && !expr.flags.boxed {
        let defined = cx.defined(&ty);
        cx.report(SchemaError::UnboxedUnion {
            meta: expr.meta(),
            ty: table.name(to),
            defined,
        });
        return None;
    }
    Some(object)
}

/// Arguments with a condition must be boxed: C cannot leave a parameter out.
pub(super) fn check_arguments_inside(cx: &mut Cx<'_>, id: DefinitionId) {
    let expr = cx.table.expr(id);
    if expr.flags.boxed {
        return;
    }
    let Some(data) = data(cx, id) else { return };
    let (object, at) = match data {
        Members::Inline(_) => (id, None),
        Members::Named(to) => match cx.table.named_type(to.name) {
            Some(Single::Definition(object)) => (object, Some(to.span)),
            _ => return,
        },
    };
    if let Some(member) = cx.objects[object.index()].conditional {
        let (meta, member) = (expr.meta(), member.name.clone());
        let at = at.unwrap_or(member.span);
        cx.report(SchemaError::UnboxedCond { meta, at, member });
    }
}

/// A command must return an object or an array of objects, unless it is excepted.
pub(super) fn check_returns(cx: &mut Cx<'_>, id: DefinitionId) {
    let table = cx.table;
    let expr = table.expr(id);
    let ExprKind::Command(command) = &expr.kind else {
        return;
    };
    let Some(returns) = command.returns else {
        return;
    };
    let Some(ty) = resolve_type(cx, returns) else {
        return;
    };
    let exceptions = &cx.pragma.command_returns_exceptions;
    let excepted = exceptions.contains(&expr.name.text);
    let element = match &ty {
        TypeRef::Array(element) => element,
        other => other,
    };
    if !excepted && !cx.tolerances.loose_names && cx.as_object(element).is_none() {
        let is = cx.describe(&ty);
        cx.report(SchemaError::ReturnsNotObject {
            ty: table.name(returns.element),
            is,
        });
    }
}

fn data<'t>(cx: &Cx<'t>, id: DefinitionId) -> Option<&'t Members> {
    match &cx.table.expr(id).kind {
        ExprKind::Command(command) => Some(&command.data),
        ExprKind::Event(event) => Some(&event.data),
        ExprKind::Enum(_) | ExprKind::Struct(_) | ExprKind::Union(_) | ExprKind::Alternate(_) => {
            None
        }
    }
}
