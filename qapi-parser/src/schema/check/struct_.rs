//! Structs, and what unions share with them.

use crate::expr::{ExprKind, Members, Meta};
use crate::source::Span;

use super::super::definition::{DefinitionId, TypeRef};
use super::super::error::SchemaError;
use super::{Cx, member, resolve_reference};

/// The base of a struct or a union must be a struct.
pub(super) fn check_base(cx: &mut Cx<'_>, id: DefinitionId) -> Option<(DefinitionId, Span)> {
    let table = cx.table;
    let base = match &table.expr(id).kind {
        ExprKind::Struct(struct_) => struct_.base?,
        ExprKind::Union(union) => match &union.base {
            Members::Named(base) => *base,
            Members::Inline(_) => return None,
        },
        ExprKind::Enum(_) | ExprKind::Alternate(_) | ExprKind::Command(_) | ExprKind::Event(_) => {
            return None;
        }
    };
    let ty = resolve_reference(cx, base);
    match ty {
        Some(TypeRef::Definition(id)) if table.meta(id) == Meta::Struct => {
            return Some((id, base.span));
        }
        Some(ty) => {
            let (is, defined) = (cx.describe(&ty), cx.defined(&ty));
            cx.report(SchemaError::BaseNotStruct {
                base: table.name(base),
                is,
                defined,
            });
        }
        None => {}
    }
    cx.objects[id.index()].incomplete = true;
    None
}

/// Checks the members of a struct.
pub(super) fn check_members(cx: &mut Cx<'_>, id: DefinitionId) {
    let members = member::own(cx, id);
    member::check_members(cx, id, members);
}
