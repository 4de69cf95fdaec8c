//! What a channel finds left, whatever clients of other channels have taken.
//!
//! A limit alone would let a client of one channel take everything, and where there is a policy,
//! nobody else could give it back. So half of it is kept for the channels, in equal parts; the
//! rest is for whoever comes first.

use std::sync::Arc;

use crate::config::Settings;

/// A limit that the channels share.
#[derive(Clone, Debug)]
pub(crate) struct Shares {
    limit: usize,
    channels: Vec<String>,
}

impl Shares {
    /// Shares of `limit` for the channels that there are.
    pub(crate) fn new(limit: usize, settings: &Settings) -> Self {
        let channels = settings.channel_names().map(str::to_owned).collect();
        Self { limit, channels }
    }

    /// Whether there is one more for `channel`, if `taken` has a name for each that is not free.
    pub(crate) fn has_room<'a>(
        &self,
        channel: &str,
        taken: impl Iterator<Item = &'a Arc<str>> + Clone,
    ) -> bool {
        let kept = self.limit / (2 * self.channels.len().max(1));
        let count = |name: &str| taken.clone().filter(|taken| &***taken == name).count();
        let others = self.channels.iter().filter(|name| *name != channel);
        let unused = others.map(|name| kept.saturating_sub(count(name)));
        taken.clone().count() + unused.sum::<usize>() < self.limit
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn room(channels: &[&str], channel: &str, taken: &[(&str, usize)]) -> bool {
        let shares = Shares {
            limit: 12,
            channels: channels.iter().map(|name| (*name).to_owned()).collect(),
        };
        let taken = taken
            .iter()
            .flat_map(|(name, count)| vec![Arc::from(*name); *count]);
        let taken: Vec<Arc<str>> = taken.collect();
        shares.has_room(channel, taken.iter())
    }

    #[test]
    fn one_channel_alone_has_everything() {
        assert!(room(&["a"], "a", &[("a", 11)]));
        assert!(!room(&["a"], "a", &[("a", 12)]));
    }

    #[test]
    fn each_of_several_finds_its_part_of_one_half() {
        let two = |channel, taken: &[_]| room(&["a", "b"], channel, taken);
        assert!(two("a", &[("a", 8)]));
        assert!(!two("a", &[("a", 9)]));
        assert!(two("b", &[("a", 9), ("b", 2)]));
        assert!(!two("b", &[("a", 9), ("b", 3)]));
        // What others have beyond their part is nobody's part.
        assert!(two("a", &[("a", 3), ("b", 8)]));
        assert!(!room(&["a", "b", "c"], "a", &[("a", 4), ("b", 6)]));
        assert!(room(&["a", "b", "c"], "c", &[("a", 4), ("b", 6)]));
    }
}
