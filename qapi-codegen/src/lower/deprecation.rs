//! What the compiler would warn of in generated code.
//!
//! A command, an event, a member or a value can be deprecated; a type cannot.
//! Users hear of it from the compiler; the code that is generated around it
//! does without.

use qapi_parser::{Command, DefinitionId, DefinitionKind, Event, Feature, Members, Union};

use super::Cx;
use super::member::{self, Owned};

/// Whether code for a definition has to name something deprecated.
pub(crate) fn is_met(cx: &Cx<'_>, id: DefinitionId) -> bool {
    let definition = cx.schema.definition(id);
    let members = |members: Vec<Owned<'_>>| {
        let mut features = members.into_iter().map(|owned| &owned.member.features);
        features.any(|features| is_deprecated(cx, features))
    };
    let is_inside = match &definition.kind {
        DefinitionKind::Enum(_) => has_deprecated_value(cx, id),
        DefinitionKind::Struct(_) => members(member::of(cx, id)),
        DefinitionKind::Union(Union { tag, .. }) => {
            members(member::of(cx, id)) || has_deprecated_value(cx, *tag)
        }
        DefinitionKind::Alternate(_) => false,
        DefinitionKind::Command(Command { arguments, .. })
        | DefinitionKind::Event(Event { arguments, .. }) => match arguments {
            Members::Inline(_) => members(member::of_members(cx, arguments, id)),
            Members::Named(_) => false,
        },
    };
    is_inside || is_deprecated(cx, &definition.features)
}

fn has_deprecated_value(cx: &Cx<'_>, id: DefinitionId) -> bool {
    match &cx.schema.definition(id).kind {
        DefinitionKind::Enum(enum_) => {
            let mut values = enum_.values.iter();
            values.any(|value| is_deprecated(cx, &value.features))
        }
        DefinitionKind::Struct(_)
        | DefinitionKind::Union(_)
        | DefinitionKind::Alternate(_)
        | DefinitionKind::Command(_)
        | DefinitionKind::Event(_) => false,
    }
}

fn is_deprecated(cx: &Cx<'_>, features: &[Feature]) -> bool {
    let mut features = features.iter();
    features.any(|it| &*it.name.text == "deprecated" && cx.holds(it.cond.as_ref()))
}
