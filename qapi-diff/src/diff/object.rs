//! Objects: their members, and what the values of a tag add.
//!
//! A member may move between those that an object always has and those of branches. It is then compared where it is now,
//! and the branches are told to skip it.

use qapi_parser::{Cond, Span, Text};

use crate::path::Step;
use crate::rules;
use crate::wire::{Branch, Member, Object, ShapeId, ShapeKind, Type, Value, Wire};

use super::compare::{Cx, compare_conds, compare_features};
use super::graph::{At, Pair, Side};
use super::merge::{Entry, merge};
use super::reach::Mark;
use super::ty;

/// Compares two objects at a place, but for the members in `skip`.
pub(super) fn compare(cx: &mut Cx<'_>, at: &At, old: &Object, new: &Object, skip: &[Text]) {
    let mut moved = Vec::new();
    for both in merge(&old.members, &new.members, |it| &it.name.text) {
        match both {
            Entry::Both(old, new) => {
                if !skip.contains(&old.name.text) {
                    compare_members(cx, at, old, new);
                }
            }
            Entry::Old(member) if skip.contains(&member.name.text) => {}
            Entry::New(member) if skip.contains(&member.name.text) => {}
            Entry::Old(member) => {
                let branches = having(cx.new.wire, new, &member.name.text);
                if branches.is_empty() {
                    removed(cx, at, member);
                } else {
                    move_to(cx, at, member, new, &branches);
                    moved.push(member.name.text.clone());
                }
            }
            Entry::New(member) => {
                let branches = having(cx.old.wire, old, &member.name.text);
                if branches.is_empty() {
                    added(cx, at, member);
                } else {
                    move_from(cx, at, member, old, &branches);
                    moved.push(member.name.text.clone());
                }
            }
        }
    }
    compare_tags(cx, at, old, new, &moved);
}

fn compare_members(cx: &mut Cx<'_>, at: &At, old: &Member, new: &Member) {
    let at = &At {
        old: old.name.span,
        new: new.name.span,
        mark: Mark::of(&old.name, &old.features),
        ..at.then(Step::Member(old.name.text.clone()))
    };
    if old.optional != new.optional {
        let rule = match new.optional {
            true => &rules::MEMBER_MADE_OPTIONAL,
            false => &rules::MEMBER_MADE_REQUIRED,
        };
        let (was, is) = (
            Side::is(at.old, cx.old.wire.describe_member(old)),
            Side::is(at.new, cx.new.wire.describe_member(new)),
        );
        cx.graph.change(rule, at, was, is);
    }
    compare_conds(cx, at, old.cond.as_ref(), new.cond.as_ref());
    compare_features(cx, at, &old.features, &new.features);
    ty::compare(cx, at, &old.ty, &new.ty);
}

fn removed(cx: &mut Cx<'_>, at: &At, member: &Member) {
    let rule = match member.optional {
        true => &rules::OPTIONAL_MEMBER_REMOVED,
        false => &rules::REQUIRED_MEMBER_REMOVED,
    };
    let mut here = at.then(Step::Member(member.name.text.clone()));
    here.mark = Mark::of(&member.name, &member.features);
    let was = Side::is(member.name.span, cx.old.wire.describe_member(member));
    cx.graph.change(rule, &here, was, Side::absent(at.new));
}

fn added(cx: &mut Cx<'_>, at: &At, member: &Member) {
    let rule = match member.optional {
        true => &rules::OPTIONAL_MEMBER_ADDED,
        false => &rules::REQUIRED_MEMBER_ADDED,
    };
    let here = at.then(Step::Member(member.name.text.clone()));
    let is = Side::is(member.name.span, cx.new.wire.describe_member(member));
    cx.graph.change(rule, &here, Side::absent(at.old), is);
}

/// The branches of an object that have a member of that name.
fn having<'w>(wire: &'w Wire, object: &'w Object, name: &str) -> Vec<(&'w Branch, &'w Member)> {
    let branches = object.tag.iter().flat_map(|tag| &tag.branches);
    branches
        .filter_map(|branch| {
            let members = members(wire, branch.shape);
            let found = members.binary_search_by(|it| (*it.name.text).cmp(name));
            found.ok().map(|index| (branch, &members[index]))
        })
        .collect()
}

fn members(wire: &Wire, shape: ShapeId) -> &[Member] {
    match &wire.shape(shape).kind {
        ShapeKind::Object(object) => &object.members,
        ShapeKind::Enum(_) | ShapeKind::Alternate(_) => &[],
    }
}

/// Where every value of the tag has the member nothing has changed but its place in the schema.
fn is_everywhere(wire: &Wire, object: &Object, branches: &[(&Branch, &Member)]) -> bool {
    branches.len() == values(wire, object).len()
}

