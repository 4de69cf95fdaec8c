//! Members of objects.

use crate::ast::{Object, Pair, Value, ValueKind};
use crate::cond::Cond;
use crate::source::Name;

use super::cond::lift_if;
use super::feature::{Feature, lift_features};
use super::keys::{self, check_keys};
use super::name::{Casing, check_member_name};
use super::owner::Owner;
use super::ty::{Type, lift_type, lift_type_name};
use super::{Cx, ExprError, Reference, era};

/// A member, its type not looked up.
#[derive(Clone, Debug)]
pub(crate) struct Member {
    /// The key on the wire.
    pub(crate) name: Name,
    /// Whether it may be absent.
    pub(crate) optional: bool,
    /// Its type.
    pub(crate) ty: Type,
    /// Its `if`. Few have one, and there are many members.
    pub(crate) cond: Option<Box<Cond>>,
    /// Its `features`.
    pub(crate) features: Vec<Feature>,
}

/// Members, either written in place or those of a named type.
#[derive(Clone, Debug)]
pub(crate) enum Members {
    /// Written in place.
    Inline(Vec<Member>),
    /// Those of a type.
    Named(Reference),
}

/// Lifts members that stand below `key` of the definition `parent`.
///
/// `casing` is the rule for their names.
pub(super) fn lift_members(
    cx: &mut Cx,
    parent: &Name,
    object: &Object,
    casing: Casing,
) -> Vec<Member> {
    object
        .pairs
        .iter()
        .filter_map(|pair| lift_member(cx, parent, pair, casing))
        .collect()
}

/// Lifts members, or the name of a type that has them.
pub(super) fn lift_members_or_name(
    cx: &mut Cx,
    parent: &Name,
    key: &'static str,
    value: &Value,
    casing: Casing,
) -> Option<Members> {
    match &value.kind {
        ValueKind::String(_) => lift_type_name(cx, &Owner::Key(key), value).map(Members::Named),
        ValueKind::Object(object) => {
            Some(Members::Inline(lift_members(cx, parent, object, casing)))
        }
        ValueKind::Bool(_) | ValueKind::Array(_) => {
            let owner = Owner::Key(key);
            cx.report(ExprError::NotMembers {
                owner,
                or_name: true,
                span: value.span,
            });
            None
        }
    }
}

fn lift_member(cx: &mut Cx, parent: &Name, pair: &Pair, casing: Casing) -> Option<Member> {
    let owner = Owner::Member(pair.key.text.clone());
    let optional = pair.key.text.starts_with('*');
    let name = Name {
        text: pair
            .key
            .text
            .slice(usize::from(optional)..pair.key.text.len()),
        span: pair.key.span,
    };
    check_member_name(cx, &owner, &name, casing);
    let Some(long) = long_form(cx, &pair.value) else {
        let ty = match &pair.value.kind {
            ValueKind::Object(object) => era::lift_nested_struct(cx, parent, &name, object),
            _ => lift_type(cx, &owner, &pair.value)?,
        };
        return Some(Member {
            name,
            optional,
            ty,
            cond: None,
            features: Vec::new(),
        });
    };
    check_keys(cx, &owner, long, pair.value.span, keys::MEMBER);
    let cond = lift_if(cx, &owner, long).map(Box::new);
    let features = lift_features(cx, long);
    let ty = lift_type(cx, &owner, long.get("type")?)?;
    Some(Member {
        name,
        optional,
        ty,
        cond,
        features,
    })
}

/// The object that spells a member out; none for a type and for a nested struct.
fn long_form<'v>(cx: &Cx, value: &'v Value) -> Option<&'v Object> {
    match &value.kind {
        ValueKind::Object(object) if cx.tolerances.nested_structs => {
            keys::MEMBER.describe(object).then_some(object)
        }
        ValueKind::Object(object) => Some(object),
        ValueKind::String(_) | ValueKind::Bool(_) | ValueKind::Array(_) => None,
    }
}
