//! Two sorted lists side by side.

use std::cmp::Ordering;

/// What two sorted lists have under one key.
#[derive(Debug)]
pub(super) enum Entry<'a, T> {
    /// Only the old one has it.
    Old(&'a T),
    /// Only the new one has it.
    New(&'a T),
    /// Both have it.
    Both(&'a T, &'a T),
}

/// Goes through two lists that are sorted by `key`.
pub(super) fn merge<'a, T, K: Ord + ?Sized + 'a>(
    old: &'a [T],
    new: &'a [T],
    key: impl Fn(&'a T) -> &'a K,
) -> impl Iterator<Item = Entry<'a, T>> {
    let (mut old, mut new) = (old.iter().peekable(), new.iter().peekable());
    std::iter::from_fn(move || {
        let order = match (old.peek(), new.peek()) {
            (Some(one), Some(other)) => key(one).cmp(key(other)),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => return None,
        };
        Some(match order {
            Ordering::Less => Entry::Old(old.next()?),
            Ordering::Greater => Entry::New(new.next()?),
            Ordering::Equal => Entry::Both(old.next()?, new.next()?),
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_is_met_once_and_in_order() {
        let met: Vec<_> = merge(&[1, 2, 4], &[2, 3, 4, 5], |it| it)
            .map(|both| match both {
                Entry::Old(it) => format!("-{it}"),
                Entry::New(it) => format!("+{it}"),
                Entry::Both(it, _) => it.to_string(),
            })
            .collect();
        assert_eq!(met, ["-1", "2", "+3", "4", "+5"]);
    }
}
