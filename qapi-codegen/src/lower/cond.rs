//! Which parts of a schema the build has, or what the compiler is told to find that out.

use std::collections::{BTreeMap, BTreeSet};

use qapi_parser::{Cond, Definition, DefinitionId, DefinitionKind, Schema, TypeRef};

use super::Cx;
use super::member::{inline, named};
use super::reach::definition_of;
use crate::choice::Conditions;
use crate::ir::Cfg;

/// The symbols of a build, and what becomes of conditions.
#[derive(Debug, Clone, Default)]
pub(crate) struct Conds {
    pub(crate) conditions: Conditions,
    /// Whether each symbol that the user mentioned is defined.
    symbols: BTreeMap<String, bool>,
    /// What the compiler is asked for instead of symbols.
    predicates: BTreeMap<String, String>,
}

/// What is known about a condition.
enum Truth {
    Known(bool),
    /// It is left to the compiler, which decides by these predicates: all have to hold.
    Open(Vec<String>),
}

impl Conds {
    /// Says whether `symbol` is defined; the last word counts.
    pub(crate) fn set(&mut self, symbol: &str, defined: bool) {
        self.symbols.insert(symbol.to_owned(), defined);
    }

    /// Says what the compiler is asked for instead of `symbol`.
    pub(crate) fn map(&mut self, symbol: &str, predicate: &str) {
        self.predicates
            .insert(symbol.to_owned(), predicate.to_owned());
    }

    /// What the compiler is asked for, by symbol, as far as the user says so.
    pub(crate) fn predicates(&self) -> &BTreeMap<String, String> {
        &self.predicates
    }

    /// Whether the user says that `symbol` is defined.
    pub(crate) fn is_defined(&self, symbol: &str) -> bool {
        self.symbols.get(symbol).copied().unwrap_or(false)
    }

    /// Whether the compiler decides about `symbol` by its own name.
    fn is_open(&self, symbol: &str) -> bool {
        let is_known = self.symbols.contains_key(symbol) || self.predicates.contains_key(symbol);
        self.conditions == Conditions::Cfg && !is_known
    }

    /// Whether something with this condition exists, at least perhaps. A symbol
    /// that nobody mentioned is not defined, as in C.
    fn hold(&self, cond: Option<&Cond>) -> bool {
        cond.is_none_or(|cond| !matches!(self.truth(cond), Truth::Known(false)))
    }

    /// What the compiler has to find out about a condition.
    fn cfg(&self, cond: Option<&Cond>) -> Cfg {
        if self.conditions != Conditions::Cfg {
            return Cfg::default();
        }
        match cond.map(|cond| self.truth(&cond.simplify())) {
            Some(Truth::Open(predicates)) => Cfg(predicates),
            Some(Truth::Known(_)) | None => Cfg::default(),
        }
    }

    fn truth(&self, cond: &Cond) -> Truth {
        if self.conditions == Conditions::Keep {
            return Truth::Known(true);
        }
        match cond {
            Cond::Symbol(symbol) => self.symbol_truth(symbol),
            Cond::Not(operand) => self.truth(operand).negate(),
            Cond::All(operands) => {
                let mut open = Vec::new();
                for operand in operands {
                    match self.truth(operand) {
                        Truth::Known(true) => {}
                        Truth::Known(false) => return Truth::Known(false),
                        Truth::Open(predicates) => open.extend(predicates),
                    }
                }
                Truth::all(open)
            }
            Cond::Any(operands) => {
                let mut open = Vec::new();
                for operand in operands {
                    match self.truth(operand) {
                        Truth::Known(false) => {}
                        Truth::Known(true) => return Truth::Known(true),
                        Truth::Open(predicates) => open.push(join("all", predicates)),
                    }
                }
                match open.is_empty() {
                    true => Truth::Known(false),
                    false => Truth::Open(vec![join("any", open)]),
                }
            }
        }
    }

