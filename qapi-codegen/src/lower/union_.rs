//! Unions.
//!
//! A union with nothing but the tag in its base is an enum. Any other is a
//! struct whose last field, `branch`, holds tag and branch together, so that
//! the two cannot disagree.

use qapi_parser::{Branch, Definition, DefinitionId, DefinitionKind, EnumValue, TypeRef, Union};

use super::cycle::Use;
use super::error::LowerError;
use super::member::{self, Owned, lower_members};
use super::pattern::Place;
use super::ty::lower_contained;
use super::{Cx, name};
use crate::ident::Ident;
use crate::ir::{self, About, Item};

/// The enum, or struct and enum, for a schema's union.
pub(crate) fn lower_union(cx: &mut Cx<'_>, id: DefinitionId, union: &Union) -> Vec<Item> {
    let definition = cx.schema.definition(id);
    let tag = ir::Tag {
        wire_name: union.discriminator.text.to_string(),
        ty: tag_path(cx, union),
    };
    let about = cx.about(id, &format!("The `{}` object.", definition.name.text));
    match cx.names.branch_ident(id) {
        None => {
            let ident = cx.names.type_ident(id);
            vec![lower_tagged(cx, id, union, (ident, about, tag), true)]
        }
        Some(branch) => {
            let about_branch = About {
                docs: vec![format!(
                    "What [`{}::branch`] holds: the `{}` member and what depends on it.",
                    cx.names.type_ident(id),
                    tag.wire_name
                )],
                ..About::default()
            };
            let about_branch = cx.with_hooks(about_branch, Place::branches(id));
            let whole = lower_whole(cx, id, union, (about, branch.clone(), tag.clone()));
            vec![
                whole,
                lower_tagged(cx, id, union, (branch, about_branch, tag), false),
            ]
        }
    }
}

/// The struct that holds the base and the branch.
fn lower_whole(
    cx: &mut Cx<'_>,
    id: DefinitionId,
    union: &Union,
    parts: (About, Ident, ir::Tag),
) -> Item {
    let (about, ty, tag) = parts;
    let members = member::of(cx, id);
    let is_tag = |owned: &Owned<'_>| owned.member.name.text == tag.wire_name;
    let position = members.iter().position(is_tag).unwrap_or_default();
    let about_branch = members.get(position).map(|owned| {
        cx.about_entry(
            owned.place(),
            owned.doc,
            &owned.member.name,
            &owned.member.features,
            "member",
        )
    });
    let members: Vec<_> = members.into_iter().filter(|owned| !is_tag(owned)).collect();
    let branches = union.branches.iter();
    let branch = ir::BranchField {
        ident: name::ident("branch"),
        borrows: branches
            .filter(|branch| cx.holds(branch.cond.as_ref()))
            .any(|branch| cx.borrows.contains(branch.ty)),
        ty,
        about: about_branch.unwrap_or_default(),
        tag,
        position,
    };
    Item::Struct(ir::Struct {
        ident: cx.names.type_ident(id),
        about,
        fields: lower_members(cx, id, &members),
        branch: Some(branch),
    })
}

/// The enum that holds the tag and what depends on it.
fn lower_tagged(
    cx: &mut Cx<'_>,
    id: DefinitionId,
    union: &Union,
    (ident, about, tag): (Ident, About, ir::Tag),
    whole: bool,
) -> Item {
    let mut branches = Vec::new();
    for value in tag_values(cx, cx.schema.definition(union.tag)) {
        let branch = union
            .branches
            .iter()
            .find(|branch| branch.name.text == value.name.text && cx.holds(branch.cond.as_ref()));
        branches.extend(lower_branch(cx, id, union.tag, value, branch));
    }
    // Open or closed like the tag, for the two must agree.
    let other = cx
        .received
        .contains(union.tag)
        .then(|| name::other(branches.iter().map(|branch| &branch.ident)));
    Item::Tagged(ir::TaggedEnum {
        ident,
        about,
        tag,
        branches,
        other,
        whole,
    })
}

/// The variant for a value of the tag. Where there may be a branch for it and
/// may be none, it is two of which the compiler sees one.
fn lower_branch(
    cx: &mut Cx<'_>,
    id: DefinitionId,
    tag: DefinitionId,
    value: &EnumValue,
    branch: Option<&Branch>,
) -> Vec<ir::Branch> {
    let cfg = cx.cfg(value.cond.as_deref()).within(&cx.cfg_of(id));
    let doc = cx.schema.definition(tag).doc.as_deref();
    let place = Place::branch(id, &value.name.text);
    let empty = ir::Branch {
        cfg: cfg.clone(),
        ident: cx.variant(tag, &value.name.text),
        payload: None,
        about: cx.about_entry(place, doc, &value.name, &value.features, "value"),
    };
    let Some(branch) = branch else {
        return vec![empty];
    };
    let ty = TypeRef::Definition(branch.ty);
    let full = cx.cfg_inside(id, branch.cond.as_ref(), &ty).within(&cfg);
    let payload = lower_contained(cx, id, &ty, Use::Branch, &branch.name);
    let branch = ir::Branch {
        cfg: cfg.clone().and(full.clone()),
        payload: Some(payload),
        ..empty.clone()
    };
    if full.is_always() {
        vec![branch]
    } else {
        let cfg = cfg.and(full.negate());
        vec![branch, ir::Branch { cfg, ..empty }]
    }
}

fn tag_path(cx: &mut Cx<'_>, union: &Union) -> ir::Path {
    match super::ty::lower_named(cx, union.tag, &union.discriminator) {
        ir::Ty::Named { path, .. } => path,
        _ => {
            cx.error(LowerError::ReplacedTag {
                name: union.discriminator.clone(),
            });
            ir::Path(vec![name::ident("Replaced")])
        }
    }
}

fn tag_values<'a>(cx: &Cx<'a>, tag: &'a Definition) -> Vec<&'a EnumValue> {
    match &tag.kind {
        DefinitionKind::Enum(enum_) => enum_
            .values
            .iter()
            .filter(|value| cx.holds(value.cond.as_deref()))
            .collect(),
        // A check makes sure that a tag is an enum.
        DefinitionKind::Struct(_)
        | DefinitionKind::Union(_)
        | DefinitionKind::Alternate(_)
        | DefinitionKind::Command(_)
        | DefinitionKind::Event(_) => Vec::new(),
    }
}
