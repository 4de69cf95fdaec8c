//! What leads to what: the definitions that something is made of.

use std::collections::BTreeSet;

use qapi_parser::{Command, DefinitionId, DefinitionKind, Event, Members, TypeRef};

use super::Cx;
use super::member::{self, Owned};
use super::pattern::Place;

/// The definitions that `roots` lead to at any depth, themselves included, in
/// what conditions leave of the schema. Bases are no definitions of their own
/// here, for their members become those of whoever has them.
pub(crate) fn from(
    cx: &Cx<'_>,
    roots: impl IntoIterator<Item = DefinitionId>,
) -> BTreeSet<DefinitionId> {
    let mut reached = BTreeSet::new();
    let mut todo: Vec<_> = roots.into_iter().collect();
    while let Some(id) = todo.pop() {
        if reached.insert(id) {
            todo.extend(contents(cx, id));
        }
    }
    reached
}

/// What values of a definition are made of, one level deep.
pub(crate) fn contents(cx: &Cx<'_>, id: DefinitionId) -> Vec<DefinitionId> {
    if cx.hooks.replaces(Place::whole(id)) {
        return Vec::new();
    }
    match &cx.schema.definition(id).kind {
        DefinitionKind::Enum(_) => Vec::new(),
        DefinitionKind::Struct(_) => of_members(cx, &member::of(cx, id)).collect(),
        DefinitionKind::Union(union) => {
            let mut contents: Vec<_> = of_members(cx, &member::of(cx, id)).collect();
            let branches = union.branches.iter();
            let branches = branches.filter(|branch| cx.holds(branch.cond.as_ref()));
            contents.extend(branches.map(|branch| branch.ty));
            contents
        }
        DefinitionKind::Alternate(alternate) => {
            let alternatives = alternate.alternatives.iter();
            let alternatives = alternatives.filter(|it| {
                let place = Place::member(id, &it.name.text);
                cx.holds(it.cond.as_ref()) && !cx.hooks.replaces(place)
            });
            alternatives
                .filter_map(|it| definition_of(&it.ty))
                .collect()
        }
        DefinitionKind::Command(command) => of_command(cx, id, command),
        DefinitionKind::Event(Event { arguments, .. }) => of_arguments(cx, id, arguments),
    }
}

fn of_command(cx: &Cx<'_>, id: DefinitionId, command: &Command) -> Vec<DefinitionId> {
    let mut contents = match command.generate {
        true => of_arguments(cx, id, &command.arguments),
        // The handler gets what there is.
        false => Vec::new(),
    };
    contents.extend(returned(cx, id, command));
    contents
}

/// The definition that a command answers with.
pub(crate) fn returned(cx: &Cx<'_>, id: DefinitionId, command: &Command) -> Option<DefinitionId> {
    if cx.hooks.replaces(Place::returned(id)) {
        return None;
    }
    command.returns.as_ref().and_then(definition_of)
}

fn of_arguments(cx: &Cx<'_>, id: DefinitionId, arguments: &Members) -> Vec<DefinitionId> {
    match arguments {
        Members::Named(used) => vec![*used],
        Members::Inline(_) => of_members(cx, &member::of_members(cx, arguments, id)).collect(),
    }
}

fn of_members<'c>(cx: &'c Cx<'_>, members: &'c [Owned<'_>]) -> impl Iterator<Item = DefinitionId> {
    let kept = members.iter().filter(|owned| !owned.is_replaced(cx));
    kept.filter_map(|owned| definition_of(&owned.member.ty))
}

/// The definition that a type refers to, perhaps as the element of an array.
pub(crate) fn definition_of(ty: &TypeRef) -> Option<DefinitionId> {
    match ty {
        TypeRef::Builtin(_) => None,
        TypeRef::Definition(id) => Some(*id),
        TypeRef::Array(element) => definition_of(element),
    }
}
