//! Structs, and everything else that is an object with fixed members.

use qapi_parser::DefinitionId;

use super::Cx;
use super::member::{self, Owned, lower_members};
use crate::ir::{self, About, Item};

/// The struct for a schema's struct.
pub(crate) fn lower_struct(cx: &mut Cx<'_>, id: DefinitionId) -> Item {
    let name = &cx.schema.definition(id).name.text;
    let members = member::of(cx, id);
    let fields = lower_members(cx, id, &members);
    let about = cx.about(id, &format!("The `{name}` object."));
    let ident = cx.names.type_ident(id);
    Item::Struct(ir::Struct {
        ident,
        about,
        fields,
        branch: None,
    })
}

/// A struct for members that a command or event writes in place.
pub(crate) fn lower_inline(
    cx: &mut Cx<'_>,
    id: DefinitionId,
    about: About,
    members: &[Owned<'_>],
) -> Item {
    Item::Struct(ir::Struct {
        ident: cx.names.type_ident(id),
        fields: lower_members(cx, id, members),
        branch: None,
        about,
    })
}
