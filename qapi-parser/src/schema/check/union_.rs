//! Unions: the tag and the branches.

use std::collections::HashSet;
use std::rc::Rc;

use crate::expr::{CName, ExprKind, Member, Meta, Union};
use crate::source::{Name, Span};
use crate::text::Text;

use super::super::builtin::QTYPE;
use super::super::definition::{DefinitionId, TypeRef};
use super::super::error::SchemaError;
use super::{Cx, member, resolve_reference};

/// Checks the base of a union, and the tag that must be in it.
pub(super) fn check_tag(cx: &mut Cx<'_>, id: DefinitionId) {
    member::check_inline(cx, id);
    let Some(union) = as_union(cx, id) else {
        return;
    };
    let Some(tag) = check_discriminator(cx, id, union) else {
        return;
    };
    let (name, member) = (union.discriminator.clone(), tag.name.clone());
    let Some(ty) = cx.table.type_ref(tag.ty) else {
        return;
    };
    let Some(enum_) = as_enum(cx, &ty) else {
        let is = cx.describe(&ty);
        return cx.report(SchemaError::TagNotEnum { name, member, is });
    };
    cx.objects[id.index()].tag = Some(enum_);
    if tag.optional {
        cx.report(SchemaError::TagOptional { name, member });
    } else if tag.cond.is_some() {
        cx.report(SchemaError::TagConditional { name, member });
    }
    check_not_empty(cx, union, enum_);
}

/// The discriminator must name a member of the base.
fn check_discriminator<'t>(
    cx: &mut Cx<'t>,
    id: DefinitionId,
    union: &'t Union,
) -> Option<&'t Member> {
    let name = &union.discriminator;
    let found = find_tag(cx, id, union);
    // A base that is itself wrong may have the member for all we know.
    if found.is_none() && !cx.objects[id.index()].incomplete {
        let mut similar = std::mem::take(&mut cx.similar);
        let members = member::levels(cx, id).flat_map(|level| member::own(cx, level));
        let found = similar.to(&name.text, members.map(|member| member.name.text.as_str()));
        cx.similar = similar;
        let (name, similar) = (name.clone(), found);
        cx.report(SchemaError::UnknownDiscriminator { name, similar });
    }
    found
}

fn find_tag<'t>(cx: &Cx<'t>, id: DefinitionId, union: &Union) -> Option<&'t Member> {
    let (member, _) = member::find(cx, id, CName(&union.discriminator.text))?;
    (member.name.text == union.discriminator.text).then_some(member)
}

fn as_enum(cx: &Cx<'_>, ty: &TypeRef) -> Option<DefinitionId> {
    let TypeRef::Definition(id) = ty else {
        return None;
    };
    (cx.table.meta(*id) == Meta::Enum).then_some(*id)
}

/// A union must have a branch; every value of its tag is one, listed or not.
fn check_not_empty(cx: &mut Cx<'_>, union: &Union, tag: DefinitionId) {
    if union.branches.is_empty() && values(cx, tag).is_empty() {
        let name = cx.table.expr(cx.current).name.clone();
        let (tag, defined) = named(cx, tag);
        cx.report(SchemaError::NoBranches { name, tag, defined });
    }
}

/// Checks a branch, and gives the object that it adds.
pub(super) fn check_branch(
    cx: &mut Cx<'_>,
    id: DefinitionId,
    index: usize,
) -> Option<(DefinitionId, Span)> {
    let union = as_union(cx, id)?;
    let branch = &union.branches[index];
    let ty = resolve_reference(cx, branch.ty);
    check_branch_name(cx, id, &branch.name);
    let ty = ty?;
    let object = cx.as_object(&ty);
    if object.is_none() {
        let (is, defined) = (cx.describe(&ty), cx.defined(&ty));
        let (branch, ty) = (branch.name.clone(), cx.table.name(branch.ty));
        cx.report(SchemaError::BranchNotObject {
            branch,
            ty,
            is,
            defined,
        });
    }
    object.map(|object| (object, branch.ty.span))
}

/// A branch must be for a value of the tag.
fn check_branch_name(cx: &mut Cx<'_>, id: DefinitionId, name: &Name) {
    let Some(tag) = cx.objects[id.index()].tag else {
        return;
    };
    if values(cx, tag).contains(name.text.as_str()) {
        return;
    }
    let values = match &cx.table.expr(tag).kind {
        ExprKind::Enum(enum_) => &enum_.values[..],
        _ => &[],
    };
    let candidates = values.iter().map(|value| value.name.text.as_str());
    let similar = cx.similar.to(&name.text, candidates);
    let (tag, defined) = named(cx, tag);
    cx.report(SchemaError::UnknownBranch {
        name: name.clone(),
        tag,
        defined,
        similar,
    });
}

fn named(cx: &Cx<'_>, tag: DefinitionId) -> (Text, Option<Span>) {
    let name = &cx.table.expr(tag).name;
    (name.text.clone(), (tag != QTYPE).then_some(name.span))
}

