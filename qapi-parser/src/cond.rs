//! Conditions: the `if` of a schema, a boolean expression over build symbols.

use std::fmt;

/// A condition under which a definition, member, value, branch or feature exists.
///
/// QEMU writes it as a symbol (`'CONFIG_LINUX'`) or as an object with one of
/// the keys `all`, `any` and `not`. Conditions of a schema nest no more than 64
/// levels deep, so walking one may recurse.
///
/// `Display` writes it as a schema does, except that a lone symbol has no quotes:
///
/// ```
/// use qapi_parser::Cond;
///
/// let linux = Cond::Symbol("CONFIG_LINUX".into());
/// assert_eq!(linux.to_string(), "CONFIG_LINUX");
/// assert_eq!(Cond::Not(Box::new(linux)).to_string(), "{'not': 'CONFIG_LINUX'}");
/// ```
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

    /// The symbols it is about, in the order in which they stand, repetitions and all.
    pub fn symbols(&self) -> Vec<&str> {
        let mut symbols = Vec::new();
        self.collect_symbols(&mut symbols);
        symbols
    }

    fn collect_symbols<'c>(&'c self, symbols: &mut Vec<&'c str>) {
        match self {
            Self::Symbol(symbol) => symbols.push(symbol),
            Self::All(operands) | Self::Any(operands) => {
                operands
                    .iter()
                    .for_each(|operand| operand.collect_symbols(symbols));
            }
            Self::Not(operand) => operand.collect_symbols(symbols),
        }
    }

    /// An equivalent condition that is no longer: double negations, repeated
    /// operands, and `all` in `all` or `any` in `any` are gone, and what has a
    /// single operand is that operand.
    #[must_use]
    pub fn simplify(&self) -> Self {
        match self {
            Self::Symbol(_) => self.clone(),
            Self::Not(operand) => match operand.simplify() {
                Self::Not(inner) => *inner,
                simple => Self::Not(Box::new(simple)),
            },
            Self::All(operands) => join(operands, Self::All, |cond| match cond {
                Self::All(operands) => Ok(operands),
                other => Err(other),
            }),
            Self::Any(operands) => join(operands, Self::Any, |cond| match cond {
                Self::Any(operands) => Ok(operands),
                other => Err(other),
            }),
        }
    }

    /// Writes the condition as an operand stands in a schema.
    fn write_operand(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Symbol(symbol) => write!(f, "'{symbol}'"),
            Self::All(operands) => write_operands(f, "all", operands),
            Self::Any(operands) => write_operands(f, "any", operands),
            Self::Not(operand) => {
                f.write_str("{'not': ")?;
                operand.write_operand(f)?;
                f.write_str("}")
            }
        }
    }
}

impl fmt::Display for Cond {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Symbol(symbol) => f.write_str(symbol),
            other => other.write_operand(f),
        }
    }
}

fn write_operands(f: &mut fmt::Formatter<'_>, operator: &str, operands: &[Cond]) -> fmt::Result {
    write!(f, "{{'{operator}': [")?;
    for (index, operand) in operands.iter().enumerate() {
        if index > 0 {
            f.write_str(", ")?;
        }
        operand.write_operand(f)?;
    }
    f.write_str("]}")
}

/// Simplifies operands and joins them; `open` takes apart what needs no nesting.
fn join(
    operands: &[Cond],
    wrap: fn(Vec<Cond>) -> Cond,
    open: fn(Cond) -> Result<Vec<Cond>, Cond>,
) -> Cond {
    let simple = operands.iter().map(Cond::simplify);
    let flat = simple.flat_map(|cond| open(cond).unwrap_or_else(|other| vec![other]));
    let mut unique: Vec<Cond> = indexmap::IndexSet::<Cond>::from_iter(flat)
        .into_iter()
        .collect();
    match unique.len() {
        1 => unique.remove(0),
        _ => wrap(unique),
    }
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
    fn display_writes_schema_syntax() {
        let cond = Cond::Any(vec![
            symbol("A"),
            Cond::All(vec![symbol("B"), not(symbol("C"))]),
        ]);
        assert_eq!(
            cond.to_string(),
            "{'any': ['A', {'all': ['B', {'not': 'C'}]}]}"
        );
    }

    #[test]
    fn truth_follows_the_symbols() {
        let cond = Cond::All(vec![symbol("A"), not(symbol("B"))]);
        assert!(cond.evaluate(&|symbol| symbol == "A"));
        assert!(!cond.evaluate(&|_| true));
        assert_eq!(cond.symbols(), ["A", "B"]);
    }

    #[test]
    fn simplifying_removes_what_adds_nothing() {
        let nested = Cond::Any(vec![symbol("A"), Cond::Any(vec![symbol("B"), symbol("A")])]);
        assert_eq!(nested.simplify(), Cond::Any(vec![symbol("A"), symbol("B")]));
        assert_eq!(
            not(not(Cond::All(vec![symbol("A")]))).simplify(),
            symbol("A")
        );
        assert_eq!(not(not(not(symbol("A")))).simplify(), not(symbol("A")));
        assert_eq!(
            Cond::All(vec![symbol("A"), symbol("A")]).simplify(),
            symbol("A")
        );
    }
}
