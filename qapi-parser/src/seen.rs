//! Names seen so far, to find the second of two.

use std::collections::HashMap;
use std::hash::Hash;

/// Names, each with what it stands for, such as its place.
///
/// Nearly all lists of names in a schema are short, where looking through them
/// is faster than hashing; the map keeps long ones from taking quadratic time.
#[derive(Debug)]
pub(crate) struct Seen<K, V> {
    few: Vec<(K, V)>,
    /// The rest; nearly all lists have none.
    #[expect(
        clippy::box_collection,
        reason = "every object of a schema keeps its names here"
    )]
    many: Option<Box<HashMap<K, V>>>,
}

/// How many names are looked through one by one.
pub(crate) const FEW: usize = 16;

impl<K: Eq + Hash, V: Copy> Seen<K, V> {
    /// Room for some names.
    pub(crate) fn with_capacity(count: usize) -> Self {
        Self {
            few: Vec::with_capacity(count.min(FEW)),
            many: (count > FEW).then(|| Box::new(HashMap::with_capacity(count - FEW))),
        }
    }

    /// Adds a name, unless it was there: then gives what the first one stands for.
    pub(crate) fn insert(&mut self, name: K, value: V) -> Option<V> {
        let first = self.get(&name);
        if first.is_none() && self.few.len() < FEW {
            self.few.push((name, value));
        } else if first.is_none() {
            self.many.get_or_insert_default().insert(name, value);
        }
        first
    }

    /// What a name stands for.
    pub(crate) fn get(&self, name: &K) -> Option<V> {
        let few = self.few.iter().find(|(few, _)| few == name);
        match few {
            Some((_, value)) => Some(*value),
            None => self.many.as_ref()?.get(name).copied(),
        }
    }

    /// Forgets all names.
    pub(crate) fn clear(&mut self) {
        self.few.clear();
        if let Some(many) = &mut self.many {
            many.clear();
        }
    }
}

impl<K, V> Default for Seen<K, V> {
    fn default() -> Self {
        Self {
            few: Vec::new(),
            many: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Span;

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
