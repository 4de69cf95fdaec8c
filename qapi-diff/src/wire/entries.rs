//! The view written out: one entry for each path.

use std::fmt;

use qapi_parser::{Cond, DefinitionId, Feature, Span};

use super::{Command, Event, Object, Scalar, Shape, ShapeId, ShapeKind, Type, Wire};
use crate::path::{Path, Step};

/// One path of a schema, and what is there.
///
/// `Display` writes it as a line: `guest-exec.arguments.env: optional [str]`.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The path.
    pub path: Path,
    /// What is there.
    pub kind: EntryKind,
    /// When it is there.
    pub cond: Option<Cond>,
    /// The definition that it is written in.
    pub definition: DefinitionId,
    /// Where it is written: the name.
    pub span: Span,
}

/// What is at a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EntryKind {
    /// A command.
    Command {
        /// Its flags: `silent`, `out of band`, `before configuration`, `any arguments`, with commas between them.
        flags: String,
    },
    /// An event.
    Event,
    /// What a command answers, where that is more than an empty object.
    Return {
        /// The type.
        ty: String,
    },
    /// A member.
    Member {
        /// Whether it may be absent.
        optional: bool,
        /// Its type.
        ty: String,
        /// Where its type is being written out, if it contains itself.
        again: Option<Path>,
    },
    /// What a value of the tag adds.
    Branch,
    /// A value of an enum.
    Value,
    /// A feature.
    Feature,
}

impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path, self.kind)?;
        match &self.cond {
            Some(cond) => write!(f, " if {cond}"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for EntryKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Command { flags } if flags.is_empty() => f.write_str("command"),
            Self::Command { flags } => write!(f, "command, {flags}"),
            Self::Event => f.write_str("event"),
            Self::Return { ty } => f.write_str(ty),
            Self::Member {
                optional,
                ty,
                again,
            } => {
                f.write_str(if *optional { "optional " } else { "" })?;
                f.write_str(ty)?;
                match again {
                    Some(path) => write!(f, " as {path}"),
                    None => Ok(()),
                }
            }
            Self::Branch => f.write_str("branch"),
            Self::Value => f.write_str("value"),
            Self::Feature => f.write_str("feature"),
        }
    }
}

/// The entries of a [`Wire`], made one by one; see [`Wire::entries`].
#[derive(Debug)]
pub struct Entries<'w> {
    wire: &'w Wire,
    /// How many commands and events are done.
    roots: usize,
    /// What is still to come, the next one last.
    todo: Vec<Task>,
    /// The shapes that are being written out, outermost first.
    open: Vec<(ShapeId, Path)>,
}

/// Something that is still to come.
#[derive(Debug)]
enum Task {
    /// An entry that is ready.
    Entry(Box<Entry>),
    /// What is in a type.
    Within(Path, Type),
    /// What is in a shape, even where it is an object that adds to another.
    Shape(Path, ShapeId),
    /// The last shape is written out.
    Close,
}

impl<'w> Entries<'w> {
    pub(super) fn new(wire: &'w Wire) -> Self {
        Self {
            wire,
            roots: 0,
            todo: Vec::new(),
            open: Vec::new(),
        }
    }

    /// Begins with the next command or event.
    fn next_root(&mut self) -> Option<()> {
        let commands = &self.wire.commands;
        let index = self.roots;
        self.roots += 1;
        match commands.get(index) {
            Some(command) => self.command(command),
            None => self.event(self.wire.events.get(index - commands.len())?),
        }
        Some(())
    }

    fn command(&mut self, command: &Command) {
        let path = Path::root(command.name.text.clone());
        let mut tasks = vec![Task::Entry(Box::new(Entry {
            path: path.clone(),
            kind: EntryKind::Command {
                flags: command.describe(),
            },
            cond: command.cond.clone(),
            definition: command.definition,
            span: command.name.span,
        }))];
        tasks.extend(features(&path, command.definition, &command.features));
        tasks.push(Task::Shape(path.then(Step::Arguments), command.arguments));
        let returned = path.then(Step::Return);
        if !self.wire.is_empty_object(&command.returns) {
            tasks.push(Task::Entry(Box::new(Entry {
                path: returned.clone(),
                kind: EntryKind::Return {
                    ty: self.wire.describe(&command.returns),
                },
                cond: None,
                definition: command.definition,
                span: command.name.span,
            })));
        }
        tasks.push(Task::Within(returned, command.returns.clone()));
        self.push(tasks);
    }

    fn event(&mut self, event: &Event) {
        let path = Path::root(event.name.text.clone());
        let mut tasks = vec![Task::Entry(Box::new(Entry {
            path: path.clone(),
            kind: EntryKind::Event,
            cond: event.cond.clone(),
            definition: event.definition,
            span: event.name.span,
        }))];
        tasks.extend(features(&path, event.definition, &event.features));
        tasks.push(Task::Shape(path.then(Step::Data), event.data));
        self.push(tasks);
    }

    /// What is in a value of a type.
    fn within(&mut self, path: Path, ty: &Type) {
        match ty {
            Type::Scalar(_) => {}
            Type::Array(element) => self.todo.push(Task::Within(path, (**element).clone())),
            Type::Shape(id) => self.shape(path, *id),
        }
    }

