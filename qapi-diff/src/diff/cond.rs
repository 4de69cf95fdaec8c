//! Whether a condition became narrower or wider.

use std::collections::BTreeSet;

use qapi_parser::Cond;

use crate::rules::{self, Rule};

/// So many symbols are tried in all combinations; released conditions have four at most. Beyond that, only equal
/// conditions are known to be.
const MAX_SYMBOLS: usize = 10;

/// What happened to a condition; none where it holds in the same builds as before.
pub(super) fn compare(old: Option<&Cond>, new: Option<&Cond>) -> Option<&'static Rule> {
    if old == new {
        return None;
    }
    let symbols: BTreeSet<_> = [old, new]
        .into_iter()
        .flatten()
        .flat_map(Cond::symbols)
        .collect();
    let symbols: Vec<_> = symbols.into_iter().collect();
    if symbols.len() > MAX_SYMBOLS {
        return Some(match (old, new) {
            (None, _) => &rules::CONDITION_NARROWED,
            (_, None) => &rules::CONDITION_WIDENED,
            (Some(_), Some(_)) => &rules::CONDITION_CHANGED,
        });
    }
    let (mut lost, mut gained) = (false, false);
    for build in 0..1_usize << symbols.len() {
        let defined = |symbol: &str| {
            let index = symbols.iter().position(|it| *it == symbol);
            index.is_some_and(|index| build & 1 << index != 0)
        };
        let holds = |cond: Option<&Cond>| cond.is_none_or(|cond| cond.evaluate(&defined));
        match (holds(old), holds(new)) {
            (true, false) => lost = true,
            (false, true) => gained = true,
            (true, true) | (false, false) => {}
        }
    }
    match (lost, gained) {
        (false, false) => None,
        (true, false) => Some(&rules::CONDITION_NARROWED),
        (false, true) => Some(&rules::CONDITION_WIDENED),
        (true, true) => Some(&rules::CONDITION_CHANGED),
    }
}

/// A condition as findings tell it.
pub(super) fn text(cond: Option<&Cond>) -> String {
    cond.map_or_else(|| "always".to_owned(), |cond| format!("if {cond}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn symbol(name: &str) -> Cond {
        Cond::Symbol(name.to_owned())
    }

    fn found(old: Option<&Cond>, new: Option<&Cond>) -> Option<&'static str> {
        compare(old, new).map(|rule| rule.id)
    }

    #[test]
    fn builds_decide_and_not_the_spelling() {
        let (a, b) = (symbol("A"), symbol("B"));
        let both = Cond::All(vec![a.clone(), b.clone()]);
        let not = |cond: &Cond| Cond::Not(Box::new(cond.clone()));
        let same = not(&Cond::Any(vec![not(&a), not(&b)]));
        assert_eq!(found(Some(&both), Some(&same)), None);
        assert_eq!(found(Some(&a), Some(&both)), Some("condition-narrowed"));
        assert_eq!(found(Some(&a), None), Some("condition-widened"));
        assert_eq!(found(Some(&a), Some(&b)), Some("condition-changed"));
        assert_eq!(
            found(None, Some(&Cond::Any(vec![a.clone(), not(&a)]))),
            None
        );
    }

    #[test]
    fn many_symbols_are_not_tried() {
        let many = Cond::Any((0..64).map(|index| symbol(&format!("A{index}"))).collect());
        assert_eq!(found(None, Some(&many)), Some("condition-narrowed"));
        assert_eq!(
            found(Some(&many), Some(&symbol("A0"))),
            Some("condition-changed")
        );
    }
}