    fn symbol_truth(&self, symbol: &str) -> Truth {
        match (self.symbols.get(symbol), self.conditions) {
            (Some(defined), _) => Truth::Known(*defined),
            (None, Conditions::Cfg) => {
                let predicate = self.predicates.get(symbol);
                Truth::Open(vec![predicate.map_or(symbol, String::as_str).to_owned()])
            }
            (None, Conditions::Evaluate | Conditions::Keep) => Truth::Known(false),
        }
    }
}

impl Truth {
    fn all(predicates: Vec<String>) -> Self {
        match predicates.is_empty() {
            true => Self::Known(true),
            false => Self::Open(predicates),
        }
    }

    fn negate(self) -> Self {
        match self {
            Self::Known(truth) => Self::Known(!truth),
            Self::Open(predicates) => Self::Open(Cfg(predicates).negate().0),
        }
    }
}

impl Cfg {
    /// When both hold; what the two have in common is said once.
    pub(crate) fn and(mut self, other: Self) -> Self {
        for predicate in other.0 {
            if !self.0.contains(&predicate) {
                self.0.push(predicate);
            }
        }
        self
    }

    /// The same inside something that is only there when `outer` holds.
    pub(crate) fn within(mut self, outer: &Self) -> Self {
        self.0.retain(|predicate| !outer.0.contains(predicate));
        self
    }

    /// When it does not hold; must not be asked of what always does.
    pub(crate) fn negate(self) -> Self {
        Self(vec![format!("not({})", join("all", self.0))])
    }
}

/// Several predicates as one.
fn join(operator: &str, mut predicates: Vec<String>) -> String {
    match predicates.len() {
        1 => predicates.remove(0),
        _ => format!("{operator}({})", predicates.join(", ")),
    }
}

impl Cx<'_> {
    /// Whether something with this condition exists, at least perhaps.
    pub(crate) fn holds(&self, cond: Option<&Cond>) -> bool {
        self.options.conds.hold(cond)
    }

    /// What the compiler has to find out about a condition.
    pub(crate) fn cfg(&self, cond: Option<&Cond>) -> Cfg {
        self.options.conds.cfg(cond)
    }

    /// When there is a definition. What it cannot do without has to be there, too.
    pub(crate) fn cfg_of(&self, id: DefinitionId) -> Cfg {
        if self.options.conds.conditions != Conditions::Cfg {
            return Cfg::default();
        }
        let definition = self.schema.definition(id);
        let cfg = self.cfg(definition.cond.as_ref());
        let used = used(definition).into_iter();
        used.fold(cfg, |cfg, id| cfg.and(self.cfg_of(id)))
    }

    /// When there is something of a type, with a condition of its own, inside a definition.
    pub(crate) fn cfg_inside(&self, id: DefinitionId, cond: Option<&Cond>, ty: &TypeRef) -> Cfg {
        if self.options.conds.conditions != Conditions::Cfg {
            return Cfg::default();
        }
        let cfg = self.cfg(cond);
        let used = definition_of(ty).map(|id| self.cfg_of(id));
        let cfg = used.into_iter().fold(cfg, Cfg::and);
        cfg.within(&self.cfg_of(id))
    }
}

/// The definitions that the Rust form of a definition needs wherever it exists itself.
fn used(definition: &Definition) -> Vec<DefinitionId> {
    match &definition.kind {
        DefinitionKind::Union(union) => vec![union.tag],
        DefinitionKind::Command(command) => {
            let arguments = named(&command.arguments).filter(|_| command.generate);
            let returns = command.returns.as_ref().and_then(definition_of);
            arguments.into_iter().chain(returns).collect()
        }
        DefinitionKind::Event(event) => named(&event.arguments).into_iter().collect(),
        DefinitionKind::Enum(_) | DefinitionKind::Struct(_) | DefinitionKind::Alternate(_) => {
            Vec::new()
        }
    }
}

/// The symbols in a schema that the compiler decides about by their own names.
pub(crate) fn open_symbols<'a>(schema: &'a Schema, conds: &Conds) -> BTreeSet<&'a str> {
    let all = schema
        .definitions()
        .flat_map(|(_, definition)| conditions(definition))
        .flat_map(Cond::symbols);
    all.filter(|symbol| conds.is_open(symbol)).collect()
}

