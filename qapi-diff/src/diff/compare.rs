//! From two views to everything that is different.

use qapi_parser::{Cond, Feature, Name, Schema, Span};

use crate::path::{Path, Step};
use crate::rules::{self, Direction, Rule};
use crate::wire::{Command, Event, Shape, ShapeKind, Type, Value, Wire};

use super::cond;
use super::graph::{At, Graph, NodeId, Pair, Side};
use super::merge::{Entry, merge};
use super::reach::{Mark, spread};
use super::{object, ty};

/// What a comparison needs to know, and what it finds out.
pub(super) struct Cx<'w> {
    pub(super) old: Version<'w>,
    pub(super) new: Version<'w>,
    pub(super) graph: Graph,
}

/// One of the two schemas.
#[derive(Clone, Copy)]
pub(super) struct Version<'w> {
    pub(super) schema: &'w Schema,
    pub(super) wire: &'w Wire,
}

impl<'w> Version<'w> {
    /// Where the definition of a shape has its name.
    pub(super) fn place(self, shape: &Shape) -> Span {
        self.schema.definition(shape.definition).name.span
    }
}

/// Walks both views together.
pub(super) fn compare<'w>(old: Version<'w>, new: Version<'w>) -> Graph {
    let graph = Graph::default();
    let mut cx = Cx { old, new, graph };
    for both in merge(old.wire.commands(), new.wire.commands(), |it| &it.name.text) {
        compare_commands(&mut cx, both);
    }
    for both in merge(old.wire.events(), new.wire.events(), |it| &it.name.text) {
        compare_events(&mut cx, both);
    }
    while let Some((node, pair)) = cx.graph.next() {
        compare_pair(&mut cx, node, &pair);
    }
    spread(&mut cx.graph);
    cx.graph
}

fn compare_commands(cx: &mut Cx<'_>, both: Entry<'_, Command>) {
    let sent = Direction::Sent;
    match both {
        Entry::Old(old) => {
            let at = root(cx, &old.name, &old.name, sent, &old.features);
            let was = Side::is(old.name.span, "command");
            cx.graph
                .change(&rules::COMMAND_REMOVED, &at, was, Side::nowhere());
        }
        Entry::New(new) => {
            let at = root(cx, &new.name, &new.name, sent, &[]);
            let is = Side::is(new.name.span, "command");
            cx.graph
                .change(&rules::COMMAND_ADDED, &at, Side::nowhere(), is);
        }
        Entry::Both(old, new) => {
            let at = root(cx, &old.name, &new.name, sent, &old.features);
            compare_conds(cx, &at, old.cond.as_ref(), new.cond.as_ref());
            compare_features(cx, &at, &old.features, &new.features);
            compare_flags(cx, &at, old, new);
            let arguments = part(cx, &at, Step::Arguments, Direction::Sent);
            cx.graph
                .lead(&arguments, pair(old.arguments, new.arguments));
            let returned = part(cx, &at, Step::Return, Direction::Received);
            ty::compare(cx, &returned, &old.returns, &new.returns);
        }
    }
}

fn compare_events(cx: &mut Cx<'_>, both: Entry<'_, Event>) {
    let received = Direction::Received;
    match both {
        Entry::Old(old) => {
            let at = root(cx, &old.name, &old.name, received, &old.features);
            let was = Side::is(old.name.span, "event");
            cx.graph
                .change(&rules::EVENT_REMOVED, &at, was, Side::nowhere());
        }
        Entry::New(new) => {
            let at = root(cx, &new.name, &new.name, received, &[]);
            let is = Side::is(new.name.span, "event");
            cx.graph
                .change(&rules::EVENT_ADDED, &at, Side::nowhere(), is);
        }
        Entry::Both(old, new) => {
            let at = root(cx, &old.name, &new.name, received, &old.features);
            compare_conds(cx, &at, old.cond.as_ref(), new.cond.as_ref());
            compare_features(cx, &at, &old.features, &new.features);
            let data = part(cx, &at, Step::Data, Direction::Received);
            cx.graph.lead(&data, pair(old.data, new.data));
        }
    }
}

/// The place of a command or event.
fn root(cx: &mut Cx<'_>, old: &Name, new: &Name, direction: Direction, features: &[Feature]) -> At {
    At {
        node: cx.graph.root(Path::root(old.text.clone()), direction),
        steps: Vec::new(),
        old: old.span,
        new: new.span,
        mark: Mark::of(old, features),
    }
}

/// What a command takes or answers, or an event carries: a root of its own, for it has a direction of its own.
fn part(cx: &mut Cx<'_>, at: &At, step: Step, direction: Direction) -> At {
    let path = cx.graph.path(at.node, &[step]);
    At {
        node: cx.graph.root(path, direction),
        ..at.clone()
    }
}

pub(super) fn pair(old: crate::wire::ShapeId, new: crate::wire::ShapeId) -> Pair {
    Pair {
        old,
        new,
        skip: Vec::new(),
    }
}

