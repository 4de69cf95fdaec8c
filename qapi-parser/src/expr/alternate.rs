//! Alternates.

use crate::ast::{Object, Pair};
use crate::cond::Cond;
use crate::source::Name;

use super::name::{Casing, check_name};
use super::owner::Owner;
use super::ty::{Type, lift_type};
use super::union_::{lift_data, lift_long_form};
use super::{Cx, ExprError};

/// An alternate, its references not looked up.
#[derive(Clone, Debug)]
pub(crate) struct Alternate {
    /// Its alternatives.
    pub(crate) alternatives: Vec<Alternative>,
}

/// An alternative, its type not looked up.
#[derive(Clone, Debug)]
pub(crate) struct Alternative {
    /// Its name.
    pub(crate) name: Name,
    /// Its type.
    pub(crate) ty: Type,
    /// Its `if`.
    pub(crate) cond: Option<Cond>,
}

/// Lifts an alternate, or a union of old that meant one: the alternatives in its `data`.
pub(super) fn lift_alternate(cx: &mut Cx, object: &Object) -> Option<Alternate> {
    let data = lift_data(cx, object)?;
    if data.pairs.is_empty() {
        let span = object.get("data")?.span;
        cx.report(ExprError::NoAlternatives { span });
        return None;
    }
    let alternatives = data
        .pairs
        .iter()
        .filter_map(|pair| lift_alternative(cx, pair))
        .collect();
    Some(Alternate { alternatives })
}

fn lift_alternative(cx: &mut Cx, pair: &Pair) -> Option<Alternative> {
    let owner = Owner::Alternative(pair.key.text.clone());
    check_name(cx, &owner, &pair.key, &pair.key.text, Casing::lower(false));
    let (ty, cond) = lift_long_form(cx, &owner, &pair.value)?;
    let ty = lift_type(cx, &owner, ty)?;
    Some(Alternative {
        name: pair.key.clone(),
        ty,
        cond,
    })
}