/// Every condition in a definition.
fn conditions(definition: &Definition) -> Vec<&Cond> {
    let mut all: Vec<Option<&Cond>> = vec![definition.cond.as_ref()];
    all.extend(definition.features.iter().map(|it| it.cond.as_ref()));
    let mut members: &[_] = &[];
    match &definition.kind {
        DefinitionKind::Enum(enum_) => {
            for value in &enum_.values {
                all.push(value.cond.as_deref());
                all.extend(value.features.iter().map(|it| it.cond.as_ref()));
            }
        }
        DefinitionKind::Struct(struct_) => members = &struct_.members,
        DefinitionKind::Union(union) => {
            members = inline(&union.base);
            all.extend(union.branches.iter().map(|it| it.cond.as_ref()));
        }
        DefinitionKind::Alternate(alternate) => {
            all.extend(alternate.alternatives.iter().map(|it| it.cond.as_ref()));
        }
        DefinitionKind::Command(command) => members = inline(&command.arguments),
        DefinitionKind::Event(event) => members = inline(&event.arguments),
    }
    for member in members {
        all.push(member.cond.as_deref());
        all.extend(member.features.iter().map(|it| it.cond.as_ref()));
    }
    all.into_iter().flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn symbol(name: &str) -> Cond {
        Cond::Symbol(name.to_owned())
    }

    fn not(cond: Cond) -> Cond {
        Cond::Not(Box::new(cond))
    }

    #[test]
    fn unmentioned_symbols_are_undefined() {
        let mut conds = Conds::default();
        conds.set("A", true);
        assert!(conds.hold(None));
        assert!(conds.hold(Some(&symbol("A"))));
        assert!(!conds.hold(Some(&symbol("B"))));
        assert!(conds.hold(Some(&not(symbol("B")))));
        assert!(conds.hold(Some(&Cond::Any(vec![symbol("B"), symbol("A")]))));
    }

    #[test]
    fn the_last_word_on_a_symbol_counts() {
        let mut conds = Conds::default();
        conds.set("A", true);
        conds.set("A", false);
        assert!(!conds.hold(Some(&symbol("A"))));
    }

    #[test]
    fn everything_is_kept_on_demand() {
        let mut conds = Conds {
            conditions: Conditions::Keep,
            ..Conds::default()
        };
        conds.set("A", false);
        assert!(conds.hold(Some(&symbol("A"))));
        assert!(conds.hold(Some(&not(symbol("B")))));
    }

    #[test]
    fn the_compiler_is_asked_for_what_nobody_decided() {
        let mut conds = Conds {
            conditions: Conditions::Cfg,
            ..Conds::default()
        };
        conds.set("ON", true);
        conds.set("OFF", false);
        conds.map("LINUX", "target_os = \"linux\"");
        let ask = |cond: &Cond| conds.cfg(Some(cond)).0.join(" & ");
        assert_eq!(ask(&symbol("A")), "A");
        assert_eq!(ask(&symbol("ON")), "");
        assert_eq!(ask(&not(symbol("LINUX"))), "not(target_os = \"linux\")");
        let all = Cond::All(vec![symbol("A"), symbol("ON"), not(symbol("B"))]);
        assert_eq!(ask(&all), "A & not(B)");
        assert_eq!(ask(&not(all.clone())), "not(all(A, not(B)))");
        let any = Cond::Any(vec![all, symbol("OFF"), symbol("LINUX")]);
        assert_eq!(ask(&any), "any(all(A, not(B)), target_os = \"linux\")");
        assert!(!conds.hold(Some(&Cond::All(vec![symbol("A"), symbol("OFF")]))));
    }

    #[test]
    fn what_the_surroundings_ask_for_is_not_asked_again() {
        let cfg = |predicates: &[&str]| {
            Cfg(predicates
                .iter()
                .map(|predicate| (*predicate).to_owned())
                .collect())
        };
        assert_eq!(cfg(&["a", "b"]).within(&cfg(&["b"])), cfg(&["a"]));
        assert_eq!(cfg(&["a"]).and(cfg(&["b", "a"])), cfg(&["a", "b"]));
    }
}