fn compare_flags(cx: &mut Cx<'_>, at: &At, old: &Command, new: &Command) {
    let flags: [(bool, bool, &'static Rule, &'static Rule); 4] = [
        (
            old.success_response,
            new.success_response,
            &rules::SUCCESS_RESPONSE_ADDED,
            &rules::SUCCESS_RESPONSE_REMOVED,
        ),
        (
            old.allow_oob,
            new.allow_oob,
            &rules::OOB_ALLOWED,
            &rules::OOB_REFUSED,
        ),
        (
            old.allow_preconfig,
            new.allow_preconfig,
            &rules::PRECONFIG_ALLOWED,
            &rules::PRECONFIG_REFUSED,
        ),
        (
            old.open,
            new.open,
            &rules::ARGUMENTS_OPENED,
            &rules::ARGUMENTS_CLOSED,
        ),
    ];
    for (old, new, set, cleared) in flags {
        if old != new {
            let rule = if new { set } else { cleared };
            let (old, new) = (Side::is(at.old, ""), Side::is(at.new, ""));
            cx.graph.change(rule, at, old, new);
        }
    }
}

fn compare_pair(cx: &mut Cx<'_>, node: NodeId, pair: &Pair) {
    let (old, new) = (cx.old.wire.shape(pair.old), cx.new.wire.shape(pair.new));
    let at = At {
        node,
        steps: Vec::new(),
        old: cx.old.place(old),
        new: cx.new.place(new),
        mark: Mark::Plain,
    };
    compare_features(cx, &at, &old.features, &new.features);
    match (&old.kind, &new.kind) {
        (ShapeKind::Enum(old), ShapeKind::Enum(new)) => compare_values(cx, &at, old, new),
        (ShapeKind::Object(old), ShapeKind::Object(new)) => {
            object::compare(cx, &at, old, new, &pair.skip);
        }
        (ShapeKind::Alternate(_), ShapeKind::Alternate(_)) => {
            ty::compare_kinds(cx, &at, &Type::Shape(pair.old), &Type::Shape(pair.new));
        }
        (ShapeKind::Enum(_) | ShapeKind::Object(_) | ShapeKind::Alternate(_), _) => {
            unreachable!("only types of one kind are paired")
        }
    }
}

fn compare_values(cx: &mut Cx<'_>, at: &At, old: &[Value], new: &[Value]) {
    for both in merge(old, new, |it| &it.name.text) {
        match both {
            Entry::Old(value) => {
                let mut here = at.then(Step::Value(value.name.text.clone()));
                here.mark = Mark::of(&value.name, &value.features);
                let was = Side::is(value.name.span, "");
                cx.graph
                    .change(&rules::VALUE_REMOVED, &here, was, Side::absent(at.new));
            }
            Entry::New(value) => {
                let here = at.then(Step::Value(value.name.text.clone()));
                let is = Side::is(value.name.span, "");
                cx.graph
                    .change(&rules::VALUE_ADDED, &here, Side::absent(at.old), is);
            }
            Entry::Both(old, new) => {
                let here = At {
                    old: old.name.span,
                    new: new.name.span,
                    mark: Mark::of(&old.name, &old.features),
                    ..at.then(Step::Value(old.name.text.clone()))
                };
                compare_conds(cx, &here, old.cond.as_ref(), new.cond.as_ref());
                compare_features(cx, &here, &old.features, &new.features);
            }
        }
    }
}

/// Compares when something exists.
pub(super) fn compare_conds(cx: &mut Cx<'_>, at: &At, old: Option<&Cond>, new: Option<&Cond>) {
    if let Some(rule) = cond::compare(old, new) {
        let (old, new) = (
            Side::is(at.old, cond::text(old)),
            Side::is(at.new, cond::text(new)),
        );
        cx.graph.change(rule, at, old, new);
    }
}

/// Compares the features of something.
pub(super) fn compare_features(cx: &mut Cx<'_>, at: &At, old: &[Feature], new: &[Feature]) {
    for both in merge(old, new, |it| &it.name.text) {
        match both {
            Entry::Old(feature) => {
                let here = at.then(Step::Feature(feature.name.text.clone()));
                let rule = match feature.name.text.as_str() {
                    "deprecated" => &rules::DEPRECATION_WITHDRAWN,
                    "unstable" => &rules::MADE_STABLE,
                    _ => &rules::FEATURE_REMOVED,
                };
                let was = Side::is(feature.name.span, "");
                cx.graph.change(rule, &here, was, Side::absent(at.new));
            }
            Entry::New(feature) => {
                let here = at.then(Step::Feature(feature.name.text.clone()));
                let rule = match feature.name.text.as_str() {
                    "deprecated" => &rules::DEPRECATION_ANNOUNCED,
                    "unstable" => &rules::MADE_UNSTABLE,
                    _ => &rules::FEATURE_ADDED,
                };
                let is = Side::is(feature.name.span, "");
                cx.graph.change(rule, &here, Side::absent(at.old), is);
            }
            Entry::Both(old, new) => {
                let here = At {
                    old: old.name.span,
                    new: new.name.span,
                    ..at.then(Step::Feature(old.name.text.clone()))
                };
                compare_conds(cx, &here, old.cond.as_ref(), new.cond.as_ref());
            }
        }
    }
}
