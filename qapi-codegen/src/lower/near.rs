//! What could have been meant by a pattern that names nothing.

use qapi_parser::{Command, DefinitionId, DefinitionKind, Event, Schema, Struct, Union};

use super::member::named;
use super::pattern::Place;

/// How many names an error lists, where none is close to what was written.
const MOST_NEAR: usize = 8;

/// The member of a base that `pattern` looks for in a type made of it, or the
/// path that it resembles, or else what there is in the definition that it
/// starts with.
pub(crate) fn near(schema: &Schema, pattern: &str, places: &[Place<'_>]) -> Vec<String> {
    if let Some(place) = inherited(schema, pattern, places) {
        return vec![place.path(schema)];
    }
    let paths: Vec<_> = places.iter().map(|place| place.path(schema)).collect();
    if let Some(path) = qapi_parser::similar(pattern, paths.iter().map(String::as_str)) {
        return vec![path];
    }
    let inside = |path: &&String| {
        let (start, _) = pattern.split_once('.').unwrap_or((pattern, ""));
        let rest = path.strip_prefix(start);
        rest.is_some_and(|rest| rest.starts_with('.'))
    };
    paths
        .iter()
        .filter(inside)
        .take(MOST_NEAR)
        .cloned()
        .collect()
}

/// The place of a member that a definition has from another.
fn inherited<'a>(schema: &Schema, pattern: &str, places: &[Place<'a>]) -> Option<Place<'a>> {
    let (definition, rest) = pattern.split_once('.')?;
    let (_, member) = rest.rsplit_once('.').unwrap_or(("", rest));
    let mut from = origin(schema, schema.find(definition)?);
    while let Some(id) = from {
        let meant = Place::member(id, member);
        if let Some(place) = places.iter().find(|place| **place == meant) {
            return Some(*place);
        }
        from = origin(schema, id);
    }
    None
}

/// The type that brings members into a definition.
fn origin(schema: &Schema, id: DefinitionId) -> Option<DefinitionId> {
    match &schema.definition(id).kind {
        DefinitionKind::Struct(Struct { base, .. }) => *base,
        DefinitionKind::Union(Union { base: members, .. })
        | DefinitionKind::Command(Command {
            arguments: members, ..
        })
        | DefinitionKind::Event(Event {
            arguments: members, ..
        }) => named(members),
        DefinitionKind::Enum(_) | DefinitionKind::Alternate(_) => None,
    }
}