/// The values of an enum, looked up once for all unions with it.
fn values<'c, 't>(cx: &'c mut Cx<'t>, tag: DefinitionId) -> &'c HashSet<&'t str> {
    let table = cx.table;
    cx.values
        .entry(tag)
        .or_insert_with(|| match &table.expr(tag).kind {
            ExprKind::Enum(enum_) => enum_
                .values
                .iter()
                .map(|it| it.name.text.as_str())
                .collect(),
            _ => HashSet::new(),
        })
}

/// The objects that the branches of a union add, each once.
pub(super) fn branch_types(cx: &Cx<'_>, id: DefinitionId) -> Vec<DefinitionId> {
    let branches = as_union(cx, id)
        .map(|union| &union.branches[..])
        .unwrap_or_default();
    let mut seen = HashSet::new();
    let types = branches
        .iter()
        .filter_map(|branch| cx.table.named_type(branch.ty.name));
    let objects = types.filter_map(|ty| cx.as_object(&ty.into()));
    objects.filter(|object| seen.insert(*object)).collect()
}

/// What a branch adds must not be there already, however deep in it.
pub(super) fn check_branch_members(cx: &mut Cx<'_>, id: DefinitionId) {
    let Some(union) = as_union(cx, id) else {
        return;
    };
    let mut seen = HashSet::from([id]);
    for branch in &union.branches {
        let ty = cx.table.named_type(branch.ty.name);
        let Some(object) = ty.and_then(|ty| cx.as_object(&ty.into())) else {
            continue;
        };
        if adds_nothing_known(cx, id, object) {
            continue;
        }
        let mut reached = vec![object];
        while let Some(object) = reached.pop() {
            if seen.insert(object) {
                check_added(cx, id, &branch.name, object);
                reached.extend(branch_types(cx, object).into_iter().rev());
            }
        }
    }
}

/// Whether a branch is a union that adds no member which is there already, by
/// itself or by its own branches. Many unions may share a large one.
fn adds_nothing_known(cx: &mut Cx<'_>, id: DefinitionId, nested: DefinitionId) -> bool {
    if as_union(cx, nested).is_none() {
        return false;
    }
    let holder = cx.objects[id.index()].base.unwrap_or(id);
    if cx.wholly_disjoint.contains(&(holder, nested)) {
        return true;
    }
    let added = all_added(cx, nested);
    let disjoint = member::levels(cx, holder)
        .flat_map(|level| member::own(cx, level))
        .all(|member| !added.contains(&CName(&member.name.text)));
    if disjoint {
        cx.wholly_disjoint.insert((holder, nested));
    }
    disjoint
}

/// The spellings in C of all members that a union can add as a branch.
fn all_added<'t>(cx: &mut Cx<'t>, union: DefinitionId) -> Rc<HashSet<CName<'t>>> {
    if let Some(added) = cx.added.get(&union) {
        return Rc::clone(added);
    }
    let mut added = HashSet::new();
    let mut seen = HashSet::new();
    let mut reached = vec![union];
    while let Some(object) = reached.pop() {
        if seen.insert(object) {
            let names = member::own(cx, object)
                .iter()
                .map(|it| CName(&it.name.text));
            added.extend(names);
            reached.extend(branch_types(cx, object));
            reached.extend(cx.objects[object.index()].base);
        }
    }
    let added = Rc::new(added);
    cx.added.insert(union, Rc::clone(&added));
    added
}

/// Compares the members of an object in a branch with those of the union.
fn check_added(cx: &mut Cx<'_>, id: DefinitionId, branch: &Name, object: DefinitionId) {
    // Many unions may share a base.
    let holder = cx.objects[id.index()].base.unwrap_or(id);
    if cx.disjoint.contains(&(holder, object)) {
        return;
    }
    let clashes = shared_members(cx, holder, object);
    if clashes.is_empty() {
        cx.disjoint.insert((holder, object));
    }
    for (first, owner, member) in clashes {
        let first_of = (owner != id).then(|| cx.table.expr(owner).name.text.clone());
        let ty = cx.table.expr(object).name.text.clone();
        cx.report(SchemaError::BranchClash {
            branch: branch.clone(),
            member: member.name.clone(),
            ty,
            first: first.name.clone(),
            first_of,
        });
    }
}

/// The members of one object that are in another as well: as they are in the
/// one, which of its bases has them, and as they are in the other.
///
/// Goes through the smaller of the two: one large struct may be in many unions.
fn shared_members<'t>(
    cx: &Cx<'t>,
    one: DefinitionId,
    other: DefinitionId,
) -> Vec<(&'t Member, DefinitionId, &'t Member)> {
    let in_other = |member: &Member| member::find(cx, other, CName(&member.name.text));
    let in_one = |member: &Member| member::find(cx, one, CName(&member.name.text));
    if member::count(cx, one) < member::count(cx, other) {
        let members = member::inherited_first(cx, one);
        let clash = |(owner, member)| Some((member, owner, in_other(member)?.0));
        members.into_iter().filter_map(clash).collect()
    } else {
        let members = member::inherited_first(cx, other);
        let clash = |(_, member)| in_one(member).map(|(first, owner)| (first, owner, member));
        members.into_iter().filter_map(clash).collect()
    }
}

fn as_union<'t>(cx: &Cx<'t>, id: DefinitionId) -> Option<&'t Union> {
    match &cx.table.expr(id).kind {
        ExprKind::Union(union) => Some(union),
        _ => None,
    }
}
