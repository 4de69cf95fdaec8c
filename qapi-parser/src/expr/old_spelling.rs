//! Strings that mean something else today than they say.

use std::fmt;

use crate::cond::Cond;
use crate::source::Span;
use crate::text::Text;

/// A string in a schema that is spelled as earlier releases did.
///
/// The schema has what it stands for. It is kept aside, by its place, so that only schemas with old spellings need
/// memory for them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OldSpelling {
    /// The string literal.
    pub span: Span,
    /// What it says.
    pub written: Text,
    /// What it stands for.
    pub meaning: Meaning,
}

/// What an [`OldSpelling`] stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Meaning {
    /// The type `any`: `'visitor'`, `'dict'` and `'**'` (until 2.4).
    Any,
    /// A boolean, of which flags were the only ones: `'no'` (until 2.3).
    Bool(bool),
    /// A condition: an expression of C (3.0 to 6.1).
    Cond(Cond),
}

impl OldSpelling {
    /// Those in a stretch of the sources, of all in source order.
    pub(crate) fn within(all: &[Self], span: Span) -> &[Self] {
        let start = all.partition_point(|it| it.span.start < span.start);
        let end = all.partition_point(|it| it.span.start < span.end);
        all.get(start..end).unwrap_or_default()
    }
}

impl fmt::Display for OldSpelling {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` stands for ", self.written)?;
        match &self.meaning {
            Meaning::Any => f.write_str("the type `any`"),
            Meaning::Bool(value) => write!(f, "`{value}`"),
            Meaning::Cond(cond) => write!(f, "the condition `{cond}`"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn those_within_a_span_start_in_it() {
        let at = |start, end| OldSpelling {
            span: Span::new(start, end),
            written: "dict".into(),
            meaning: Meaning::Any,
        };
        let all = [at(3, 5), at(7, 9), at(12, 14)];
        assert_eq!(OldSpelling::within(&all, Span::new(4, 12)), &all[1..2]);
        assert_eq!(OldSpelling::within(&all, Span::new(0, 99)), &all);
        assert_eq!(OldSpelling::within(&all, Span::new(9, 3)), &[]);
    }
}
