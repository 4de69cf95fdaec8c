//! Conditions as releases 3.0 to 6.1 spelled them: expressions of the C
//! preprocessor, of which schemas use `defined(X)`, `||`, `&&`, `!` and
//! parentheses.

use crate::cond::Cond;
use crate::source::Span;
use crate::text::Text;

use super::cond::MAX_DEPTH;
use super::owner::Owner;
use super::{Cx, ExprError, Meaning};

/// Translates an expression.
pub(super) fn lift_c_expression(
    cx: &mut Cx,
    owner: &Owner,
    text: &Text,
    span: Span,
) -> Option<Cond> {
    let mut parser = Parser {
        rest: text.trim(),
        depth: 0,
    };
    let parsed = parser.any().and_then(|cond| match parser.rest {
        "" => Ok(cond),
        _ => Err("an operator"),
    });
    match parsed {
        Ok(cond) => {
            cx.remember(text, span, Meaning::Cond(cond.clone()));
            Some(cond)
        }
        Err(expected) => {
            cx.report(ExprError::CondExpression {
                owner: owner.clone(),
                expected,
                span,
            });
            None
        }
    }
}

/// A recursive descent over the text; an error says what it expected.
struct Parser<'t> {
    rest: &'t str,
    depth: usize,
}

impl<'t> Parser<'t> {
    fn any(&mut self) -> Result<Cond, &'static str> {
        let mut operands = vec![self.all()?];
        while self.eat("||") {
            operands.push(self.all()?);
        }
        Ok(one_or(operands, Cond::Any))
    }

    fn all(&mut self) -> Result<Cond, &'static str> {
        let mut operands = vec![self.not()?];
        while self.eat("&&") {
            operands.push(self.not()?);
        }
        Ok(one_or(operands, Cond::All))
    }

    fn not(&mut self) -> Result<Cond, &'static str> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err("fewer levels of nesting");
        }
        let cond = if self.eat("!") {
            Cond::Not(Box::new(self.not()?))
        } else if self.eat("(") {
            let cond = self.any()?;
            self.expect(")", "`)`")?;
            cond
        } else {
            self.defined()?
        };
        self.depth -= 1;
        Ok(cond)
    }

    fn defined(&mut self) -> Result<Cond, &'static str> {
        self.expect("defined", "`defined(`")?;
        self.expect("(", "`defined(`")?;
        let end = self
            .rest
            .find(|c: char| !c.is_ascii_alphanumeric() && c != '_');
        let (symbol, rest) = self.rest.split_at(end.unwrap_or(self.rest.len()));
        if symbol.is_empty() || symbol.starts_with(|first: char| first.is_ascii_digit()) {
            return Err("a symbol");
        }
        self.rest = rest.trim_start();
        self.expect(")", "`)`")?;
        Ok(Cond::Symbol(symbol.to_owned()))
    }

    fn expect(&mut self, token: &str, name: &'static str) -> Result<(), &'static str> {
        if self.eat(token) { Ok(()) } else { Err(name) }
    }

    fn eat(&mut self, token: &str) -> bool {
        let Some(rest) = self.rest.strip_prefix(token) else {
            return false;
        };
        self.rest = rest.trim_start();
        true
    }
}

fn one_or(mut operands: Vec<Cond>, join: fn(Vec<Cond>) -> Cond) -> Cond {
    match operands.len() {
        1 => operands.remove(0),
        _ => join(operands),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<String, &'static str> {
        let mut parser = Parser {
            rest: text,
            depth: 0,
        };
        let cond = parser.any()?;
        if parser.rest.is_empty() {
            Ok(cond.to_string())
        } else {
            Err("an operator")
        }
    }

    #[test]
    fn c_operators_become_all_any_and_not() {
        assert_eq!(parse("defined(A)"), Ok("A".to_owned()));
        assert_eq!(
            parse("defined(A) && (defined( B ) || !defined(C))"),
            Ok("{'all': ['A', {'any': ['B', {'not': 'C'}]}]}".to_owned())
        );
        assert_eq!(
            parse("defined(A) || defined(B) && defined(C)"),
            Ok("{'any': ['A', {'all': ['B', 'C']}]}".to_owned())
        );
    }

    #[test]
    fn other_expressions_are_refused() {
        assert_eq!(parse("defined(A"), Err("`)`"));
        assert_eq!(parse("defined()"), Err("a symbol"));
        assert_eq!(parse("A > 1"), Err("`defined(`"));
        assert_eq!(parse("defined(A) defined(B)"), Err("an operator"));
        assert_eq!(parse(&"!".repeat(100_000)), Err("fewer levels of nesting"));
        assert_eq!(parse(&"(".repeat(100_000)), Err("fewer levels of nesting"));
    }
}
