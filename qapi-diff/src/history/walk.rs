//! All lines with their paths, and the line at a path.

use super::History;
use super::line::{Line, LineKind, NodeId};
use crate::path::{Path, Step};

/// The lines of a [`History`] with their paths, in order; see [`History::lines`].
#[derive(Debug)]
pub struct Lines<'h> {
    history: &'h History,
    /// What is still to come, the next one last.
    todo: Vec<Task<'h>>,
    /// The nodes that are being written out, outermost first.
    open: Vec<NodeId>,
}

#[derive(Debug)]
enum Task<'h> {
    Line(Path, &'h Line),
    Close,
}

impl<'h> Lines<'h> {
    pub(super) fn new(history: &'h History, roots: impl Iterator<Item = (Path, &'h Line)>) -> Self {
        let mut todo: Vec<_> = roots.map(|(path, line)| Task::Line(path, line)).collect();
        todo.reverse();
        Self {
            history,
            todo,
            open: Vec::new(),
        }
    }

    fn enter(&mut self, path: &Path, to: NodeId) {
        let history = self.history;
        if self.open.iter().any(|open| history.covers(*open, to)) {
            return;
        }
        self.open.push(to);
        self.todo.push(Task::Close);
        let lines = history.graph.nodes[to.index()].lines.iter().rev();
        self.todo
            .extend(lines.map(|line| Task::Line(path.then(line.step.clone()), line)));
    }
}

impl<'h> Iterator for Lines<'h> {
    type Item = (Path, &'h Line);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            match self.todo.pop()? {
                Task::Close => drop(self.open.pop()),
                Task::Line(path, line) => {
                    if let Some(to) = line.to {
                        self.enter(&path, to);
                    }
                    let features = line.features.iter().rev();
                    let task = |it: &'h Line| Task::Line(path.then(it.step.clone()), it);
                    self.todo.extend(features.map(task));
                    if line.kind != LineKind::Part {
                        return Some((path, line));
                    }
                }
            }
        }
    }
}

impl History {
    /// Whether the last type of a node is that of another one at that time, so that nothing new is in it.
    fn covers(&self, one: NodeId, other: NodeId) -> bool {
        let shapes = |id: NodeId| &self.graph.nodes[id.index()].shapes;
        let last = shapes(other).iter().rposition(Option::is_some);
        last.is_some_and(|last| shapes(one)[last] == shapes(other)[last])
    }

    /// The line at a path, as `Display` of [`Path`] writes it. It may lead into a type that contains itself, as often
    /// as you like.
    pub fn find(&self, path: &str) -> Option<&Line> {
        self.definitions.iter().find_map(|line| {
            let Step::Member(name) = &line.step else {
                return None;
            };
            let rest = path.strip_prefix(name.as_str())?;
            self.find_from(line, rest)
        })
    }

    fn find_from<'h>(&'h self, line: &'h Line, rest: &str) -> Option<&'h Line> {
        if rest.is_empty() {
            return Some(line);
        }
        let behind = line.features.iter().chain(self.children(line));
        behind.into_iter().find_map(|child| {
            // Names may have dots in them, so several steps may fit.
            let rest = rest.strip_prefix(child.step.to_string().as_str())?;
            let ends = rest.is_empty() || rest.starts_with(['.', '[', '=', '#']);
            if ends {
                self.find_from(child, rest)
            } else {
                None
            }
        })
    }
}
