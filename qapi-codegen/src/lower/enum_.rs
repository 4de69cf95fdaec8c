//! Enums.

use qapi_parser::{DefinitionId, Enum};

use super::Cx;
use super::name::{self, Kind, Scope};
use super::pattern::Place;
use crate::ir::{self, Item};

/// The enum for a schema's enum.
pub(crate) fn lower_enum(cx: &mut Cx<'_>, id: DefinitionId, enum_: &Enum) -> Item {
    let definition = cx.schema.definition(id);
    let mut scope = Scope::new(Kind::Variant);
    let mut values = Vec::new();
    for value in &enum_.values {
        if !cx.holds(value.cond.as_deref()) {
            continue;
        }
        let name = &value.name;
        let place = Place::member(id, &name.text);
        let ident = cx.claim(&mut scope, place, name::variant(&name.text), name);
        let about = cx.about_entry(
            place,
            definition.doc.as_deref(),
            name,
            &value.features,
            "value",
        );
        values.push(ir::EnumValue {
            cfg: cx.cfg(value.cond.as_deref()),
            wire_name: name.text.to_string(),
            ident,
            about,
        });
    }
    let other = cx
        .received
        .contains(id)
        .then(|| name::other(values.iter().map(|value| &value.ident)));
    Item::Enum(ir::Enum {
        ident: cx.names.type_ident(id),
        about: cx.about(id, &format!("The values of `{}`.", definition.name.text)),
        values,
        other,
    })
}
