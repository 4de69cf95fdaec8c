//! Whether a key is new to its object.

use std::collections::HashSet;
use std::hash::{BuildHasher, RandomState};

use super::Node;

/// Up to so many keys are compared one by one, which is quicker then.
const FEW: usize = 16;

/// The keys of the objects that have begun and not ended, the innermost last.
#[derive(Debug, Default)]
pub(super) struct Keys {
    places: Vec<u32>,
    /// The large objects among those.
    large: Vec<Large>,
    hasher: RandomState,
}

/// An object with so many keys that comparing all with all would take ages.
#[derive(Debug)]
struct Large {
    /// Where its keys begin.
    first: usize,
    /// Hashes, seeded at random, so that a peer cannot make them collide.
    hashes: HashSet<u64>,
}

impl Keys {
    pub(super) fn len(&self) -> usize {
        self.places.len()
    }

    pub(super) fn push(&mut self, place: u32) {
        self.places.push(place);
    }

    /// Whether the last key differs from all others of its object, whose keys begin at `first`.
    pub(super) fn last_is_new(&mut self, first: usize, nodes: &[Node], text: &[u8]) -> bool {
        let Some((&last, others)) = self.places[first..].split_last() else {
            return true;
        };
        let key = spelling(last, nodes, text);
        let differs = |other: &u32| spelling(*other, nodes, text) != key;
        if others.len() < FEW {
            return others.iter().all(differs);
        }
        if self.large.last().is_none_or(|large| large.first != first) {
            let spellings = others.iter().map(|&other| spelling(other, nodes, text));
            let hashes = spellings.map(|key| self.hasher.hash_one(key)).collect();
            self.large.push(Large { first, hashes });
        }
        let hash = self.hasher.hash_one(key);
        let large = self.large.last_mut();
        large.is_some_and(|large| large.hashes.insert(hash)) || others.iter().all(differs)
    }

    /// Forgets the object whose keys begin at `first`.
    pub(super) fn end(&mut self, first: usize) {
        self.places.truncate(first);
        self.large.pop_if(|large| large.first == first);
    }

    /// Forgets everything, and the room beyond `room` keys.
    pub(super) fn clear(&mut self, room: usize) {
        self.places.clear();
        self.places.shrink_to(room);
        self.large.clear();
    }
}

fn spelling<'a>(place: u32, nodes: &[Node], text: &'a [u8]) -> &'a [u8] {
    match nodes[place as usize] {
        Node::String { start, end } => &text[start as usize..end as usize],
        _ => unreachable!("a key is a string"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Container, Draft};

    /// Adds a key to `object`; tells whether it is new.
    fn add(key: &str, draft: &mut Draft, object: &Container) -> bool {
        draft.add_str(key);
        draft.make_key();
        draft.last_key_is_new(object)
    }

    #[test]
    fn a_key_is_new_once_in_small_and_large_objects() {
        for size in [1, 2, 15, 16, 17, 18, 100] {
            let keys: Vec<_> = (0..size).map(|key| format!("key{key}")).collect();
            for twice in &keys {
                let mut draft = Draft::default();
                let object = draft.begin();
                assert!(keys.iter().all(|key| add(key, &mut draft, &object)));
                assert!(!add(twice, &mut draft, &object));
            }
        }
    }

    #[test]
    fn objects_in_objects_have_keys_of_their_own() {
        let mut draft = Draft::default();
        let outer = draft.begin();
        let keys: Vec<_> = (0..40).map(|key| key.to_string()).collect();
        for key in &keys {
            assert!(add(key, &mut draft, &outer));
            let inner = draft.begin();
            assert!(keys.iter().all(|key| add(key, &mut draft, &inner)));
            assert!(!add("7", &mut draft, &inner));
            draft.end_object(inner);
        }
        assert!(!add("7", &mut draft, &outer));
    }
}
