//! Which members of an object nobody has asked for yet.

use std::collections::HashMap;

use crate::document::{Json, Members};

/// The members of one object, to be taken by name, each once.
///
/// Whoever writes an object may have another order than whoever reads it, but
/// neighbours often are the same: a search begins where the last one ended.
#[derive(Debug)]
pub(super) struct Untaken<'de> {
    object: Json<'de>,
    /// What comes behind the member that was taken last, and its position.
    next: (Members<'de>, u32),
    left: Left<'de>,
}

#[derive(Debug)]
enum Left<'de> {
    /// Of up to 64 members: a bit for each tells whether it is left.
    Few(u64),
    /// Of more, which are too many to search again and again.
    #[expect(clippy::box_collection, reason = "nearly all objects are small")]
    Many(Box<HashMap<&'de str, Json<'de>>>),
}

impl<'de> Untaken<'de> {
    /// All members of `object`.
    #[inline]
    pub(super) fn new(object: Json<'de>) -> Self {
        let all = object.members();
        let left = match u64::BITS.checked_sub(narrow(object.len())) {
            Some(beyond) => Left::Few(u64::MAX.checked_shr(beyond).unwrap_or(0)),
            None => Left::Many(Box::new(all.clone().collect())),
        };
        Self {
            object,
            next: (all, 0),
            left,
        }
    }

    /// Takes the member `name`, if it is there.
    pub(super) fn take(&mut self, name: &str) -> Option<Json<'de>> {
        let left = match &mut self.left {
            Left::Few(0) => return None,
            Left::Few(left) => left,
            Left::Many(left) => return left.remove(name),
        };
        let (mut members, mut position) = self.next.clone();
        for _ in 0..self.object.len() {
            if members.is_empty() {
                (members, position) = (self.object.members(), 0);
            }
            if let Some(value) = members.next_if_named(name)? {
                let bit = 1 << position;
                let is_left = *left & bit != 0;
                *left &= !bit;
                self.next = (members, position + 1);
                return is_left.then_some(value);
            }
            position += 1;
        }
        None
    }

    /// Whether all members have been taken.
    #[inline]
    pub(super) fn is_empty(&self) -> bool {
        match &self.left {
            Left::Few(left) => *left == 0,
            Left::Many(left) => left.is_empty(),
        }
    }

    /// Takes all members that are left, in the order of the document.
    pub(super) fn take_all(&mut self) -> Vec<(&'de str, Json<'de>)> {
        let all = self.iter().collect();
        self.left = Left::Few(0);
        all
    }

    /// The members that are left, in the order of the document.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&'de str, Json<'de>)> {
        let members = self.object.members().enumerate();
        let left = members.filter(|(position, (name, _))| match &self.left {
            Left::Few(left) => left.checked_shr(narrow(*position)).unwrap_or(0) & 1 == 1,
            Left::Many(left) => left.contains_key(name),
        });
        left.map(|(_, member)| member)
    }
}

fn narrow(position: usize) -> u32 {
    u32::try_from(position).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Document;

    /// An object whose members are their names' numbers.
    fn object(len: usize) -> Document {
        let members = (0..len).map(|number| (number.to_string(), number.into()));
        Document::from(members.collect::<serde_json::Map<_, _>>())
    }

    #[test]
    fn a_member_is_taken_once_in_whatever_order() {
        for len in [0, 1, 63, 64, 65, 200] {
            let document = object(len);
            let upwards: Vec<_> = (0..len).collect();
            let downwards: Vec<_> = (0..len).rev().collect();
            let by_sevens: Vec<_> = (0..len).map(|number| number * 7 % len).collect();
            for order in [upwards, downwards, by_sevens] {
                let mut untaken = Untaken::new(document.root());
                for number in order {
                    let name = number.to_string();
                    let left = untaken.iter().any(|(known, _)| known == name);
                    let taken = untaken.take(&name).and_then(Json::as_u64);
                    assert_eq!(taken, left.then_some(number as u64));
                    assert!(untaken.take(&name).is_none());
                }
                assert!(untaken.take("unknown").is_none());
            }
        }
    }

    #[test]
    fn what_is_left_keeps_its_order() {
        for len in [10, 64, 65] {
            let document = object(len);
            let mut untaken = Untaken::new(document.root());
            untaken.take("5");
            untaken.take("2");
            let left: Vec<_> = untaken
                .take_all()
                .into_iter()
                .map(|(name, _)| name)
                .collect();
            let expected = (0..len).filter(|number| ![2, 5].contains(number));
            assert_eq!(
                left,
                expected
                    .map(|number| number.to_string())
                    .collect::<Vec<_>>()
            );
            assert_eq!(untaken.iter().count(), 0);
            assert!(untaken.take("3").is_none());
        }
    }
}
