//! Types that stand at the same place in a row of schemas, and what is in them.
//!
//! As in a comparison of two schemas, all are walked together, and the types at one place, one per release, are a node
//! that is looked into once.

use std::collections::{BTreeMap, HashMap};

use qapi_parser::{Cond, DefinitionId, Feature, Name, Text};

use crate::path::Step;
use crate::wire::{Command, Event, Object, Shape, ShapeId, ShapeKind, Wire};

use super::line::{Line, LineKind, NodeId, State};

/// All nodes.
#[derive(Clone, Debug, Default)]
pub(super) struct Graph {
    pub(super) nodes: Vec<Node>,
}

/// The types that stand at one place.
#[derive(Clone, Debug)]
pub(super) struct Node {
    /// The type in each release that has one there.
    pub(super) shapes: Vec<Option<ShapeId>>,
    /// What is in it, by step.
    pub(super) lines: Vec<Line>,
}

/// The graph while it is made.
pub(super) struct Cx<'w> {
    wires: &'w [&'w Wire],
    ids: HashMap<Vec<Option<ShapeId>>, NodeId>,
    wanted: Vec<Vec<Option<ShapeId>>>,
}

/// What is at a step in one release.
struct Found<'w> {
    kind: LineKind,
    state: State,
    /// The type that it leads to; of an alternate with a single one, that one, for there is nothing else in it.
    to: Option<ShapeId>,
    /// Its own features, not those of its type.
    features: &'w [Feature],
}

impl<'w> Found<'w> {
    /// Something that leads nowhere.
    fn new(kind: LineKind, state: State) -> Self {
        Self {
            kind,
            state,
            to: None,
            features: &[],
        }
    }

    /// Something with a shape in its type, if there is one.
    fn leading(kind: LineKind, mut state: State, wire: &Wire, shape: Option<ShapeId>) -> Self {
        state.shape = shape;
        let to = shape.and_then(|id| only_shape(wire, id));
        Self {
            to,
            ..Self::new(kind, state)
        }
    }

    /// The same with features.
    fn having(self, features: &'w [Feature]) -> Self {
        Self { features, ..self }
    }
}

/// What each release has at each step.
struct Table<'w> {
    releases: usize,
    rows: BTreeMap<Step, Vec<Option<Found<'w>>>>,
}

/// Makes the lines of all commands and events, and what they lead to.
pub(super) fn build(wires: &[&Wire]) -> (Vec<Line>, Graph) {
    let mut cx = Cx {
        wires,
        ids: HashMap::new(),
        wanted: Vec::new(),
    };
    // Parts of definitions are nodes without types: their place is behind those that have some.
    let mut roots: BTreeMap<&Text, Vec<Root<'_>>> = BTreeMap::new();
    for (release, wire) in wires.iter().enumerate() {
        for command in wire.commands() {
            let root = (release, Definition::Command(command));
            roots.entry(&command.name.text).or_default().push(root);
        }
        for event in wire.events() {
            let root = (release, Definition::Event(event));
            roots.entry(&event.name.text).or_default().push(root);
        }
    }
    let roots: Vec<_> = roots
        .into_values()
        .map(|them| build_root(&mut cx, &them))
        .collect();
    let mut nodes = Vec::new();
    while let Some(shapes) = cx.wanted.get(nodes.len()).cloned() {
        let lines = build_node(&mut cx, &shapes);
        nodes.push(Node { shapes, lines });
    }
    let lines = roots.into_iter().map(|(mut line, parts)| {
        let id = NodeId::new(nodes.len());
        let shapes = vec![None; wires.len()];
        nodes.push(Node {
            shapes,
            lines: parts,
        });
        line.to = Some(id);
        line
    });
    let lines = lines.collect();
    (lines, Graph { nodes })
}

type Root<'w> = (usize, Definition<'w>);

