//! Unions.

use crate::ast::{Object, Pair, Value, ValueKind};
use crate::cond::Cond;
use crate::source::Name;

use super::alternate::lift_alternate;
use super::cond::lift_if;
use super::keys::{self, check_keys};
use super::member::{Members, lift_members_or_name};
use super::name::Casing;
use super::owner::Owner;
use super::ty::lift_type_name;
use super::{Cx, ExprError, ExprKind, Meta, Reference, era};

/// A union, its references not looked up.
#[derive(Clone, Debug)]
pub(crate) struct Union {
    /// The members that every value has.
    pub(crate) base: Members,
    /// The name of the member that chooses the branch.
    pub(crate) discriminator: Name,
    /// The branches that are listed.
    pub(crate) branches: Vec<Branch>,
}

/// A branch, its type not looked up.
#[derive(Clone, Debug)]
pub(crate) struct Branch {
    /// The value of the tag that chooses it.
    pub(crate) name: Name,
    /// The type whose members it adds.
    pub(crate) ty: Reference,
    /// Its `if`.
    pub(crate) cond: Option<Cond>,
}

/// Lifts what `union` has meant at one time or another.
pub(super) fn lift_union(cx: &mut Cx, name: &Name, object: &Object) -> Option<ExprKind> {
    match object.get("discriminator") {
        None if cx.tolerances.simple_unions => {
            era::lift_simple_union(cx, name, object).map(ExprKind::Union)
        }
        None => None,
        Some(Value {
            kind: ValueKind::Object(none),
            ..
        }) if none.pairs.is_empty() && cx.tolerances.anonymous_unions => {
            lift_alternate(cx, object).map(ExprKind::Alternate)
        }
        Some(discriminator) => {
            lift_tagged_union(cx, name, object, discriminator).map(ExprKind::Union)
        }
    }
}

/// Lifts a union of today, which names its tag.
fn lift_tagged_union(
    cx: &mut Cx,
    name: &Name,
    object: &Object,
    discriminator: &Value,
) -> Option<Union> {
    let Some(base) = object.get("base") else {
        // The keys were checked, but for unions that need no base.
        if cx.tolerances.simple_unions {
            let (owner, span) = (Owner::Definition(Meta::Union), name.span);
            cx.report(ExprError::MissingKey {
                owner,
                key: "base",
                span,
            });
        }
        return None;
    };
    let casing = Casing::lower(cx.exceptions.loosely_named_type(&name.text));
    let base = lift_members_or_name(cx, name, "base", base, casing);
    let discriminator = lift_discriminator(cx, discriminator);
    let branches = lift_data(cx, object)?;
    let branches = branches
        .pairs
        .iter()
        .filter_map(|pair| lift_branch(cx, pair))
        .collect();
    Some(Union {
        base: base?,
        discriminator: discriminator?,
        branches,
    })
}

fn lift_discriminator(cx: &mut Cx, value: &Value) -> Option<Name> {
    match &value.kind {
        ValueKind::String(text) => Some(Name {
            text: text.clone(),
            span: value.span,
        }),
        _ => {
            cx.report(ExprError::NameNotString {
                owner: Owner::Discriminator,
                span: value.span,
            });
            None
        }
    }
}

/// The `data` of a union or an alternate, which must be an object.
pub(super) fn lift_data<'o>(cx: &mut Cx, object: &'o Object) -> Option<&'o Object> {
    let data = object.get("data")?;
    match &data.kind {
        ValueKind::Object(pairs) => Some(pairs),
        _ => {
            cx.report(ExprError::NotObject {
                owner: Owner::Key("data"),
                span: data.span,
            });
            None
        }
    }
}

fn lift_branch(cx: &mut Cx, pair: &Pair) -> Option<Branch> {
    let owner = Owner::Branch(pair.key.text.clone());
    let (ty, cond) = lift_long_form(cx, &owner, &pair.value)?;
    let ty = lift_type_name(cx, &owner, ty)?;
    Some(Branch {
        name: pair.key.clone(),
        ty,
        cond,
    })
}

/// The type and the condition of a branch or an alternative.
pub(super) fn lift_long_form<'v>(
    cx: &mut Cx,
    owner: &Owner,
    value: &'v Value,
) -> Option<(&'v Value, Option<Cond>)> {
    let ValueKind::Object(long) = &value.kind else {
        return Some((value, None));
    };
    check_keys(cx, owner, long, value.span, keys::BRANCH);
    let cond = lift_if(cx, owner, long);
    Some((long.get("type")?, cond))
}
