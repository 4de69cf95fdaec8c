//! From changes to findings: each change once, graded, with its paths and places.

use std::collections::HashMap;
use std::fmt;

use qapi_parser::{Schema, Span};

use crate::path::{Path, Step};
use crate::rules::{self, Direction, Rule, Severity};

use super::compare::Version;
use super::graph::{self, Change, Graph, NodeId};
use super::reach::{Mark, Reach};
use super::{Finding, Leniency, Place, Side, place};

/// What makes two changes one: the same rule about the same names in both files, seen through another type that has
/// the same base or branch.
type Key<'c> = (&'static str, Option<Span>, Option<Span>, Option<&'c Step>);

/// Makes findings of everything that is different, in the order of their paths.
pub(super) fn findings(graph: &Graph, old: Version<'_>, new: Version<'_>) -> Vec<Finding> {
    let mut groups: Vec<Vec<&Change>> = Vec::new();
    let mut known: HashMap<Key<'_>, usize> = HashMap::new();
    for change in &graph.changes {
        let key = (
            change.rule.id,
            change.old.span_there(),
            change.new.span_there(),
            change.steps.last(),
        );
        let group = *known.entry(key).or_insert_with(|| {
            groups.push(Vec::new());
            groups.len() - 1
        });
        groups[group].push(change);
    }
    let roots = Roots::new(graph);
    let mut findings: Vec<_> = groups
        .iter()
        .map(|changes| finding(graph, &roots, changes, old.schema, new.schema))
        .collect();
    findings.sort_by(|one, other| (&one.path, one.rule.id).cmp(&(&other.path, other.rule.id)));
    findings
}

fn finding(
    graph: &Graph,
    roots: &Roots,
    changes: &[&Change],
    old: &Schema,
    new: &Schema,
) -> Finding {
    let first = changes.first().expect("a group has a change");
    let paths = changes.iter().map(|it| graph.path(it.node, &it.steps));
    let path = paths
        .min_by(|one, other| (one.steps.len(), one).cmp(&(other.steps.len(), other)))
        .expect("a group has a change");
    let reach = changes.iter().fold(Reach::default(), |reach, change| {
        reach.join(graph.node(change.node).reach.through(change.mark))
    });
    let (severity, leniency) = grade(first.rule, reach);
    Finding {
        rule: first.rule,
        severity,
        leniency,
        direction: reach.direction().unwrap_or(Direction::Both),
        path,
        old: side(&first.old, old),
        new: side(&first.new, new),
        spans: (first.old.span_there(), first.new.span_there()),
        reaches: roots.of(graph, changes.iter().map(|change| change.node)),
    }
}

/// The worst that the rule says of any use, and why that is not worse.
fn grade(rule: &Rule, reach: Reach) -> (Severity, Option<Leniency>) {
    let grades = reach.uses().map(|(direction, mark)| {
        let severity = rule.severity(direction);
        let leniency = match mark {
            Mark::Plain => None,
            Mark::Deprecated => {
                (rule.change == rules::Change::Removed).then_some(Leniency::Announced)
            }
            Mark::Unstable => Some(Leniency::Unstable),
        };
        match leniency {
            Some(_) if severity.lowered() < severity => (severity.lowered(), leniency),
            _ => (severity, None),
        }
    });
    grades
        .max_by_key(|(severity, leniency)| (*severity, leniency.is_none()))
        .unwrap_or_else(|| (rule.severity(Direction::Both), None))
}

fn side(side: &graph::Side, schema: &Schema) -> Side {
    Side {
        what: side.is_there.then(|| side.text.clone()),
        place: side.span.and_then(|span| place(schema, span)),
    }
}

/// The way back from each node.
struct Roots {
    parents: Vec<Vec<NodeId>>,
}

impl Roots {
    fn new(graph: &Graph) -> Self {
        let mut parents = vec![Vec::new(); graph.ids().count()];
        for id in graph.ids() {
            for edge in &graph.node(id).edges {
                parents[edge.to.index()].push(id);
            }
        }
        Self { parents }
    }

    /// The paths of all roots that lead to one of the nodes, in order.
    fn of(&self, graph: &Graph, nodes: impl Iterator<Item = NodeId>) -> Vec<Path> {
        let mut seen = vec![false; self.parents.len()];
        let mut todo: Vec<_> = nodes.collect();
        let mut paths = Vec::new();
        while let Some(id) = todo.pop() {
            if std::mem::replace(&mut seen[id.index()], true) {
                continue;
            }
            paths.extend(graph.root_path(id).cloned());
            todo.extend_from_slice(&self.parents[id.index()]);
        }
        paths.sort();
        paths
    }
}

impl fmt::Display for Finding {
    /// One line, such as `~ guest-exec.arguments.path: str -> optional str (member-made-optional, info)`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.rule.change.sign(), self.path)?;
        let text = |side: &Side| side.what.clone().unwrap_or_default();
        match (text(&self.old), text(&self.new)) {
            (old, new) if old.is_empty() && new.is_empty() => {}
            (old, new) if old.is_empty() => write!(f, ": {new}")?,
            (old, new) if new.is_empty() => write!(f, ": {old}")?,
            (old, new) => write!(f, ": {old} -> {new}")?,
        }
        write!(f, " ({}, {}", self.rule.id, self.severity)?;
        match self.leniency {
            Some(leniency) => write!(f, ", {leniency})"),
            None => f.write_str(")"),
        }
    }
}

impl fmt::Display for Leniency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Announced => "announced",
            Self::Unstable => "unstable",
        })
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.file.display(), self.line, self.column)
    }
}
