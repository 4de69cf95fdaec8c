//! Where a `Box` goes.
//!
//! A type that contains itself by value has no size, so each such cycle is cut
//! once. Arrays cut cycles by themselves. Of the uses on a cycle the one that
//! hurts a reader least is boxed: an alternative before an optional member
//! before a required member before a branch, and within these in source order.

use std::collections::{BTreeMap, BTreeSet};

use qapi_parser::{DefinitionId, DefinitionKind, TypeRef};

use super::Cx;
use super::member::{self, Owned};
use super::pattern::Place;

/// The uses of a type that are boxed, as (user, used).
#[derive(Debug, Default)]
pub(crate) struct Boxes(BTreeSet<(DefinitionId, DefinitionId, Use)>);

/// How one type contains another by value, in the order in which uses are boxed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Use {
    Alternative,
    Optional,
    Required,
    Branch,
}

impl Boxes {
    /// Finds the uses to box in what is left of the schema.
    pub(crate) fn find(cx: &Cx<'_>) -> Self {
        let mut edges = Vec::new();
        for (id, _) in cx.kept() {
            edges.extend(uses(cx, id).into_iter().map(|(to, how)| (how, id, to)));
        }
        // Stable: uses of one kind stay in source order.
        edges.sort_by_key(|(how, ..)| *how);
        let mut graph = Graph::new(&edges);
        let mut boxes = Self::default();
        for (how, from, to) in edges {
            if graph.reaches(to, from) {
                graph.cut(from, to, how);
                boxes.0.insert((from, to, how));
            }
        }
        boxes
    }

    /// Whether `user` holds `used` in a box where it stands as `how`.
    pub(crate) fn contains(&self, user: DefinitionId, used: DefinitionId, how: Use) -> bool {
        self.0.contains(&(user, used, how))
    }
}

/// What a definition contains by value, members of bases included.
fn uses(cx: &Cx<'_>, id: DefinitionId) -> Vec<(DefinitionId, Use)> {
    let mut uses = Vec::new();
    if cx.hooks.replaces(Place::whole(id)) {
        return uses;
    }
    match &cx.schema.definition(id).kind {
        DefinitionKind::Struct(_) => uses.extend(member_uses(cx, &member::of(cx, id))),
        DefinitionKind::Union(union) => {
            uses.extend(member_uses(cx, &member::of(cx, id)));
            uses.extend(union.branches.iter().map(|branch| (branch.ty, Use::Branch)));
        }
        DefinitionKind::Alternate(alternate) => {
            let types = alternate
                .alternatives
                .iter()
                .map(|alternative| &alternative.ty);
            uses.extend(types.filter_map(by_value).map(|ty| (ty, Use::Alternative)));
        }
        // Arguments and event data are contained in nothing.
        DefinitionKind::Enum(_) | DefinitionKind::Command(_) | DefinitionKind::Event(_) => {}
    }
    uses
}

fn member_uses<'c>(
    cx: &'c Cx<'_>,
    members: &'c [Owned<'_>],
) -> impl Iterator<Item = (DefinitionId, Use)> {
    let kept = members.iter().filter(|owned| !owned.is_replaced(cx));
    kept.filter_map(|owned| {
        let how = Use::of_member(owned.is_optional(cx));
        by_value(&owned.member.ty).map(|ty| (ty, how))
    })
}

impl Use {
    /// How a member contains its type.
    pub(crate) fn of_member(optional: bool) -> Self {
        if optional {
            Self::Optional
        } else {
            Self::Required
        }
    }
}

fn by_value(ty: &TypeRef) -> Option<DefinitionId> {
    match ty {
        TypeRef::Definition(id) => Some(*id),
        TypeRef::Builtin(_) | TypeRef::Array(_) => None,
    }
}

type Edge = (Use, DefinitionId, DefinitionId);

/// What contains what by value and unboxed.
struct Graph(BTreeMap<DefinitionId, Vec<(DefinitionId, Use)>>);

impl Graph {
    fn new(edges: &[Edge]) -> Self {
        let mut graph: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for (how, from, to) in edges {
            graph.entry(*from).or_default().push((*to, *how));
        }
        Self(graph)
    }

    fn cut(&mut self, from: DefinitionId, to: DefinitionId, how: Use) {
        if let Some(edges) = self.0.get_mut(&from) {
            edges.retain(|edge| *edge != (to, how));
        }
    }

    fn reaches(&self, start: DefinitionId, goal: DefinitionId) -> bool {
        let mut seen = BTreeSet::from([start]);
        let mut todo = vec![start];
        while let Some(id) = todo.pop() {
            if id == goal {
                return true;
            }
            for (next, _) in self.0.get(&id).into_iter().flatten() {
                if seen.insert(*next) {
                    todo.push(*next);
                }
            }
        }
        false
    }
}
