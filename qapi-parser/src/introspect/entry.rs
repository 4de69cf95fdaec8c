//! Makes the entries.

use std::collections::HashSet;

use crate::cond::Cond;
use crate::schema::{
    Alternate, Alternative, Branch, Command, Definition, DefinitionId, DefinitionKind, Enum,
    EnumValue, Event, Feature, Member, Members, Schema, Union,
};

use super::info::{
    JsonType, SchemaInfo, SchemaInfoAlternateMember, SchemaInfoEnumMember, SchemaInfoFeature,
    SchemaInfoKind, SchemaInfoObjectMember, SchemaInfoObjectVariant,
};
use super::queue::{Queue, Single, Type, TypeNames};

/// The entries of all commands and events, and of the types that they lead to.
pub(super) fn introspect(schema: &Schema, names: TypeNames) -> Vec<SchemaInfo> {
    let mut queue = Queue::new(schema, names);
    let modules = schema.modules().iter();
    let mut entries: Vec<_> = modules
        .flat_map(|module| module.definitions())
        .filter_map(|id| introspect_definition(&mut queue, id, schema.definition(id)))
        .collect();
    let mut place = 0;
    while let Some(ty) = queue.get(place) {
        entries.push(introspect_type(&mut queue, schema, ty));
        place += 1;
    }
    entries
}

/// The entry of a command or an event. Types wait until something refers to them.
fn introspect_definition(
    queue: &mut Queue<'_>,
    id: DefinitionId,
    definition: &Definition,
) -> Option<SchemaInfo> {
    let kind = match &definition.kind {
        DefinitionKind::Command(command) => introspect_command(queue, id, command),
        DefinitionKind::Event(event) => introspect_event(queue, id, event),
        DefinitionKind::Enum(_)
        | DefinitionKind::Struct(_)
        | DefinitionKind::Union(_)
        | DefinitionKind::Alternate(_) => return None,
    };
    Some(SchemaInfo {
        name: definition.name.text.to_string(),
        kind,
        features: features(&definition.features),
        cond: definition.cond.clone(),
    })
}

fn introspect_command(
    queue: &mut Queue<'_>,
    id: DefinitionId,
    command: &Command,
) -> SchemaInfoKind {
    let returns = command.returns.as_ref().map(Type::of);
    SchemaInfoKind::Command {
        arg_type: queue.refer(Type::of_arguments(id, &command.arguments)),
        ret_type: queue.refer(returns.unwrap_or(Type::Single(Single::Empty))),
        allow_oob: command.allow_oob,
    }
}

fn introspect_event(queue: &mut Queue<'_>, id: DefinitionId, event: &Event) -> SchemaInfoKind {
    SchemaInfoKind::Event {
        arg_type: queue.refer(Type::of_arguments(id, &event.arguments)),
    }
}

/// The entry of a type in the queue.
fn introspect_type(queue: &mut Queue<'_>, schema: &Schema, ty: Type) -> SchemaInfo {
    let name = queue.refer(ty);
    match ty {
        Type::Array(element) => SchemaInfo {
            name,
            kind: SchemaInfoKind::Array {
                element_type: queue.refer(Type::Single(element)),
            },
            features: None,
            cond: condition(schema, element),
        },
        Type::Single(single) => SchemaInfo {
            name,
            kind: introspect_single(queue, schema, single),
            features: match single {
                Single::Definition(id) => features(&schema.definition(id).features),
                Single::Builtin(_) | Single::Empty | Single::Arguments(_) => None,
            },
            cond: condition(schema, single),
        },
    }
}

/// When a type exists: what is written in place exists where its owner does.
fn condition(schema: &Schema, single: Single) -> Option<Cond> {
    match single {
        Single::Builtin(_) | Single::Empty => None,
        Single::Arguments(id) | Single::Definition(id) => schema.definition(id).cond.clone(),
    }
}

