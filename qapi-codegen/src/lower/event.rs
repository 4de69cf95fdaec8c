//! Events: a struct for what one carries, and a variant of the enum of all.

use qapi_parser::{Definition, DefinitionId, DefinitionKind, Event, Members};

use super::name::{self, Kind, Scope};
use super::pattern::Place;
use super::{Cx, deprecation, member, struct_, ty};
use crate::ir::{self, About, Item, Ty};

/// The struct for an event's data, where the event describes it in place.
pub(crate) fn lower_event(cx: &mut Cx<'_>, id: DefinitionId, event: &Event) -> Option<Item> {
    if !member::has_inline(cx, &event.arguments) {
        return None;
    }
    let definition = cx.schema.definition(id);
    let about = cx.with_hooks(about(cx, id, definition), Place::data(id));
    let members = member::of_members(cx, &event.arguments, id);
    Some(struct_::lower_inline(cx, id, about, &members))
}

/// The enum and table of events, where the schema has any.
pub(crate) fn lower_events(cx: &mut Cx<'_>) -> Option<ir::Events> {
    let definitions: Vec<_> = cx.kept().collect();
    let mut scope = Scope::new(Kind::Variant);
    let mut events = Vec::new();
    let mut deprecated = false;
    for (id, definition) in definitions {
        if let DefinitionKind::Event(event) = &definition.kind {
            deprecated |= deprecation::is_met(cx, id);
            events.push(lower_variant(cx, &mut scope, id, event));
        }
    }
    (!events.is_empty()).then(|| ir::Events {
        ident: name::ident(&format!("{}Event", cx.options.service)),
        about: About {
            docs: vec!["The events of the schema, and any other.".to_owned()],
            ..About::default()
        },
        deprecated,
        other: name::other(events.iter().map(|event| &event.ident)),
        events,
    })
}

fn lower_variant(cx: &mut Cx<'_>, scope: &mut Scope, id: DefinitionId, event: &Event) -> ir::Event {
    let definition = cx.schema.definition(id);
    let name = &definition.name;
    ir::Event {
        cfg: cx.cfg_of(id),
        wire_name: name.text.to_string(),
        ident: cx.claim(scope, Place::whole(id), name::variant(&name.text), name),
        about: about(cx, id, definition),
        data: lower_data(cx, id, event),
        features: cx.features(&definition.features),
    }
}

fn lower_data(cx: &mut Cx<'_>, id: DefinitionId, event: &Event) -> Option<Ty> {
    let definition = cx.schema.definition(id);
    match &event.arguments {
        Members::Named(used) => Some(ty::lower_named(cx, *used, &definition.name)),
        members => member::has_inline(cx, members).then(|| cx.generated(id)),
    }
}

fn about(cx: &Cx<'_>, id: DefinitionId, definition: &Definition) -> About {
    cx.about(id, &format!("The `{}` event.", definition.name.text))
}
