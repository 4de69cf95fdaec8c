//! Alternates.

use qapi_parser::{Alternate, Alternative, Builtin, DefinitionId, TypeRef};

use super::Cx;
use super::cycle::Use;
use super::name::{self, Kind, Scope};
use super::pattern::Place;
use super::ty::{json_kind, lower_contained};
use crate::ir::{self, Item};

/// The enum for a schema's alternate.
pub(crate) fn lower_alternate(cx: &mut Cx<'_>, id: DefinitionId, alternate: &Alternate) -> Item {
    let wire_name = cx.schema.definition(id).name.text.to_string();
    let present: Vec<_> = alternate
        .alternatives
        .iter()
        .filter(|alternative| cx.holds(alternative.cond.as_ref()))
        .collect();
    let mut scope = Scope::new(Kind::Variant);
    let mut alternatives = Vec::new();
    for alternative in &present {
        alternatives.push(lower_alternative(cx, id, &mut scope, alternative));
    }
    for index in 0..alternatives.len() {
        let same = alternatives
            .iter()
            .filter(|other| other.payload == alternatives[index].payload)
            .count();
        alternatives[index].is_unique = same == 1;
    }
    Item::Untagged(ir::Untagged {
        ident: cx.names.type_ident(id),
        about: cx.about(id, &format!("The `{wire_name}` value.")),
        wire_name,
        alternatives,
    })
}

fn lower_alternative(
    cx: &mut Cx<'_>,
    id: DefinitionId,
    scope: &mut Scope,
    alternative: &Alternative,
) -> ir::Alternative {
    let doc = cx.schema.definition(id).doc.as_deref();
    let name = &alternative.name;
    let place = Place::member(id, &name.text);
    let payload = match (cx.hooks.replacement(place), &alternative.ty) {
        (Some(ty), _) => Some(ty),
        (None, TypeRef::Builtin(Builtin::Null)) => None,
        (None, _) => Some(lower_contained(
            cx,
            id,
            &alternative.ty,
            Use::Alternative,
            name,
        )),
    };
    ir::Alternative {
        cfg: cx.cfg_inside(id, alternative.cond.as_ref(), &alternative.ty),
        ident: cx.claim(scope, place, name::variant(&name.text), name),
        kind: json_kind(cx, &alternative.ty),
        payload,
        is_unique: true,
        about: cx.about_entry(place, doc, name, &[], "alternative"),
    }
}
