//! From the types of the schema to Rust's.

use qapi_parser::{Builtin, DefinitionId, DefinitionKind, JsonKind, Name, TypeRef};

use super::Cx;
use super::cycle::Use;
use super::error::LowerError;
use super::pattern::Place;
use crate::ir::Ty;

/// The Rust type of a use of `ty` by `user`.
pub(crate) fn lower_type(cx: &mut Cx<'_>, ty: &TypeRef, user: &Name) -> Ty {
    match ty {
        TypeRef::Builtin(builtin) => lower_builtin(*builtin),
        TypeRef::Definition(id) => lower_named(cx, *id, user),
        TypeRef::Array(element) => Ty::List(Box::new(lower_type(cx, element, user))),
    }
}

/// The same for a use by value inside the definition `owner`, where a cycle may be cut.
pub(crate) fn lower_contained(
    cx: &mut Cx<'_>,
    owner: DefinitionId,
    ty: &TypeRef,
    how: Use,
    user: &Name,
) -> Ty {
    let lowered = lower_type(cx, ty, user);
    match ty {
        TypeRef::Definition(id) if cx.boxes.contains(owner, *id, how) => {
            Ty::Boxed(Box::new(lowered))
        }
        _ => lowered,
    }
}

/// The Rust type of a definition, which must not be excluded.
pub(crate) fn lower_named(cx: &mut Cx<'_>, id: DefinitionId, user: &Name) -> Ty {
    if let Some(ty) = cx.hooks.replacement(Place::whole(id)) {
        return ty;
    }
    let definition = cx.schema.definition(id);
    if !cx.holds(definition.cond.as_ref()) {
        cx.error(LowerError::Excluded {
            user: user.clone(),
            used: definition.name.clone(),
        });
    }
    cx.generated(id)
}

fn lower_builtin(builtin: Builtin) -> Ty {
    match builtin {
        Builtin::Str => Ty::String,
        Builtin::Number => Ty::Primitive("f64"),
        Builtin::Int | Builtin::Int64 => Ty::Primitive("i64"),
        Builtin::Int8 => Ty::Primitive("i8"),
        Builtin::Int16 => Ty::Primitive("i16"),
        Builtin::Int32 => Ty::Primitive("i32"),
        Builtin::Uint8 => Ty::Primitive("u8"),
        Builtin::Uint16 => Ty::Primitive("u16"),
        Builtin::Uint32 => Ty::Primitive("u32"),
        Builtin::Uint64 | Builtin::Size => Ty::Primitive("u64"),
        Builtin::Bool => Ty::Primitive("bool"),
        Builtin::Any => Ty::Value,
        Builtin::Null => Ty::Null,
    }
}

/// The variant of the runtime's `Kind` that values of a type have.
pub(crate) fn json_kind(cx: &Cx<'_>, ty: &TypeRef) -> &'static str {
    match ty {
        TypeRef::Array(_) => "Array",
        TypeRef::Builtin(builtin) => builtin_kind(*builtin),
        TypeRef::Definition(id) => match &cx.schema.definition(*id).kind {
            DefinitionKind::Enum(_) => "String",
            DefinitionKind::Struct(_)
            | DefinitionKind::Union(_)
            | DefinitionKind::Alternate(_)
            | DefinitionKind::Command(_)
            | DefinitionKind::Event(_) => "Object",
        },
    }
}

fn builtin_kind(builtin: Builtin) -> &'static str {
    match builtin.json_kind() {
        Some(JsonKind::String) => "String",
        Some(JsonKind::Bool) => "Boolean",
        Some(JsonKind::Null) => "Null",
        Some(JsonKind::Number) => "Number",
        Some(JsonKind::Array) => "Array",
        // A check keeps `any` out of alternates.
        Some(JsonKind::Object) | None => "Object",
    }
}

/// Whether a constructor takes anything that converts into the type.
pub(crate) fn converts(cx: &Cx<'_>, ty: &TypeRef) -> bool {
    match ty {
        TypeRef::Builtin(builtin) => matches!(builtin, Builtin::Str),
        TypeRef::Array(_) => false,
        TypeRef::Definition(id) => {
            let definition = cx.schema.definition(*id);
            let is_alternate = matches!(definition.kind, DefinitionKind::Alternate(_));
            is_alternate || cx.hooks.replaces(Place::whole(*id))
        }
    }
}