    fn shape(&mut self, path: Path, id: ShapeId) {
        if self.open.iter().any(|(open, _)| *open == id) {
            return;
        }
        self.open.push((id, path.clone()));
        let wire = self.wire;
        let shape = wire.shape(id);
        let mut tasks: Vec<_> = features(&path, shape.definition, &shape.features).collect();
        match &shape.kind {
            ShapeKind::Enum(_) => tasks.extend(values(&path, shape)),
            ShapeKind::Object(object) => self.object(&path, shape.definition, object, &mut tasks),
            ShapeKind::Alternate(alternatives) => {
                let types = alternatives.iter().map(|it| it.ty.clone());
                tasks.extend(types.map(|ty| Task::Within(path.clone(), ty)));
            }
        }
        tasks.push(Task::Close);
        self.push(tasks);
    }

    fn object(&self, path: &Path, owner: DefinitionId, object: &Object, tasks: &mut Vec<Task>) {
        for member in &object.members {
            let path = path.then(Step::Member(member.name.text.clone()));
            tasks.push(Task::Entry(Box::new(Entry {
                path: path.clone(),
                kind: EntryKind::Member {
                    optional: member.optional,
                    ty: self.wire.describe(&member.ty),
                    again: self.again(&member.ty).cloned(),
                },
                cond: member.cond.clone(),
                definition: member.owner,
                span: member.name.span,
            })));
            tasks.extend(features(&path, member.owner, &member.features));
            tasks.push(Task::Within(path, member.ty.clone()));
        }
        for branch in object.tag.iter().flat_map(|tag| &tag.branches) {
            let path = path.then(Step::Branch(branch.value.text.clone()));
            tasks.push(Task::Entry(Box::new(Entry {
                path: path.clone(),
                kind: EntryKind::Branch,
                cond: branch.cond.clone(),
                definition: owner,
                span: branch.value.span,
            })));
            tasks.push(Task::Shape(path, branch.shape));
        }
    }

    /// Where a type is being written out already, perhaps as one of several alternatives.
    fn again(&self, ty: &Type) -> Option<&Path> {
        let id = self.wire.shape_in(ty)?;
        let alternatives = match &self.wire.shape(id).kind {
            ShapeKind::Alternate(alternatives) => alternatives.as_slice(),
            ShapeKind::Enum(_) | ShapeKind::Object(_) => &[],
        };
        let inner = alternatives
            .iter()
            .filter_map(|it| self.wire.shape_in(&it.ty));
        let mut all = std::iter::once(id).chain(inner);
        all.find_map(|id| {
            let open = self.open.iter().find(|(open, _)| *open == id);
            open.map(|(_, path)| path)
        })
    }

    fn push(&mut self, tasks: Vec<Task>) {
        self.todo.extend(tasks.into_iter().rev());
    }
}

impl Iterator for Entries<'_> {
    type Item = Entry;

    fn next(&mut self) -> Option<Entry> {
        loop {
            match self.todo.pop() {
                Some(Task::Entry(entry)) => return Some(*entry),
                Some(Task::Within(path, ty)) => self.within(path, &ty),
                Some(Task::Shape(path, id)) => self.shape(path, id),
                Some(Task::Close) => drop(self.open.pop()),
                None => self.next_root()?,
            }
        }
    }
}

impl Wire {
    /// Whether a type is an object without members, which is what commands return that return nothing.
    pub(crate) fn is_empty_object(&self, ty: &Type) -> bool {
        match ty {
            Type::Scalar(
                Scalar::Str
                | Scalar::Number
                | Scalar::Integer(_)
                | Scalar::Bool
                | Scalar::Null
                | Scalar::Any,
            )
            | Type::Array(_) => false,
            Type::Shape(id) => match &self.shape(*id).kind {
                ShapeKind::Object(object) => object.members.is_empty() && object.tag.is_none(),
                ShapeKind::Enum(_) | ShapeKind::Alternate(_) => false,
            },
        }
    }
}

/// The values of an enum, and their features.
fn values(path: &Path, shape: &Shape) -> Vec<Task> {
    let ShapeKind::Enum(values) = &shape.kind else {
        return Vec::new();
    };
    let mut tasks = Vec::new();
    for value in values {
        let path = path.then(Step::Value(value.name.text.clone()));
        tasks.push(Task::Entry(Box::new(Entry {
            path: path.clone(),
            kind: EntryKind::Value,
            cond: value.cond.clone(),
            definition: shape.definition,
            span: value.name.span,
        })));
        tasks.extend(features(&path, shape.definition, &value.features));
    }
    tasks
}

fn features<'f>(
    path: &'f Path,
    definition: DefinitionId,
    features: &'f [Feature],
) -> impl Iterator<Item = Task> + 'f {
    features.iter().map(move |feature| {
        Task::Entry(Box::new(Entry {
            path: path.then(Step::Feature(feature.name.text.clone())),
            kind: EntryKind::Feature,
            cond: feature.cond.clone(),
            definition,
            span: feature.name.span,
        }))
    })
}