fn introspect_single(queue: &mut Queue<'_>, schema: &Schema, single: Single) -> SchemaInfoKind {
    let id = match single {
        Single::Builtin(builtin) => {
            return SchemaInfoKind::Builtin {
                json_type: JsonType::of(builtin),
            };
        }
        Single::Empty => return introspect_object(queue, std::iter::empty()),
        Single::Arguments(id) | Single::Definition(id) => id,
    };
    match &schema.definition(id).kind {
        DefinitionKind::Enum(enum_) => introspect_enum(enum_),
        DefinitionKind::Struct(_) => introspect_object(queue, schema.object_members(id)),
        DefinitionKind::Union(union) => introspect_union(queue, schema, id, union),
        DefinitionKind::Alternate(alternate) => introspect_alternate(queue, alternate),
        DefinitionKind::Command(Command { arguments, .. })
        | DefinitionKind::Event(Event { arguments, .. }) => match arguments {
            Members::Inline(members) => introspect_object(queue, members),
            Members::Named(_) => unreachable!("a named type is referred to as itself"),
        },
    }
}

fn introspect_enum(enum_: &Enum) -> SchemaInfoKind {
    let member = |value: &EnumValue| SchemaInfoEnumMember {
        name: value.name.text.to_string(),
        features: features(&value.features),
        cond: value.cond.as_deref().cloned(),
    };
    SchemaInfoKind::Enum {
        members: enum_.values.iter().map(member).collect(),
    }
}

fn introspect_object<'m>(
    queue: &mut Queue<'_>,
    members: impl IntoIterator<Item = &'m Member>,
) -> SchemaInfoKind {
    SchemaInfoKind::Object {
        members: introspect_members(queue, members),
        tag: None,
        variants: Vec::new(),
    }
}

fn introspect_members<'m>(
    queue: &mut Queue<'_>,
    members: impl IntoIterator<Item = &'m Member>,
) -> Vec<SchemaInfoObjectMember> {
    let member = |member: &Member| SchemaInfoObjectMember {
        name: member.name.text.to_string(),
        ty: queue.refer(Type::of(&member.ty)),
        optional: member.optional,
        features: features(&member.features),
        cond: member.cond.as_deref().cloned(),
    };
    members.into_iter().map(member).collect()
}

fn introspect_union(
    queue: &mut Queue<'_>,
    schema: &Schema,
    id: DefinitionId,
    union: &Union,
) -> SchemaInfoKind {
    let members = introspect_members(queue, schema.object_members(id));
    let listed: HashSet<_> = union.branches.iter().map(|it| &it.name.text).collect();
    let tag = schema.enum_(union.tag).expect("a tag is an enum");
    let omitted = tag.values.iter();
    let omitted = omitted.filter(|value| !listed.contains(&value.name.text));
    let mut variants = Vec::new();
    for Branch { name, ty, cond } in &union.branches {
        let ty = Type::Single(Single::Definition(*ty));
        variants.push(introspect_variant(queue, &name.text, ty, cond));
    }
    for EnumValue { name, cond, .. } in omitted {
        let ty = Type::Single(Single::Empty);
        variants.push(introspect_variant(
            queue,
            &name.text,
            ty,
            &cond.as_deref().cloned(),
        ));
    }
    SchemaInfoKind::Object {
        members,
        tag: Some(union.discriminator.text.to_string()),
        variants,
    }
}

fn introspect_variant(
    queue: &mut Queue<'_>,
    case: &str,
    ty: Type,
    cond: &Option<Cond>,
) -> SchemaInfoObjectVariant {
    SchemaInfoObjectVariant {
        case: case.to_owned(),
        ty: queue.refer(ty),
        cond: cond.clone(),
    }
}

fn introspect_alternate(queue: &mut Queue<'_>, alternate: &Alternate) -> SchemaInfoKind {
    let member = |alternative: &Alternative| SchemaInfoAlternateMember {
        ty: queue.refer(Type::of(&alternative.ty)),
        cond: alternative.cond.clone(),
    };
    SchemaInfoKind::Alternate {
        members: alternate.alternatives.iter().map(member).collect(),
    }
}

/// The list of features, if there is to be one.
fn features(features: &[Feature]) -> Option<Vec<SchemaInfoFeature>> {
    let feature = |feature: &Feature| SchemaInfoFeature {
        name: feature.name.text.to_string(),
        cond: feature.cond.clone(),
    };
    (!features.is_empty()).then(|| features.iter().map(feature).collect())
}
