//! Conditions in a form that does not depend on how they are written.

use qapi_parser::{Cond, Feature};

/// The condition without repetitions, its operands in the order of their text.
pub(super) fn normal(cond: &Cond) -> Cond {
    sorted(cond.simplify())
}

/// The same for a condition that may be absent.
pub(super) fn optional(cond: Option<&Cond>) -> Option<Cond> {
    cond.map(normal)
}

/// Features by name, with conditions in that form.
pub(super) fn features(features: &[Feature]) -> Vec<Feature> {
    let normal = |feature: &Feature| Feature {
        name: feature.name.clone(),
        cond: optional(feature.cond.as_ref()),
    };
    let mut features: Vec<_> = features.iter().map(normal).collect();
    features.sort_by(|one, other| one.name.text.cmp(&other.name.text));
    features
}

fn sorted(cond: Cond) -> Cond {
    let sort = |operands: Vec<Cond>| {
        let mut operands: Vec<_> = operands.into_iter().map(sorted).collect();
        operands.sort_by_cached_key(Cond::to_string);
        operands
    };
    match cond {
        Cond::Symbol(_) => cond,
        Cond::All(operands) => Cond::All(sort(operands)),
        Cond::Any(operands) => Cond::Any(sort(operands)),
        Cond::Not(operand) => Cond::Not(Box::new(sorted(*operand))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_and_repetition_of_operands_do_not_matter() {
        let symbol = |name: &str| Cond::Symbol(name.to_owned());
        let one = Cond::All(vec![symbol("A"), Cond::Any(vec![symbol("C"), symbol("B")])]);
        let other = Cond::All(vec![
            Cond::Any(vec![symbol("B"), symbol("C"), symbol("B")]),
            symbol("A"),
        ]);
        assert_eq!(normal(&one), normal(&other));
    }
}
