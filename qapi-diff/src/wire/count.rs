//! How many paths a schema has.

use super::{ShapeId, ShapeKind, Type, Wire};

/// Counting ends here: a few types that use each other many times have more paths than anyone can list. The machine
/// protocol has fifteen thousand.
const MAX_PATHS: usize = 1_000_000;

/// What is still to be counted, the next one last.
enum Task {
    /// What is in a shape.
    Shape(ShapeId),
    /// The last shape is done.
    Close(ShapeId),
}

impl Wire {
    /// How many [`entries`](Self::entries) there are, a million at most. Counting is much faster than making them.
    pub fn paths(&self) -> usize {
        let mut count = 0;
        let mut todo = Vec::new();
        for command in self.commands() {
            count += 1 + command.features.len();
            count += usize::from(!self.is_empty_object(&command.returns));
            todo.push(Task::Shape(command.arguments));
            todo.extend(self.shape_in(&command.returns).into_iter().map(Task::Shape));
        }
        for event in self.events() {
            count += 1 + event.features.len();
            todo.push(Task::Shape(event.data));
        }
        let mut is_open = vec![false; self.shapes.len()];
        while let Some(task) = todo.pop() {
            match task {
                Task::Close(id) => is_open[id.0 as usize] = false,
                Task::Shape(id) => {
                    if !std::mem::replace(&mut is_open[id.0 as usize], true) {
                        todo.push(Task::Close(id));
                        count += self.count_shape(id, &mut todo);
                    }
                }
            }
            if count >= MAX_PATHS {
                return MAX_PATHS;
            }
        }
        count
    }

    /// The paths that end in a shape; what leads further is to do.
    fn count_shape(&self, id: ShapeId, todo: &mut Vec<Task>) -> usize {
        let shape = self.shape(id);
        let own = shape.features.len();
        own + match &shape.kind {
            ShapeKind::Enum(values) => values.iter().map(|value| 1 + value.features.len()).sum(),
            ShapeKind::Object(object) => {
                let members = &object.members;
                let branches = object.tag.iter().flat_map(|tag| &tag.branches);
                let used = members.iter().flat_map(|member| self.shape_in(&member.ty));
                todo.extend(used.map(Task::Shape));
                todo.extend(branches.clone().map(|branch| Task::Shape(branch.shape)));
                let features = members.iter().map(|member| 1 + member.features.len());
                features.sum::<usize>() + branches.count()
            }
            ShapeKind::Alternate(them) => {
                let used = them.iter().flat_map(|it| self.shape_in(&it.ty));
                todo.extend(used.map(Task::Shape));
                0
            }
        }
    }

    /// The shape that a type is, perhaps as the element of an array.
    pub(crate) fn shape_in(&self, ty: &Type) -> Option<ShapeId> {
        match ty {
            Type::Scalar(_) => None,
            Type::Array(element) => self.shape_in(element),
            Type::Shape(id) => Some(*id),
        }
    }
}
