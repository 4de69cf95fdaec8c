//! Which definitions a client receives.
//!
//! What a client only sends can be closed, for it sends what it knows. What it
//! receives comes from a service that may be newer than its schema.

use std::collections::BTreeSet;

use qapi_parser::{Command, DefinitionId, DefinitionKind, Event, Members, TypeRef};

use super::Cx;
use super::member::{self, Owned};

/// The definitions that returns and events can carry, at any depth.
#[derive(Debug, Default)]
pub(crate) struct Received(BTreeSet<DefinitionId>);

impl Received {
    /// Finds them in what is left of the schema.
    pub(crate) fn find(cx: &Cx<'_>) -> Self {
        let mut received = Self::default();
        let mut todo = Vec::new();
        for (id, definition) in cx.kept() {
            match &definition.kind {
                DefinitionKind::Command(command) => {
                    todo.extend(command.returns.as_ref().and_then(definition_of));
                }
                DefinitionKind::Event(_) => todo.push(id),
                DefinitionKind::Enum(_)
                | DefinitionKind::Struct(_)
                | DefinitionKind::Union(_)
                | DefinitionKind::Alternate(_) => {}
            }
        }
        while let Some(id) = todo.pop() {
            if received.0.insert(id) {
                todo.extend(contents(cx, id));
            }
        }
        received
    }

    /// Whether a client may receive what `id` defines.
    pub(crate) fn contains(&self, id: DefinitionId) -> bool {
        self.0.contains(&id)
    }
}

/// What values of a definition are made of, one level deep.
fn contents(cx: &Cx<'_>, id: DefinitionId) -> Vec<DefinitionId> {
    match &cx.schema.definition(id).kind {
        DefinitionKind::Enum(_) => Vec::new(),
        DefinitionKind::Struct(_) => of_members(&member::of(cx, id)).collect(),
        DefinitionKind::Union(union) => {
            let mut contents: Vec<_> = of_members(&member::of(cx, id)).collect();
            let branches = union.branches.iter();
            let branches = branches.filter(|branch| cx.holds(branch.cond.as_ref()));
            contents.extend(branches.map(|branch| branch.ty));
            contents
        }
        DefinitionKind::Alternate(alternate) => {
            let alternatives = alternate.alternatives.iter();
            let alternatives = alternatives.filter(|it| cx.holds(it.cond.as_ref()));
            alternatives
                .filter_map(|it| definition_of(&it.ty))
                .collect()
        }
        DefinitionKind::Command(Command { arguments, .. })
        | DefinitionKind::Event(Event { arguments, .. }) => match arguments {
            Members::Named(used) => vec![*used],
            Members::Inline(_) => of_members(&member::of_members(cx, arguments, id)).collect(),
        },
    }
}

fn of_members(members: &[Owned<'_>]) -> impl Iterator<Item = DefinitionId> {
    let types = members.iter().map(|owned| &owned.member.ty);
    types.filter_map(definition_of)
}

/// The definition that a type refers to, perhaps as the element of an array.
fn definition_of(ty: &TypeRef) -> Option<DefinitionId> {
    match ty {
        TypeRef::Builtin(_) => None,
        TypeRef::Definition(id) => Some(*id),
        TypeRef::Array(element) => definition_of(element),
    }
}
