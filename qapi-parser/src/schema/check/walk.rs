//! The order of the checks: an object after its base and its branches.
//!
//! A list of steps stands in for recursion, because nothing limits how deep a
//! schema nests; [`MAX_DEPTH`] does so for everyone after this stage.

use crate::expr::{ExprKind, Member};
use crate::source::Span;

use super::super::definition::DefinitionId;
use super::super::error::SchemaError;
use super::member::Own;
use super::{Cx, alternate, command, enum_, feature, struct_, union_};

/// How deep bases and branches may nest. Released schemas have three levels;
/// whoever flattens objects recurses this deep.
const MAX_DEPTH: u32 = 256;

/// What is known of a definition as an object.
#[derive(Debug, Default)]
pub(super) struct Object<'t> {
    state: State,
    /// The struct whose members come first, once it is known to be one.
    pub(super) base: Option<DefinitionId>,
    /// Its own members; none before they are checked.
    pub(super) own: Option<Own<'t>>,
    /// The first of its members, its own or inherited, that has a condition.
    pub(super) conditional: Option<&'t Member>,
    /// The number of its members, inherited ones included.
    pub(super) size: usize,
    /// Members are missing here, because they are wrong.
    pub(super) incomplete: bool,
    /// The enum of its tag, if it is a union, once it is known to have one.
    pub(super) tag: Option<DefinitionId>,
    /// The number of levels of bases and branches in it, with itself.
    depth: u32,
}

/// How far the checks of an object are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    #[default]
    New,
    Open,
    Done,
}

/// A part of the checks of a definition.
#[derive(Clone, Copy, Debug)]
enum Step {
    /// Starts with a definition, which is part of another where that says so.
    Enter(DefinitionId, Option<(DefinitionId, Span)>),
    /// What an object itself adds, its base being done.
    Members(DefinitionId),
    /// A branch of a union by its index.
    Branch(DefinitionId, usize),
    /// What is left when everything that an object contains is done.
    Leave(DefinitionId),
    /// The arguments of a command or an event, their type being done.
    Arguments(DefinitionId),
}

/// Checks a definition and everything that it contains.
pub(super) fn walk(cx: &mut Cx<'_>, root: DefinitionId) {
    let mut steps = vec![Step::Enter(root, None)];
    while let Some(step) = steps.pop() {
        match step {
            Step::Enter(id, part_of) => {
                cx.current = id;
                enter(cx, id, part_of, &mut steps);
            }
            Step::Members(id) => {
                cx.current = id;
                members(cx, id);
            }
            Step::Branch(id, index) => {
                cx.current = id;
                if let Some((ty, span)) = union_::check_branch(cx, id, index) {
                    steps.push(Step::Enter(ty, Some((id, span))));
                }
            }
            Step::Leave(id) => {
                cx.current = id;
                leave(cx, id);
            }
            Step::Arguments(id) => {
                cx.current = id;
                command::check_arguments_inside(cx, id);
                command::check_returns(cx, id);
            }
        }
    }
}

fn enter(
    cx: &mut Cx<'_>,
    id: DefinitionId,
    part_of: Option<(DefinitionId, Span)>,
    steps: &mut Vec<Step>,
) {
    match cx.objects[id.index()].state {
        State::Done => return,
        State::Open => return check_loop(cx, id, part_of),
        State::New => cx.objects[id.index()].state = State::Open,
    }
    let table = cx.table;
    let expr = table.expr(id);
    feature::check_definition(cx, expr);
    match &expr.kind {
        ExprKind::Enum(enum_) => enum_::check_enum(cx, enum_),
        ExprKind::Alternate(alternate) => alternate::check_alternate(cx, alternate),
        ExprKind::Command(_) | ExprKind::Event(_) => {
            steps.push(Step::Arguments(id));
            if let Some(ty) = command::check_data(cx, id) {
                steps.push(Step::Enter(ty, None));
            }
            return;
        }
        ExprKind::Struct(_) | ExprKind::Union(_) => {
            steps.push(Step::Leave(id));
            if let ExprKind::Union(union) = &expr.kind {
                let branches = 0..union.branches.len();
                steps.extend(branches.rev().map(|index| Step::Branch(id, index)));
            }
            steps.push(Step::Members(id));
            if let Some((base, span)) = struct_::check_base(cx, id) {
                cx.objects[id.index()].base = Some(base);
                steps.push(Step::Enter(base, Some((id, span))));
            }
            return;
        }
    }
    cx.objects[id.index()].state = State::Done;
}

/// An object must not contain itself: it would have no end.
fn check_loop(cx: &mut Cx<'_>, id: DefinitionId, part_of: Option<(DefinitionId, Span)>) {
    let name = cx.table.expr(id).name.clone();
    let Some((user, again)) = part_of else { return };
    cx.report(SchemaError::ContainsItself { name, again });
    // Whoever follows bases must come to an end all the same.
    cut_base(cx, user);
}

fn cut_base(cx: &mut Cx<'_>, id: DefinitionId) {
    let object = &mut cx.objects[id.index()];
    object.base = None;
    object.incomplete = true;
}

fn members(cx: &mut Cx<'_>, id: DefinitionId) {
    if let Some(base) = cx.objects[id.index()].base {
        check_depth(cx, id, cx.objects[base.index()].depth);
        cx.objects[id.index()].incomplete |= cx.objects[base.index()].incomplete;
    }
    match &cx.table.expr(id).kind {
        ExprKind::Struct(_) => struct_::check_members(cx, id),
        ExprKind::Union(_) => union_::check_tag(cx, id),
        ExprKind::Enum(_) | ExprKind::Alternate(_) | ExprKind::Command(_) | ExprKind::Event(_) => {}
    }
}

fn leave(cx: &mut Cx<'_>, id: DefinitionId) {
    let branches = union_::branch_types(cx, id);
    let depth = branches
        .iter()
        .map(|ty| cx.objects[ty.index()].depth)
        .max()
        .unwrap_or(0);
    check_depth(cx, id, depth);
    union_::check_branch_members(cx, id);
    cx.objects[id.index()].state = State::Done;
}

/// Nesting ends somewhere; `inside` is the depth of a part.
fn check_depth(cx: &mut Cx<'_>, id: DefinitionId, inside: u32) {
    let depth = inside + 1;
    if depth <= MAX_DEPTH {
        let object = &mut cx.objects[id.index()];
        object.depth = object.depth.max(depth);
        return;
    }
    let name = cx.table.expr(id).name.clone();
    cx.report(SchemaError::TooDeep {
        name,
        limit: MAX_DEPTH,
    });
    // What is built upon this one starts to count anew: one report is enough.
    cut_base(cx, id);
    cx.objects[id.index()].depth = 0;
}
