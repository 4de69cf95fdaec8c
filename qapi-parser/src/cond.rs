//! Conditions: the `if` of a schema, a boolean expression over build symbols.

/// A condition under which a definition, member, value, branch or feature exists.
///
/// QEMU writes it as a symbol (`'CONFIG_LINUX'`) or as an object with one of
/// the keys `all`, `any` and `not`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Cond {
    /// True where the build defines this symbol.
    Symbol(String),
    /// True where every operand is.
    All(Vec<Cond>),
    /// True where at least one operand is.
    Any(Vec<Cond>),
    /// True where the operand is not.
    Not(Box<Cond>),
}

impl Cond {
    /// The truth of this condition in a build that defines the symbols `is_defined` accepts.
    pub fn evaluate(&self, is_defined: &dyn Fn(&str) -> bool) -> bool {
        match self {
            Self::Symbol(symbol) => is_defined(symbol),
            Self::All(operands) => operands.iter().all(|cond| cond.evaluate(is_defined)),
            Self::Any(operands) => operands.iter().any(|cond| cond.evaluate(is_defined)),
            Self::Not(operand) => !operand.evaluate(is_defined),
        }
    }
}
