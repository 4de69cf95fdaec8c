//! Whether a condition became narrower or wider.

use std::collections::BTreeSet;

use qapi_parser::Cond;

use crate::rules::{self, Rule};

/// So many symbols are tried in all combinations; released conditions have twelve at most. Beyond that, conditions are
/// the same only if they are written alike.
const MAX_SYMBOLS: usize = 16;

/// What happened to a condition; none where it holds in the same builds as before.
pub(super) fn compare(old: Option<&Cond>, new: Option<&Cond>) -> Option<&'static Rule> {
    if old == new {
        return None;
    }
    let conds = [old, new].into_iter().flatten();
    let symbols: BTreeSet<_> = conds.flat_map(Cond::symbols).collect();
    let symbols: Vec<_> = symbols.into_iter().collect();
    let (lost, gained) = if symbols.len() > MAX_SYMBOLS {
        (new.is_some(), old.is_some())
    } else {
        let (old, new) = (Builds::of(old, &symbols), Builds::of(new, &symbols));
        (!old.are_in(&new), !new.are_in(&old))
    };
    match (lost, gained) {
        (false, false) => None,
        (true, false) => Some(&rules::CONDITION_NARROWED),
        (false, true) => Some(&rules::CONDITION_WIDENED),
        (true, true) => Some(&rules::CONDITION_CHANGED),
    }
}

/// The builds in which a condition holds, one bit for each combination of symbols.
struct Builds(Vec<u64>);

impl Builds {
    fn of(cond: Option<&Cond>, symbols: &[&str]) -> Self {
        let words = (1_usize << symbols.len()).div_ceil(64);
        match cond {
            None => Self(vec![u64::MAX; words]),
            Some(Cond::Symbol(symbol)) => {
                let index = symbols
                    .iter()
                    .position(|it| it == symbol)
                    .unwrap_or(symbols.len());
                Self((0..words).map(|word| with_symbol(index, word)).collect())
            }
            Some(Cond::Not(operand)) => {
                let inner = Self::of(Some(operand), symbols);
                Self(inner.0.into_iter().map(|word| !word).collect())
            }
            Some(Cond::All(operands)) => {
                let operands = operands.iter().map(|it| Self::of(Some(it), symbols));
                operands.fold(Self(vec![u64::MAX; words]), |all, it| {
                    all.zip(it, |a, b| a & b)
                })
            }
            Some(Cond::Any(operands)) => {
                let operands = operands.iter().map(|it| Self::of(Some(it), symbols));
                operands.fold(Self(vec![0; words]), |any, it| any.zip(it, |a, b| a | b))
            }
        }
    }

    fn zip(self, other: Self, join: fn(u64, u64) -> u64) -> Self {
        let words = self.0.into_iter().zip(other.0);
        Self(words.map(|(one, other)| join(one, other)).collect())
    }

    /// Whether each of them is one of the others, too.
    fn are_in(&self, others: &Self) -> bool {
        let mut words = self.0.iter().zip(&others.0);
        words.all(|(own, other)| own & !other == 0)
    }
}

/// The builds of a word that define a symbol: those whose number has the bit.
fn with_symbol(index: usize, word: usize) -> u64 {
    /// Which of 64 numbers have the bit 0, 1, ... 5.
    const LOW: [u64; 6] = [
        0xaaaa_aaaa_aaaa_aaaa,
        0xcccc_cccc_cccc_cccc,
        0xf0f0_f0f0_f0f0_f0f0,
        0xff00_ff00_ff00_ff00,
        0xffff_0000_ffff_0000,
        0xffff_ffff_0000_0000,
    ];
    match LOW.get(index) {
        Some(pattern) => *pattern,
        None if word >> (index - LOW.len()) & 1 == 1 => u64::MAX,
        None => 0,
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
    fn all_combinations_are_tried() {
        let any = |count| {
            Cond::Any(
                (0..count)
                    .map(|index| symbol(&format!("A{index}")))
                    .collect(),
            )
        };
        for count in 1..MAX_SYMBOLS {
            let (fewer, more) = (any(count), any(count + 1));
            assert_eq!(found(Some(&fewer), Some(&more)), Some("condition-widened"));
            assert_eq!(found(Some(&more), Some(&fewer)), Some("condition-narrowed"));
            let all = |names: &[&str]| Cond::All(names.iter().map(|it| symbol(it)).collect());
            let last = format!("A{count}");
            assert_eq!(
                found(Some(&all(&["A0", &last])), Some(&symbol(&last))),
                Some("condition-widened")
            );
        }
    }

    #[test]
    fn very_many_symbols_are_not_tried() {
        let many = Cond::Any((0..64).map(|index| symbol(&format!("A{index}"))).collect());
        assert_eq!(found(None, Some(&many)), Some("condition-narrowed"));
        assert_eq!(
            found(Some(&many), Some(&symbol("A0"))),
            Some("condition-changed")
        );
    }
}
