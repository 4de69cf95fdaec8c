//! Events: so far, the types of what they carry.

use qapi_parser::{DefinitionId, Event, Members};

use super::{Cx, member, struct_};
use crate::ir::Item;

/// The struct for an event's data, where the event describes it in place.
pub(crate) fn lower_event(cx: &mut Cx<'_>, id: DefinitionId, event: &Event) -> Option<Item> {
    let definition = cx.schema.definition(id);
    let members = member::of_members(cx, &event.arguments, id);
    match event.arguments {
        Members::Inline(_) if !members.is_empty() => {
            let about = cx.about(id, &format!("The `{}` event.", definition.name.text));
            let ident = cx.names.type_ident(id);
            Some(struct_::lower_inline(cx, ident, about, &members))
        }
        Members::Inline(_) | Members::Named(_) => None,
    }
}
