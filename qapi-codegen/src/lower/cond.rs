//! Which parts of a schema the build has.

use std::collections::BTreeMap;

use qapi_parser::Cond;

/// The symbols of a build and whether they are defined.
#[derive(Debug, Clone, Default)]
pub(crate) struct Conds(BTreeMap<String, bool>);

impl Conds {
    /// Says whether `symbol` is defined; the last word counts.
    pub(crate) fn set(&mut self, symbol: &str, defined: bool) {
        self.0.insert(symbol.to_owned(), defined);
    }

    /// Whether something with this condition exists. A symbol that nobody
    /// mentioned is not defined, as in C.
    pub(crate) fn hold(&self, cond: Option<&Cond>) -> bool {
        let is_defined = |symbol: &str| self.0.get(symbol).copied().unwrap_or(false);
        cond.is_none_or(|cond| cond.evaluate(&is_defined))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unmentioned_symbols_are_undefined() {
        let mut conds = Conds::default();
        conds.set("A", true);
        let symbol = |name: &str| Cond::Symbol(name.to_owned());
        assert!(conds.hold(None));
        assert!(conds.hold(Some(&symbol("A"))));
        assert!(!conds.hold(Some(&symbol("B"))));
        assert!(conds.hold(Some(&Cond::Not(Box::new(symbol("B"))))));
        assert!(conds.hold(Some(&Cond::Any(vec![symbol("B"), symbol("A")]))));
    }

    #[test]
    fn the_last_word_on_a_symbol_counts() {
        let mut conds = Conds::default();
        conds.set("A", true);
        conds.set("A", false);
        assert!(!conds.hold(Some(&Cond::Symbol("A".to_owned()))));
    }
}
