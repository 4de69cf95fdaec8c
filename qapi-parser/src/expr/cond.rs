//! Conditions.

use crate::ast::{Object, Value, ValueKind};
use crate::cond::Cond;

use super::c_cond::lift_c_expression;
use super::keys::{self, check_keys};
use super::owner::Owner;
use super::{Cx, ExprError};

/// How deep conditions may nest; released ones are three levels deep. Every walk
/// over a condition recurses, so this keeps the stack small.
pub(super) const MAX_DEPTH: usize = 64;

/// Lifts the `if` of an object.
pub(super) fn lift_if(cx: &mut Cx, owner: &Owner, object: &Object) -> Option<Cond> {
    lift_cond(cx, owner, object.get("if")?, 0)
}

fn lift_cond(cx: &mut Cx, owner: &Owner, value: &Value, depth: usize) -> Option<Cond> {
    let (owner_of, span) = (|| owner.clone(), value.span);
    if depth >= MAX_DEPTH {
        cx.report(ExprError::CondTooDeep {
            owner: owner_of(),
            limit: MAX_DEPTH,
            span,
        });
        return None;
    }
    match &value.kind {
        ValueKind::String(text) if is_symbol(text) => Some(Cond::Symbol(text.to_string())),
        ValueKind::String(text) if cx.tolerances.c_conditions => {
            lift_c_expression(cx, owner, text, span)
        }
        ValueKind::String(text) => {
            let text = text.to_string();
            cx.report(ExprError::CondSymbol {
                owner: owner_of(),
                text,
                span,
            });
            None
        }
        ValueKind::Object(object) => lift_operator(cx, owner, value, object, depth),
        ValueKind::Array(_) if cx.tolerances.c_conditions && depth == 0 => {
            lift_operands(cx, owner, "if", value, depth).map(Cond::All)
        }
        ValueKind::Array(_) | ValueKind::Bool(_) => {
            cx.report(ExprError::CondShape {
                owner: owner_of(),
                span,
            });
            None
        }
    }
}

fn is_symbol(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_uppercase())
        && text
            .bytes()
            .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_')
}

fn lift_operator(
    cx: &mut Cx,
    owner: &Owner,
    value: &Value,
    object: &Object,
    depth: usize,
) -> Option<Cond> {
    if !check_keys(cx, &Owner::Cond, object, value.span, keys::COND) {
        return None;
    }
    let [pair] = &object.pairs[..] else {
        cx.report(ExprError::CondKeys {
            owner: owner.clone(),
            span: value.span,
        });
        return None;
    };
    match pair.key.text.as_str() {
        "not" => {
            let operand = lift_cond(cx, owner, &pair.value, depth + 1)?;
            Some(Cond::Not(Box::new(operand)))
        }
        "all" => lift_operands(cx, owner, "all", &pair.value, depth).map(Cond::All),
        _ => lift_operands(cx, owner, "any", &pair.value, depth).map(Cond::Any),
    }
}

fn lift_operands(
    cx: &mut Cx,
    owner: &Owner,
    operator: &'static str,
    value: &Value,
    depth: usize,
) -> Option<Vec<Cond>> {
    let (owner_of, span) = (|| owner.clone(), value.span);
    let ValueKind::Array(operands) = &value.kind else {
        cx.report(ExprError::CondOperands {
            owner: owner_of(),
            operator,
            span,
        });
        return None;
    };
    if operands.is_empty() {
        cx.report(ExprError::CondEmpty {
            owner: owner_of(),
            operator,
            span,
        });
        return None;
    }
    // Not cut short by the first mistake, so that all are reported.
    let lifted: Vec<_> = operands
        .iter()
        .map(|operand| lift_cond(cx, owner, operand, depth + 1))
        .collect();
    lifted.into_iter().collect()
}
