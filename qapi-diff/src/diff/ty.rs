//! Types at the same place.

use qapi_parser::Cond;

use crate::rules::{self, Rule};
use crate::wire::{Kind, Range, Scalar, ShapeKind, Type, Wire};

use super::compare::{Cx, pair};
use super::cond;
use super::graph::{At, Side};

/// Compares the types of values at a place.
pub(super) fn compare(cx: &mut Cx<'_>, at: &At, old: &Type, new: &Type) {
    match (old, new) {
        (Type::Array(old), Type::Array(new)) => compare(cx, at, old, new),
        (Type::Shape(one), Type::Shape(other)) if alike(cx, old, new) => {
            cx.graph.lead(at, pair(*one, *other));
        }
        (Type::Scalar(one), Type::Scalar(other)) if one == other => {}
        (Type::Scalar(_) | Type::Array(_) | Type::Shape(_), _) => compare_kinds(cx, at, old, new),
    }
}

/// Whether two types are of the same kind of definition.
fn alike(cx: &Cx<'_>, old: &Type, new: &Type) -> bool {
    cx.old.wire.kind(old) == cx.new.wire.kind(new)
}

/// One of the types that values of a type may have, when there is this one.
struct Choice<'w> {
    kind: Kind,
    ty: &'w Type,
    cond: Option<&'w Cond>,
    /// Where the alternative stands; none where the type is no alternate.
    span: Option<qapi_parser::Span>,
}

/// The types that values of a type may have, each of another kind.
fn choices<'w>(wire: &'w Wire, ty: &'w Type) -> Vec<Choice<'w>> {
    if let Some(kind) = wire.kind(ty) {
        return vec![Choice {
            kind,
            ty,
            cond: None,
            span: None,
        }];
    }
    let Type::Shape(id) = ty else {
        return Vec::new();
    };
    let ShapeKind::Alternate(alternatives) = &wire.shape(*id).kind else {
        return Vec::new();
    };
    alternatives
        .iter()
        .filter_map(|it| {
            Some(Choice {
                kind: wire.kind(&it.ty)?,
                ty: &it.ty,
                cond: it.cond.as_ref(),
                span: Some(it.name.span),
            })
        })
        .collect()
}

/// Compares types of which one has values of a kind that the other has not, or both are alternates.
pub(super) fn compare_kinds(cx: &mut Cx<'_>, at: &At, old: &Type, new: &Type) {
    let (old_choices, new_choices) = (choices(cx.old.wire, old), choices(cx.new.wire, new));
    if let ([one], [other]) = (old_choices.as_slice(), new_choices.as_slice())
        && one.span.is_none()
        && other.span.is_none()
    {
        return compare_single(cx, at, old, new);
    }
    let is_in = |kind: Kind, choices: &[Choice<'_>]| choices.iter().any(|it| it.kind == kind);
    if is_in(Kind::Any, &old_choices) {
        return change(cx, &rules::ANY_MADE_TYPE, at, old, new);
    }
    if is_in(Kind::Any, &new_choices) {
        return change(cx, &rules::TYPE_MADE_ANY, at, old, new);
    }
    if !old_choices.iter().any(|it| is_in(it.kind, &new_choices)) {
        return change(cx, &rules::TYPE_CHANGED, at, old, new);
    }
    for choice in &old_choices {
        match new_choices.iter().find(|it| it.kind == choice.kind) {
            Some(other) => {
                let here = At {
                    old: choice.span.unwrap_or(at.old),
                    new: other.span.unwrap_or(at.new),
                    ..at.clone()
                };
                compare_existence(cx, &here, choice, other);
                compare(cx, &here, choice.ty, other.ty);
            }
            None => {
                let (was, is) = sides(cx, at, old, new);
                let was = Side {
                    span: choice.span.or(was.span),
                    ..was
                };
                cx.graph.change(&rules::ALTERNATIVE_REMOVED, at, was, is);
            }
        }
    }
    for choice in &new_choices {
        if !is_in(choice.kind, &old_choices) {
            let (was, is) = sides(cx, at, old, new);
            let is = Side {
                span: choice.span.or(is.span),
                ..is
            };
            cx.graph.change(&rules::ALTERNATIVE_ADDED, at, was, is);
        }
    }
}

/// Compares when there are two alternatives; their types are told along, for the path does not name them.
fn compare_existence(cx: &mut Cx<'_>, at: &At, old: &Choice<'_>, new: &Choice<'_>) {
    if let Some(rule) = cond::compare(old.cond, new.cond) {
        let text = |wire: &Wire, it: &Choice<'_>| {
            format!("{} {}", wire.describe(it.ty), cond::text(it.cond))
        };
        let was = Side::is(at.old, text(cx.old.wire, old));
        let is = Side::is(at.new, text(cx.new.wire, new));
        cx.graph.change(rule, at, was, is);
    }
}

/// Compares types that are no alternates.
fn compare_single(cx: &mut Cx<'_>, at: &At, old: &Type, new: &Type) {
    let rule = match (old, new) {
        (Type::Scalar(Scalar::Any), _) => &rules::ANY_MADE_TYPE,
        (_, Type::Scalar(Scalar::Any)) => &rules::TYPE_MADE_ANY,
        (Type::Scalar(Scalar::Integer(old)), Type::Scalar(Scalar::Integer(new))) => {
            compare_ranges(*old, *new)
        }
        (Type::Scalar(Scalar::Integer(_)), Type::Scalar(Scalar::Number)) => {
            &rules::INTEGER_MADE_NUMBER
        }
        (Type::Scalar(Scalar::Number), Type::Scalar(Scalar::Integer(_))) => {
            &rules::NUMBER_MADE_INTEGER
        }
        (Type::Scalar(Scalar::Str), Type::Shape(_)) if alike_kinds(cx, old, new) => {
            &rules::STRING_MADE_ENUM
        }
        (Type::Shape(_), Type::Scalar(Scalar::Str)) if alike_kinds(cx, old, new) => {
            &rules::ENUM_MADE_STRING
        }
        (Type::Array(_), _) => &rules::ARRAY_MADE_SINGLE,
        (_, Type::Array(_)) => &rules::SINGLE_MADE_ARRAY,
        (Type::Scalar(_) | Type::Shape(_), _) => &rules::TYPE_CHANGED,
    };
    change(cx, rule, at, old, new);
}

fn alike_kinds(cx: &Cx<'_>, old: &Type, new: &Type) -> bool {
    cx.old.wire.kind(old) == Some(Kind::String) && cx.new.wire.kind(new) == Some(Kind::String)
}

fn compare_ranges(old: Range, new: Range) -> &'static Rule {
    if new.holds(old) {
        &rules::INTEGER_WIDENED
    } else if old.holds(new) {
        &rules::INTEGER_NARROWED
    } else {
        &rules::INTEGER_RANGE_MOVED
    }
}

fn change(cx: &mut Cx<'_>, rule: &'static Rule, at: &At, old: &Type, new: &Type) {
    let (was, is) = sides(cx, at, old, new);
    cx.graph.change(rule, at, was, is);
}

fn sides(cx: &Cx<'_>, at: &At, old: &Type, new: &Type) -> (Side, Side) {
    (
        Side::is(at.old, cx.old.wire.describe(old)),
        Side::is(at.new, cx.new.wire.describe(new)),
    )
}
