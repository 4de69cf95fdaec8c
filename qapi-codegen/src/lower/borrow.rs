//! What borrows from a request.

use std::collections::BTreeSet;

use qapi_parser::{DefinitionId, DefinitionKind};

use super::error::LowerError;
use super::member::{self, Owned};
use super::pattern::Place;
use super::{Cx, reach};

/// The definitions whose Rust types have a lifetime, because something inside
/// was replaced by a type that borrows from the request.
#[derive(Debug, Default)]
pub(crate) struct Borrows(BTreeSet<DefinitionId>);

impl Borrows {
    /// Finds them in what is left of the schema, and reports what cannot
    /// borrow because there is no request around it.
    pub(crate) fn find(cx: &mut Cx<'_>) -> Self {
        let mut found = Self::default();
        if !cx.hooks.borrow() {
            return found;
        }
        let kept: Vec<_> = cx.kept().map(|(id, _)| id).collect();
        for id in &kept {
            if let Some(place) = place(cx, *id) {
                found.0.insert(*id);
                if cx.received.contains(*id) {
                    refuse(cx, place);
                }
            }
            let returns = Place::returned(*id);
            if cx.hooks.borrows(returns) {
                refuse(cx, returns);
            }
        }
        // As often as types are nested, at most.
        loop {
            let contains = |id: &DefinitionId| {
                let contents = reach::contents(cx, *id);
                !found.0.contains(id) && contents.iter().any(|id| found.0.contains(id))
            };
            // What a command answers is no part of its arguments, and was looked at above.
            let more: Vec<_> = kept.iter().copied().filter(contains).collect();
            if more.is_empty() {
                return found;
            }
            found.0.extend(more);
        }
    }

    /// Whether the type for `id` has a lifetime.
    pub(crate) fn contains(&self, id: DefinitionId) -> bool {
        self.0.contains(&id)
    }
}

/// The place in a definition at which it borrows by itself.
fn place<'a>(cx: &Cx<'a>, id: DefinitionId) -> Option<Place<'a>> {
    let mut places = vec![Place::whole(id)];
    match &cx.schema.definition(id).kind {
        DefinitionKind::Enum(_) => {}
        DefinitionKind::Struct(_) | DefinitionKind::Union(_) => {
            places.extend(member::of(cx, id).iter().map(Owned::place));
        }
        DefinitionKind::Alternate(alternate) => {
            let alternatives = alternate.alternatives.iter();
            places.extend(alternatives.map(|it| Place::member(id, &it.name.text)));
        }
        DefinitionKind::Command(command) => {
            let members = member::of_members(cx, &command.arguments, id);
            places.extend(members.iter().map(Owned::place));
        }
        DefinitionKind::Event(event) => {
            let members = member::of_members(cx, &event.arguments, id);
            places.extend(members.iter().map(Owned::place));
        }
    }
    places.into_iter().find(|place| cx.hooks.borrows(*place))
}

fn refuse(cx: &mut Cx<'_>, place: Place<'_>) {
    let name = cx.schema.definition(place.definition).name.clone();
    cx.error(LowerError::NothingToBorrow {
        path: place.path(cx.schema),
        name,
    });
}
