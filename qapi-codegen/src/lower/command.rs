//! Commands: a struct for arguments, and a line in the service.

use qapi_parser::{Command, DefinitionId, DefinitionKind, Members};

use super::pattern::Place;
use super::ty::{self, lower_type};
use super::{Cx, deprecation, member, name, struct_};
use crate::choice;
use crate::ir::{self, About, Arguments, Item};

/// The struct for a command's arguments, where the command describes them in place.
pub(crate) fn lower_arguments(
    cx: &mut Cx<'_>,
    id: DefinitionId,
    command: &Command,
) -> Option<Item> {
    if !command.generate || !member::has_inline(cx, &command.arguments) {
        return None;
    }
    let name = &cx.schema.definition(id).name.text;
    let link = match cx.names.path(name) {
        Some(path) => format!("[`{name}`]({path})"),
        None => format!("`{name}`"),
    };
    let about = About {
        docs: vec![format!("The arguments of {link}.")],
        ..About::default()
    };
    let about = cx.with_hooks(about, Place::data(id));
    let members = member::of_members(cx, &command.arguments, id);
    Some(struct_::lower_inline(cx, id, about, &members))
}

/// The trait, table and client, where the schema has commands.
pub(crate) fn lower_service(cx: &mut Cx<'_>) -> Option<ir::Service> {
    let definitions: Vec<_> = cx.kept().collect();
    let mut commands = Vec::new();
    let mut deprecated = false;
    for (id, definition) in definitions {
        if let DefinitionKind::Command(command) = &definition.kind {
            deprecated |= deprecation::is_met(cx, id);
            commands.push(lower_command(cx, id, command));
        }
    }
    let service = &cx.options.service;
    (!commands.is_empty()).then(|| ir::Service {
        ident: name::ident(service),
        asynchronous: cx.options.asynchronous,
        server: name::ident(&format!("{service}Server")),
        client: name::ident(&format!("{service}Client")),
        deprecated,
        has_server: cx.options.parts.contains(&choice::Part::Server),
        has_client: cx.options.parts.contains(&choice::Part::Client),
        commands,
    })
}

fn lower_command(cx: &mut Cx<'_>, id: DefinitionId, command: &Command) -> ir::Command {
    let definition = cx.schema.definition(id);
    let name = &definition.name;
    let returns = cx.hooks.replacement(Place::returned(id)).or_else(|| {
        let ty = command.returns.as_ref()?;
        Some(lower_type(cx, ty, name))
    });
    ir::Command {
        cfg: cx.cfg_of(id),
        wire_name: name.text.to_string(),
        method: cx.names.method_ident(id),
        about: cx.about(id, &format!("The `{}` command.", name.text)),
        arguments: lower_argument_type(cx, id, command),
        upload: lower_upload(cx, id, command),
        returns,
        success_response: command.success_response,
        allow_oob: command.allow_oob,
        allow_preconfig: command.allow_preconfig,
        delimited: cx.delimited.last(Place::whole(id)).is_some(),
        features: cx.features(&definition.features),
    }
}

fn lower_upload(cx: &mut Cx<'_>, id: DefinitionId, command: &Command) -> Option<ir::Upload> {
    let members = member::of_members(cx, &command.arguments, id);
    let uploaded = members.iter().filter(|it| cx.hooks.uploads(it.place()));
    let members: Vec<_> = uploaded.map(|it| it.member.name.text.to_string()).collect();
    let method = name::ident(&format!("{}_upload", cx.names.method_ident(id)));
    (!members.is_empty()).then_some(ir::Upload { method, members })
}

fn lower_argument_type(cx: &mut Cx<'_>, id: DefinitionId, command: &Command) -> Arguments {
    let definition = cx.schema.definition(id);
    match &command.arguments {
        _ if !command.generate => Arguments::Raw,
        Members::Named(used) => Arguments::Typed(ty::lower_named(cx, *used, &definition.name)),
        members if member::has_inline(cx, members) => Arguments::Typed(cx.generated(id)),
        Members::Inline(_) => Arguments::None,
    }
}