#[derive(Clone, Copy)]
enum Definition<'w> {
    Command(&'w Command),
    Event(&'w Event),
}

impl Cx<'_> {
    fn node(&mut self, shapes: Vec<Option<ShapeId>>) -> NodeId {
        if let Some(id) = self.ids.get(&shapes) {
            return *id;
        }
        let id = NodeId::new(self.wanted.len());
        self.wanted.push(shapes.clone());
        self.ids.insert(shapes, id);
        id
    }

    /// Makes lines of what was found.
    fn lines(&mut self, table: Table<'_>) -> Vec<Line> {
        let rows = table.rows.into_iter();
        rows.map(|(step, row)| self.line(step, row)).collect()
    }

    fn line(&mut self, step: Step, row: Vec<Option<Found<'_>>>) -> Line {
        let mut kinds = row.iter().rev().flatten().map(|found| found.kind);
        let kind = kinds
            .next()
            .expect("a row is made for something that was found");
        let shapes: Vec<_> = row.iter().map(|it| it.as_ref()?.to).collect();
        let to = shapes
            .iter()
            .any(Option::is_some)
            .then(|| self.node(shapes));
        let mut features = Table::new(row.len());
        for (release, found) in row.iter().enumerate() {
            if let Some(found) = found {
                features.features(release, found.state.definition, found.features);
            }
        }
        let features = self.lines(features);
        let states = row.into_iter().map(|found| found.map(|found| found.state));
        Line::new(step, kind, states.collect(), features, to)
    }
}

impl<'w> Table<'w> {
    fn new(releases: usize) -> Self {
        Self {
            releases,
            rows: BTreeMap::new(),
        }
    }

    /// Notes what a release has, unless it has something there already: of two alternatives with the same members, the
    /// first is told.
    fn put(&mut self, step: Step, release: usize, found: Found<'w>) {
        let new = || (0..self.releases).map(|_| None).collect();
        let row: &mut Vec<_> = self.rows.entry(step).or_insert_with(new);
        row[release].get_or_insert(found);
    }

    fn features(&mut self, release: usize, owner: DefinitionId, features: &'w [Feature]) {
        for feature in features {
            let found = Found::new(
                LineKind::Feature,
                state(owner, &feature.name, String::new(), feature.cond.as_ref()),
            );
            self.put(Step::Feature(feature.name.text.clone()), release, found);
        }
    }
}

fn state(definition: DefinitionId, name: &Name, what: String, cond: Option<&Cond>) -> State {
    let what = match cond {
        Some(cond) if what.is_empty() => format!("if {cond}"),
        Some(cond) => format!("{what} if {cond}"),
        None => what,
    };
    State {
        what,
        definition,
        span: name.span,
        shape: None,
    }
}

/// A command or event through all releases, and what is in it.
fn build_root(cx: &mut Cx<'_>, roots: &[Root<'_>]) -> (Line, Vec<Line>) {
    let releases = cx.wires.len();
    let mut parts = Table::new(releases);
    let mut row: Vec<_> = (0..releases).map(|_| None).collect();
    let mut name = Text::default();
    for (release, definition) in roots {
        let wire = cx.wires[*release];
        let found = match definition {
            Definition::Command(it) => {
                name = it.name.text.clone();
                put_command(&mut parts, *release, wire, it)
            }
            Definition::Event(it) => {
                name = it.name.text.clone();
                put_event(&mut parts, *release, wire, it)
            }
        };
        row[*release] = Some(found);
    }
    let line = cx.line(Step::Member(name), row);
    (line, cx.lines(parts))
}

