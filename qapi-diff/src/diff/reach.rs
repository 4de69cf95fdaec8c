//! In which directions a type goes, and whether clients were told not to rely on it.

use qapi_parser::{Feature, Name};

use crate::rules::Direction;

use super::graph::{Graph, NodeId};

/// What the old schema says of the future of something.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Mark {
    /// Nothing.
    #[default]
    Plain,
    /// It is deprecated.
    Deprecated,
    /// It is unstable.
    Unstable,
}

impl Mark {
    const ALL: [Self; 3] = [Self::Plain, Self::Deprecated, Self::Unstable];

    /// What features say, and the name: until 6.2 had a feature for it, `x-` before a name said that it is unstable.
    pub(super) fn of(name: &Name, features: &[Feature]) -> Self {
        let has = |name| features.iter().any(|feature| feature.name.text == name);
        if has("unstable") || name.text.starts_with("x-") || name.text.starts_with("x_") {
            Self::Unstable
        } else if has("deprecated") {
            Self::Deprecated
        } else {
            Self::Plain
        }
    }

    /// What holds of something within something else.
    pub(super) fn within(self, outer: Self) -> Self {
        match outer {
            Self::Plain => self,
            Self::Deprecated | Self::Unstable => outer,
        }
    }
}

/// In which directions something goes, each by ways with which marks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Reach(u8);

impl Reach {
    /// That of a root.
    pub(super) fn starting(direction: Direction) -> Self {
        let mut reach = Self::default();
        if direction != Direction::Received {
            reach.insert(Direction::Sent, Mark::Plain);
        }
        if direction != Direction::Sent {
            reach.insert(Direction::Received, Mark::Plain);
        }
        reach
    }

    fn insert(&mut self, direction: Direction, mark: Mark) {
        self.0 |= Self::bit(direction, mark);
    }

    fn bit(direction: Direction, mark: Mark) -> u8 {
        let shift = match direction {
            Direction::Received => 3,
            Direction::Sent | Direction::Both => 0,
        };
        1 << (shift + mark as u8)
    }

    /// Each direction with each mark that some way in it has.
    pub(super) fn uses(self) -> impl Iterator<Item = (Direction, Mark)> {
        let directions = [Direction::Sent, Direction::Received];
        let all = directions
            .into_iter()
            .flat_map(|direction| Mark::ALL.map(|mark| (direction, mark)));
        all.filter(move |(direction, mark)| self.0 & Self::bit(*direction, *mark) != 0)
    }

    /// The directions, whatever the marks; none where nothing leads there.
    pub(super) fn direction(self) -> Option<Direction> {
        let has = |wanted| self.uses().any(|(direction, _)| direction == wanted);
        match (has(Direction::Sent), has(Direction::Received)) {
            (true, true) => Some(Direction::Both),
            (true, false) => Some(Direction::Sent),
            (false, true) => Some(Direction::Received),
            (false, false) => None,
        }
    }

    /// That of something that is only reached through a mark.
    pub(super) fn through(self, mark: Mark) -> Self {
        let mut through = Self::default();
        for (direction, outer) in self.uses() {
            through.insert(direction, mark.within(outer));
        }
        through
    }

    /// Both together.
    #[must_use]
    pub(super) fn join(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

/// Carries directions and marks from the roots to all that they lead to.
pub(super) fn spread(graph: &mut Graph) {
    let mut todo: Vec<NodeId> = graph.ids().collect();
    while let Some(id) = todo.pop() {
        let reach = graph.node(id).reach;
        for index in 0..graph.node(id).edges.len() {
            let edge = graph.node(id).edges[index];
            let target = graph.node_mut(edge.to);
            let joined = target.reach.join(reach.through(edge.mark));
            if joined != target.reach {
                target.reach = joined;
                todo.push(edge.to);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outer_marks_count() {
        let reach = Reach::starting(Direction::Sent).through(Mark::Deprecated);
        let uses: Vec<_> = reach.through(Mark::Unstable).uses().collect();
        assert_eq!(uses, [(Direction::Sent, Mark::Deprecated)]);
    }

    #[test]
    fn ways_in_both_directions_make_both() {
        let sent = Reach::starting(Direction::Sent);
        assert_eq!(sent.direction(), Some(Direction::Sent));
        let both = sent.join(Reach::starting(Direction::Received));
        assert_eq!(both.direction(), Some(Direction::Both));
        assert_eq!(Reach::default().direction(), None);
    }
}
