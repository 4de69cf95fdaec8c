//! One path through all releases.

use qapi_parser::{DefinitionId, Span};

use crate::path::Step;
use crate::wire::ShapeId;

/// One step of a path, and what was there in each release.
///
/// What is behind it is behind it on every path that leads here: lines are shared as types are.
#[derive(Clone, Debug)]
pub struct Line {
    /// The step. For a command or event it is a member with its name.
    pub step: Step,
    /// What it is, in the last release that has it.
    pub kind: LineKind,
    /// When it was what, the earliest first, with no two equal neighbours. Before the first, it was not there.
    pub periods: Vec<Period>,
    /// The changes, in order, with what the comparison of two releases says of each.
    pub changes: Vec<ChangeId>,
    /// Its own features, by name; those of its type are behind it.
    pub features: Vec<Line>,
    /// In each release, where it is written.
    pub(super) states: Vec<Option<State>>,
    pub(super) to: Option<NodeId>,
}

/// What is at a [`Line`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum LineKind {
    /// A command.
    Command,
    /// An event.
    Event,
    /// What a command takes or an event carries: an object, whose members matter and not itself.
    Part,
    /// What a command answers, where that is more than an empty object.
    Return,
    /// A member.
    Member,
    /// What a value of the tag adds.
    Branch,
    /// A value of an enum.
    Value,
    /// A feature.
    Feature,
}

/// A time during which something stayed as it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Period {
    /// The first release of it, by its place in the history.
    pub from: usize,
    /// What it was then, such as `optional str if CONFIG_LINUX`; empty where its kind says all; none where it was not
    /// there.
    pub what: Option<String>,
}

/// A finding of the history.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ChangeId {
    /// The release that brought the change, by its place in the history.
    pub release: usize,
    /// Which of the findings there it is.
    pub finding: usize,
}

/// Where a node stands among all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct NodeId(u32);

/// What is at a line in one release.
#[derive(Clone, Debug)]
pub(super) struct State {
    pub(super) what: String,
    /// The definition that it is written in.
    pub(super) definition: DefinitionId,
    /// Its name there.
    pub(super) span: Span,
    /// The shape in its type.
    pub(super) shape: Option<ShapeId>,
}

impl NodeId {
    pub(super) fn new(index: usize) -> Self {
        Self(
            u32::try_from(index)
                .expect("a schema counts definitions in u32, and history has fewer nodes"),
        )
    }

    pub(super) fn index(self) -> usize {
        self.0 as usize
    }
}

impl Line {
    pub(super) fn new(
        step: Step,
        kind: LineKind,
        states: Vec<Option<State>>,
        features: Vec<Line>,
        to: Option<NodeId>,
    ) -> Self {
        let mut periods: Vec<Period> = Vec::new();
        for (from, state) in states.iter().enumerate() {
            let what = state.as_ref().map(|state| state.what.as_str());
            let before = periods.last().and_then(|period| period.what.as_deref());
            if what != before {
                let what = what.map(str::to_owned);
                periods.push(Period { from, what });
            }
        }
        Self {
            step,
            kind,
            periods,
            changes: Vec::new(),
            features,
            states,
            to,
        }
    }

    /// The first release that has it, by its place in the history.
    pub fn first(&self) -> usize {
        self.periods.first().map_or(0, |period| period.from)
    }

    /// The last release that has it.
    pub fn last(&self) -> usize {
        let last = self.states.iter().rposition(Option::is_some);
        last.unwrap_or_default()
    }

    /// Whether a release has it.
    pub fn is_in(&self, release: usize) -> bool {
        self.states.get(release).is_some_and(Option::is_some)
    }

    /// What it is in a release; see [`Period::what`].
    pub fn what(&self, release: usize) -> Option<&str> {
        Some(&self.states.get(release)?.as_ref()?.what)
    }
}
