//! Names seen so far, to find the second of two.

use std::borrow::Cow;
use std::collections::HashMap;

use crate::source::Span;

/// Names and where they stand.
///
/// Nearly all lists of names in a schema are short, where looking through them
/// is faster than hashing; the map keeps long ones from taking quadratic time.
#[derive(Debug, Default)]
pub(crate) struct Seen<'a> {
    few: Vec<(Cow<'a, str>, Span)>,
    many: HashMap<Cow<'a, str>, Span>,
}

/// How many names are looked through one by one.
const FEW: usize = 16;

impl<'a> Seen<'a> {
    /// Adds a name; gives the place of the same name, if it was there.
    pub(crate) fn insert(&mut self, name: impl Into<Cow<'a, str>>, span: Span) -> Option<Span> {
        let name = name.into();
        let first = self
            .few
            .iter()
            .find(|(few, _)| *few == name)
            .map(|(_, span)| *span);
        if first.is_some() {
            return first;
        }
        if self.few.len() < FEW {
            self.few.push((name, span));
            return None;
        }
        self.many.insert(name, span)
    }

    /// Forgets all names.
    pub(crate) fn clear(&mut self) {
        self.few.clear();
        self.many.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn second_one_is_found_among_few_and_many() {
        let names: Vec<_> = (0..50).map(|n| format!("n{n}")).collect();
        let mut seen = Seen::default();
        for (offset, name) in (0..).zip(&names) {
            assert_eq!(seen.insert(name.as_str(), Span::at(offset)), None);
        }
        assert_eq!(seen.insert("n3", Span::at(99)), Some(Span::at(3)));
        assert_eq!(seen.insert("n40", Span::at(99)), Some(Span::at(40)));
    }
}