fn move_to(cx: &mut Cx<'_>, at: &At, old: &Member, object: &Object, new: &[(&Branch, &Member)]) {
    let name = &old.name.text;
    let first = new.first().map_or(at.new, |(_, member)| member.name.span);
    if !is_everywhere(cx.new.wire, object, new) {
        let mut here = at.then(Step::Member(name.clone()));
        here.mark = Mark::of(&old.name, &old.features);
        let was = Side::is(old.name.span, cx.old.wire.describe_member(old));
        let is = Side::is(first, with_values(new));
        cx.graph
            .change(&rules::MEMBER_MOVED_TO_BRANCHES, &here, was, is);
    }
    for (branch, member) in new {
        let at = at.then(Step::Branch(branch.value.text.clone()));
        compare_members(cx, &at, old, member);
    }
}

fn move_from(cx: &mut Cx<'_>, at: &At, new: &Member, object: &Object, old: &[(&Branch, &Member)]) {
    let name = &new.name.text;
    let first = old.first().map_or(at.old, |(_, member)| member.name.span);
    if !is_everywhere(cx.old.wire, object, old) {
        let here = at.then(Step::Member(name.clone()));
        let was = Side::is(first, with_values(old));
        let is = Side::is(new.name.span, cx.new.wire.describe_member(new));
        cx.graph
            .change(&rules::MEMBER_MOVED_FROM_BRANCHES, &here, was, is);
    }
    for (branch, member) in old {
        let at = at.then(Step::Branch(branch.value.text.clone()));
        compare_members(cx, &at, member, new);
    }
}

fn with_values(branches: &[(&Branch, &Member)]) -> String {
    let values = branches
        .iter()
        .map(|(branch, _)| branch.value.text.as_str());
    format!("with {}", values.collect::<Vec<_>>().join(", "))
}

/// The values of the tag of an object.
fn values<'w>(wire: &'w Wire, object: &'w Object) -> &'w [Value] {
    match &object.tag {
        Some(tag) => values_of(wire, object, &tag.name),
        None => &[],
    }
}

/// The values of a member that is an enum.
fn values_of<'w>(wire: &'w Wire, object: &'w Object, name: &str) -> &'w [Value] {
    let members = &object.members;
    let found = members.binary_search_by(|it| (*it.name.text).cmp(name));
    match found.map(|index| &members[index].ty) {
        Ok(Type::Shape(id)) => match &wire.shape(*id).kind {
            ShapeKind::Enum(values) => values,
            ShapeKind::Object(_) | ShapeKind::Alternate(_) => &[],
        },
        Ok(Type::Scalar(_) | Type::Array(_)) | Err(_) => &[],
    }
}

fn compare_tags(cx: &mut Cx<'_>, at: &At, old: &Object, new: &Object, moved: &[Text]) {
    let tag = match (&old.tag, &new.tag) {
        (None, None) => return,
        (Some(old), Some(new)) if old.name != new.name => {
            let (was, is) = (Side::is(at.old, &*old.name), Side::is(at.new, &*new.name));
            cx.graph.change(&rules::TAG_CHANGED, at, was, is);
            return;
        }
        (Some(tag), _) | (_, Some(tag)) => &tag.name,
    };
    let old_values = values_of(cx.old.wire, old, tag);
    let new_values = values_of(cx.new.wire, new, tag);
    for both in merge(branches(old), branches(new), |it| &it.value.text) {
        match both {
            Entry::Both(old, new) => {
                let here = At {
                    old: old.value.span,
                    new: new.value.span,
                    ..at.then(Step::Branch(old.value.text.clone()))
                };
                let (was, is) = (own_cond(old, old_values), own_cond(new, new_values));
                compare_conds(cx, &here, was, is);
                let (old, new) = (old.shape, new.shape);
                let skip = moved.to_vec();
                cx.graph.lead(&here, Pair { old, new, skip });
            }
            Entry::Old(branch) => {
                if find(new_values, &branch.value.text).is_some() {
                    let here = beside(at, branch, branch.value.span, at.new);
                    let members = members(cx.old.wire, branch.shape).iter();
                    let kept = members.filter(|it| !moved.contains(&it.name.text));
                    kept.for_each(|member| removed(cx, &here, member));
                }
            }
            Entry::New(branch) => {
                if find(old_values, &branch.value.text).is_some() {
                    let here = beside(at, branch, at.old, branch.value.span);
                    let members = members(cx.new.wire, branch.shape).iter();
                    let kept = members.filter(|it| !moved.contains(&it.name.text));
                    kept.for_each(|member| added(cx, &here, member));
                }
            }
        }
    }
}

fn branches(object: &Object) -> &[Branch] {
    object.tag.as_ref().map_or(&[], |tag| &tag.branches)
}

fn find<'w>(values: &'w [Value], name: &Text) -> Option<&'w Value> {
    let found = values.binary_search_by(|it| it.name.text.cmp(name));
    found.ok().map(|index| &values[index])
}

/// When a branch is there, unless that is when its value is: then the value tells it.
fn own_cond<'w>(branch: &'w Branch, values: &[Value]) -> Option<&'w Cond> {
    let value = find(values, &branch.value.text).and_then(|value| value.cond.as_ref());
    branch.cond.as_ref().filter(|cond| value != Some(*cond))
}

/// The place of a branch that one of the schemas does not have.
fn beside(at: &At, branch: &Branch, old: Span, new: Span) -> At {
    At {
        old,
        new,
        ..at.then(Step::Branch(branch.value.text.clone()))
    }
}
