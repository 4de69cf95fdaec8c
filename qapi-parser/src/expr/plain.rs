//! Which expressions no rule about several can find fault with.

use super::c_name::CName;
use super::member::{Member, Members};
use super::{Expr, ExprKind};
use crate::dialect::Tolerances;
use crate::seen::Seen;

/// Whether an expression depends on no other: then nothing more can be wrong with it, provided that all types exist that
/// it refers to. Most definitions are like that.
///
/// It is told when the expression has just been lifted, and the processor has at hand what the rules would fetch again.
pub(super) fn is_plain(expr: &Expr, tolerances: &Tolerances) -> bool {
    let itself = match &expr.kind {
        ExprKind::Enum(enum_) => {
            let values = enum_.values.iter();
            are_distinct(values.map(|it| it.name.text.as_str()))
        }
        ExprKind::Struct(struct_) => struct_.base.is_none() && are_plain(&struct_.members),
        ExprKind::Command(command) => {
            let any_answer = command.returns.is_none() || tolerances.loose_names;
            any_answer && are_plain_arguments(&command.data)
        }
        ExprKind::Event(event) => are_plain_arguments(&event.data),
        ExprKind::Union(_) | ExprKind::Alternate(_) => false,
    };
    itself && expr.features.is_empty()
}

/// Arguments that are not boxed must not have conditions.
fn are_plain_arguments(data: &Members) -> bool {
    match data {
        Members::Inline(members) => {
            are_plain(members) && members.iter().all(|it| it.cond.is_none())
        }
        Members::Named(_) => false,
    }
}

fn are_plain(members: &[Member]) -> bool {
    members.iter().all(|it| it.features.is_empty())
        && are_distinct(members.iter().map(|it| it.name.text.as_str()))
}

/// Whether no two names are the same in C.
fn are_distinct<'n>(mut names: impl ExactSizeIterator<Item = &'n str>) -> bool {
    let mut seen = Seen::with_capacity(names.len());
    names.all(|name| seen.insert(CName(name), ()).is_none())
}
