//! Pairs of types that stand at the same place in two schemas, and what leads to them.
//!
//! Two schemas are walked together, from each command and event that both have. Where both have a type of the same kind,
//! the pair is a node, which is compared once, however many ways lead to it. So the walk ends even though types contain
//! themselves, and a change in a type that is used everywhere is one change.

use std::collections::{HashMap, VecDeque};

use qapi_parser::{Span, Text};

use crate::path::{Path, Step};
use crate::rules::{Direction, Rule};
use crate::wire::ShapeId;

use super::reach::{Mark, Reach};

/// Where a [`Node`] stands in its [`Graph`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct NodeId(u32);

/// Everything that was compared, and what was found.
#[derive(Debug, Default)]
pub(super) struct Graph {
    nodes: Vec<Node>,
    pairs: HashMap<Pair, NodeId>,
    /// The pairs that are still to be compared.
    todo: VecDeque<(NodeId, Pair)>,
    pub(super) changes: Vec<Change>,
}

/// Two shapes to compare.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Pair {
    pub(super) old: ShapeId,
    pub(super) new: ShapeId,
    /// Members of branches that were compared with what all values of the union have.
    pub(super) skip: Vec<Text>,
}

/// A root, or a pair of types that was found at the same place.
#[derive(Debug)]
pub(super) struct Node {
    /// How it was reached first. As nodes are found in the order of their paths, this is the first of the shortest.
    way: Way,
    /// What it leads to.
    pub(super) edges: Vec<Edge>,
    /// In which ways it is used.
    pub(super) reach: Reach,
}

#[derive(Debug)]
enum Way {
    Root(Path),
    From(NodeId, Vec<Step>),
}

/// One way from a node to another.
#[derive(Clone, Copy, Debug)]
pub(super) struct Edge {
    pub(super) to: NodeId,
    /// What the old schema says of whatever the way leads through.
    pub(super) mark: Mark,
}

/// A place below a node.
#[derive(Clone, Debug)]
pub(super) struct At {
    pub(super) node: NodeId,
    pub(super) steps: Vec<Step>,
    /// Where that stands in both schemas: the name of the member, or of the type.
    pub(super) old: Span,
    pub(super) new: Span,
    /// What the old schema says of it.
    pub(super) mark: Mark,
}

/// Something that is different.
#[derive(Debug)]
pub(super) struct Change {
    pub(super) rule: &'static Rule,
    pub(super) node: NodeId,
    pub(super) steps: Vec<Step>,
    pub(super) mark: Mark,
    pub(super) old: Side,
    pub(super) new: Side,
}

/// One of the two schemas in a [`Change`].
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Side {
    /// Where it stands, or the nearest thing that stands there.
    pub(super) span: Option<Span>,
    /// Whether it is there.
    pub(super) is_there: bool,
    /// What it is, if that matters.
    pub(super) text: String,
}

impl Side {
    /// It is there, and is this.
    pub(super) fn is(span: Span, text: impl Into<String>) -> Self {
        Self {
            span: Some(span),
            is_there: true,
            text: text.into(),
        }
    }

    /// It is not there, but this is where it would be.
    pub(super) fn absent(span: Span) -> Self {
        Self {
            span: Some(span),
            is_there: false,
            text: String::new(),
        }
    }

    /// Where it stands, if it is there.
    pub(super) fn span_there(&self) -> Option<Span> {
        self.span.filter(|_| self.is_there)
    }

    /// There is not even a place for it.
    pub(super) fn nowhere() -> Self {
        Self {
            span: None,
            is_there: false,
            text: String::new(),
        }
    }
}

impl At {
    /// One step further, where the same things stand.
    pub(super) fn then(&self, step: Step) -> Self {
        let mut at = self.clone();
        at.steps.push(step);
        at
    }
}

impl Graph {
    /// Adds a place that everything starts from.
    pub(super) fn root(&mut self, path: Path, direction: Direction) -> NodeId {
        let reach = Reach::starting(direction);
        self.add(Way::Root(path), reach)
    }

    fn add(&mut self, way: Way, reach: Reach) -> NodeId {
        let id = u32::try_from(self.nodes.len()).expect("two schemas have fewer types than that");
        self.nodes.push(Node {
            way,
            edges: Vec::new(),
            reach,
        });
        NodeId(id)
    }

    /// Leads from a place to a pair, which will be compared unless it has been.
    pub(super) fn lead(&mut self, at: &At, pair: Pair) {
        let to = match self.pairs.get(&pair) {
            Some(node) => *node,
            None => {
                let node = self.add(Way::From(at.node, at.steps.clone()), Reach::default());
                self.todo.push_back((node, pair.clone()));
                self.pairs.insert(pair, node);
                node
            }
        };
        let edge = Edge { to, mark: at.mark };
        self.nodes[at.node.index()].edges.push(edge);
    }

    /// The next pair to compare.
    pub(super) fn next(&mut self) -> Option<(NodeId, Pair)> {
        self.todo.pop_front()
    }

    /// Notes a change at a place.
    pub(super) fn change(&mut self, rule: &'static Rule, at: &At, old: Side, new: Side) {
        self.changes.push(Change {
            rule,
            node: at.node,
            steps: at.steps.clone(),
            mark: at.mark,
            old,
            new,
        });
    }

    pub(super) fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id.index()]
    }

    pub(super) fn node_mut(&mut self, id: NodeId) -> &mut Node {
        &mut self.nodes[id.index()]
    }

    pub(super) fn ids(&self) -> impl Iterator<Item = NodeId> + use<> {
        (0..self.nodes.len())
            .map(|index| NodeId(u32::try_from(index).expect("`add` counts nodes in u32")))
    }

    /// The path of a node, if it is a root.
    pub(super) fn root_path(&self, id: NodeId) -> Option<&Path> {
        match &self.node(id).way {
            Way::Root(path) => Some(path),
            Way::From(..) => None,
        }
    }

    /// The first path to a place below a node.
    pub(super) fn path(&self, node: NodeId, steps: &[Step]) -> Path {
        match &self.node(node).way {
            Way::Root(path) => {
                let mut path = path.clone();
                path.steps.extend_from_slice(steps);
                path
            }
            Way::From(..) => {
                let mut pieces = vec![steps];
                let mut next = node;
                let root = loop {
                    match &self.node(next).way {
                        Way::Root(path) => break path,
                        Way::From(from, steps) => {
                            pieces.push(steps);
                            next = *from;
                        }
                    }
                };
                let mut path = root.clone();
                path.steps
                    .extend(pieces.into_iter().rev().flatten().cloned());
                path
            }
        }
    }
}

impl NodeId {
    pub(super) fn index(self) -> usize {
        self.0 as usize
    }
}