fn put_command<'w>(
    parts: &mut Table<'w>,
    release: usize,
    wire: &'w Wire,
    command: &'w Command,
) -> Found<'w> {
    let part = |what| state(command.definition, &command.name, what, None);
    let arguments = part(String::new());
    let arguments = Found::leading(LineKind::Part, arguments, wire, Some(command.arguments));
    parts.put(Step::Arguments, release, arguments);
    if !wire.is_empty_object(&command.returns) {
        let returned = part(wire.describe(&command.returns));
        let shape = wire.shape_in(&command.returns);
        let returned = Found::leading(LineKind::Return, returned, wire, shape);
        parts.put(Step::Return, release, returned);
    }
    let what = command.describe();
    let state = state(
        command.definition,
        &command.name,
        what,
        command.cond.as_ref(),
    );
    Found::new(LineKind::Command, state).having(&command.features)
}

fn put_event<'w>(
    parts: &mut Table<'w>,
    release: usize,
    wire: &'w Wire,
    event: &'w Event,
) -> Found<'w> {
    let event_state = |cond| state(event.definition, &event.name, String::new(), cond);
    let data = Found::leading(LineKind::Part, event_state(None), wire, Some(event.data));
    parts.put(Step::Data, release, data);
    let state = event_state(event.cond.as_ref());
    Found::new(LineKind::Event, state).having(&event.features)
}

fn build_node(cx: &mut Cx<'_>, shapes: &[Option<ShapeId>]) -> Vec<Line> {
    let mut table = Table::new(shapes.len());
    for (release, shape) in shapes.iter().enumerate() {
        if let Some(id) = shape {
            let wire = cx.wires[release];
            put_shape(&mut table, release, wire, wire.shape(*id));
        }
    }
    cx.lines(table)
}

fn put_shape<'w>(table: &mut Table<'w>, release: usize, wire: &'w Wire, shape: &'w Shape) {
    table.features(release, shape.definition, &shape.features);
    match &shape.kind {
        ShapeKind::Enum(values) => {
            for value in values {
                let (name, cond) = (&value.name, value.cond.as_ref());
                let state = state(shape.definition, name, String::new(), cond);
                let step = Step::Value(name.text.clone());
                let found = Found::new(LineKind::Value, state).having(&value.features);
                table.put(step, release, found);
            }
        }
        ShapeKind::Object(object) => put_object(table, release, wire, shape.definition, object),
        ShapeKind::Alternate(alternatives) => {
            let shapes = alternatives.iter().filter_map(|it| wire.shape_in(&it.ty));
            for shape in shapes.map(|id| wire.shape(id)) {
                // An array of the alternate may be one of the alternatives, and has nothing more in it.
                if !matches!(shape.kind, ShapeKind::Alternate(_)) {
                    put_shape(table, release, wire, shape);
                }
            }
        }
    }
}

fn put_object<'w>(
    table: &mut Table<'w>,
    release: usize,
    wire: &'w Wire,
    owner: DefinitionId,
    object: &'w Object,
) {
    for member in &object.members {
        let what = wire.describe_member(member);
        let state = state(member.owner, &member.name, what, member.cond.as_ref());
        let shape = wire.shape_in(&member.ty);
        let found = Found::leading(LineKind::Member, state, wire, shape).having(&member.features);
        table.put(Step::Member(member.name.text.clone()), release, found);
    }
    for branch in object.tag.iter().flat_map(|tag| &tag.branches) {
        let state = state(owner, &branch.value, String::new(), branch.cond.as_ref());
        let found = Found::leading(LineKind::Branch, state, wire, Some(branch.shape));
        table.put(Step::Branch(branch.value.text.clone()), release, found);
    }
}

/// The shape that matters: of an alternate with a single one, that one, and of one with none, none.
fn only_shape(wire: &Wire, id: ShapeId) -> Option<ShapeId> {
    let shape = wire.shape(id);
    let ShapeKind::Alternate(alternatives) = &shape.kind else {
        return Some(id);
    };
    let mut inner = alternatives.iter().filter_map(|it| wire.shape_in(&it.ty));
    match (inner.next(), inner.next()) {
        (None, _) if shape.features.is_empty() => None,
        (Some(only), None) if shape.features.is_empty() => Some(only),
        _ => Some(id),
    }
}
