//! From a checked schema to its view on the wire.

use std::collections::HashMap;

use qapi_parser::{
    self as model, Checked, Definition, DefinitionId, DefinitionKind, Members, Schema, TypeRef,
};

use super::cond::{features, optional};
use super::{
    Alternative, Branch, Command, Event, Member, Object, Shape, ShapeId, ShapeKind, Tag, Type,
    Value, Wire,
};

/// Makes the shapes of everything that commands and events lead to.
pub(super) fn build(schema: &Checked<Schema>) -> Wire {
    let mut cx = Cx::new(schema);
    let (mut commands, mut events) = (Vec::new(), Vec::new());
    for (id, definition) in schema.definitions() {
        match &definition.kind {
            DefinitionKind::Command(it) => {
                commands.push(build_command(&mut cx, id, definition, it))
            }
            DefinitionKind::Event(it) => events.push(build_event(&mut cx, id, definition, it)),
            DefinitionKind::Enum(_)
            | DefinitionKind::Struct(_)
            | DefinitionKind::Union(_)
            | DefinitionKind::Alternate(_) => {}
        }
    }
    commands.sort_by(|one, other| one.name.text.cmp(&other.name.text));
    events.sort_by(|one, other| one.name.text.cmp(&other.name.text));
    let shapes = cx.finish();
    let mut wire = Wire {
        commands,
        events,
        shapes,
    };
    sort_alternatives(&mut wire);
    wire
}

/// Puts alternatives in the order of their kinds, for their names are not on the wire.
fn sort_alternatives(wire: &mut Wire) {
    for index in 0..wire.shapes.len() {
        let ShapeKind::Alternate(alternatives) = &wire.shapes[index].kind else {
            continue;
        };
        let mut sorted = alternatives.clone();
        sorted.sort_by_key(|it| wire.kind(&it.ty));
        wire.shapes[index].kind = ShapeKind::Alternate(sorted);
    }
}

/// The shapes so far. An id is given out as soon as a type is referred to, and its shape is made when its turn comes,
/// so that types may contain each other.
struct Cx<'s> {
    schema: &'s Schema,
    ids: HashMap<DefinitionId, ShapeId>,
    /// What each id is for.
    wanted: Vec<Content<'s>>,
}

/// What a shape is made of.
#[derive(Clone, Copy)]
enum Content<'s> {
    /// A type.
    Type(DefinitionId),
    /// Members that stand in place in a command or event.
    Inline(DefinitionId, &'s [model::Member]),
}

impl<'s> Cx<'s> {
    fn new(schema: &'s Schema) -> Self {
        Self {
            schema,
            ids: HashMap::new(),
            wanted: Vec::new(),
        }
    }

    fn want(&mut self, content: Content<'s>) -> ShapeId {
        let id = u32::try_from(self.wanted.len()).expect("a schema counts definitions in u32");
        self.wanted.push(content);
        ShapeId(id)
    }

    /// The shape of a type.
    fn shape(&mut self, id: DefinitionId) -> ShapeId {
        if let Some(shape) = self.ids.get(&id) {
            return *shape;
        }
        let shape = self.want(Content::Type(id));
        self.ids.insert(id, shape);
        shape
    }

    /// The shape of what a command or event takes.
    fn arguments(&mut self, owner: DefinitionId, arguments: &'s Members) -> ShapeId {
        match arguments {
            Members::Named(id) => self.shape(*id),
            Members::Inline(members) => self.want(Content::Inline(owner, members)),
        }
    }

    fn ty(&mut self, ty: &TypeRef) -> Type {
        match ty {
            TypeRef::Builtin(builtin) => Type::Scalar((*builtin).into()),
            TypeRef::Definition(id) => Type::Shape(self.shape(*id)),
            TypeRef::Array(element) => Type::Array(Box::new(self.ty(element))),
        }
    }

    /// Makes what is wanted, and what that leads to.
    fn finish(mut self) -> Vec<Shape> {
        let mut shapes = Vec::new();
        while let Some(content) = self.wanted.get(shapes.len()).copied() {
            let shape = match content {
                Content::Type(id) => build_type(&mut self, id),
                Content::Inline(owner, members) => Shape {
                    definition: owner,
                    features: Vec::new(),
                    kind: ShapeKind::Object(Object {
                        members: build_members(&mut self, vec![(owner, members)]),
                        tag: None,
                    }),
                },
            };
            shapes.push(shape);
        }
        shapes
    }
}

fn build_command<'s>(
    cx: &mut Cx<'s>,
    id: DefinitionId,
    definition: &'s Definition,
    command: &'s model::Command,
) -> Command {
    Command {
        name: definition.name.clone(),
        definition: id,
        cond: optional(definition.cond.as_ref()),
        features: features(&definition.features),
        arguments: cx.arguments(id, &command.arguments),
        open: !command.generate,
        returns: match &command.returns {
            Some(ty) => cx.ty(ty),
            None => Type::Shape(cx.want(Content::Inline(id, &[]))),
        },
        success_response: command.success_response,
        allow_oob: command.allow_oob,
        allow_preconfig: command.allow_preconfig,
    }
}

fn build_event<'s>(
    cx: &mut Cx<'s>,
    id: DefinitionId,
    definition: &'s Definition,
    event: &'s model::Event,
) -> Event {
    Event {
        name: definition.name.clone(),
        definition: id,
        cond: optional(definition.cond.as_ref()),
        features: features(&definition.features),
        data: cx.arguments(id, &event.arguments),
    }
}

fn build_type(cx: &mut Cx<'_>, id: DefinitionId) -> Shape {
    let definition = cx.schema.definition(id);
    let kind = match &definition.kind {
        DefinitionKind::Enum(enum_) => ShapeKind::Enum(build_values(enum_)),
        DefinitionKind::Struct(_) => ShapeKind::Object(Object {
            members: build_all_members(cx, id),
            tag: None,
        }),
        DefinitionKind::Union(union) => ShapeKind::Object(Object {
            members: build_all_members(cx, id),
            tag: Some(build_tag(cx, union)),
        }),
        DefinitionKind::Alternate(it) => ShapeKind::Alternate(build_alternatives(cx, it)),
        DefinitionKind::Command(_) | DefinitionKind::Event(_) => {
            unreachable!("the checks of a schema let nothing refer to commands and events")
        }
    };
    Shape {
        definition: id,
        features: features(&definition.features),
        kind,
    }
}

fn build_values(enum_: &model::Enum) -> Vec<Value> {
    let value = |value: &model::EnumValue| Value {
        name: value.name.clone(),
        cond: optional(value.cond.as_deref()),
        features: features(&value.features),
    };
    let mut values: Vec<_> = enum_.values.iter().map(value).collect();
    values.sort_by(|one, other| one.name.text.cmp(&other.name.text));
    values
}

/// The members of a struct, or of all values of a union, those of bases included.
fn build_all_members(cx: &mut Cx<'_>, id: DefinitionId) -> Vec<Member> {
    let levels = levels(cx.schema, id);
    build_members(cx, levels)
}

/// Where the members of an object are written: in the type itself and in its bases.
fn levels(schema: &Schema, id: DefinitionId) -> Vec<(DefinitionId, &[model::Member])> {
    let mut levels = Vec::new();
    let mut next = Some(id);
    while let Some(id) = next.take() {
        match &schema.definition(id).kind {
            DefinitionKind::Struct(struct_) => {
                levels.push((id, struct_.members.as_slice()));
                next = struct_.base;
            }
            DefinitionKind::Union(union) => match &union.base {
                Members::Inline(members) => levels.push((id, members.as_slice())),
                Members::Named(base) => next = Some(*base),
            },
            DefinitionKind::Enum(_)
            | DefinitionKind::Alternate(_)
            | DefinitionKind::Command(_)
            | DefinitionKind::Event(_) => {}
        }
    }
    levels
}

fn build_members(cx: &mut Cx<'_>, levels: Vec<(DefinitionId, &[model::Member])>) -> Vec<Member> {
    let mut built = Vec::new();
    for (owner, members) in levels {
        built.extend(members.iter().map(|member| Member {
            name: member.name.clone(),
            owner,
            optional: member.optional,
            ty: cx.ty(&member.ty),
            cond: optional(member.cond.as_deref()),
            features: features(&member.features),
        }));
    }
    built.sort_by(|one: &Member, other| one.name.text.cmp(&other.name.text));
    built
}

fn build_tag(cx: &mut Cx<'_>, union: &model::Union) -> Tag {
    let schema = cx.schema;
    let branches = union.branches.iter();
    let mut branches: Vec<_> = branches
        .filter(|branch| brings_something(schema, branch.ty))
        .map(|branch| Branch {
            value: branch.name.clone(),
            cond: optional(branch.cond.as_ref()),
            shape: cx.shape(branch.ty),
        })
        .collect();
    branches.sort_by(|one, other| one.value.text.cmp(&other.value.text));
    Tag {
        name: union.discriminator.text.clone(),
        branches,
    }
}

/// Whether a branch of this type is more than none: `{}` and a branch that is left out are the same on the wire.
fn brings_something(schema: &Schema, ty: DefinitionId) -> bool {
    let definition = schema.definition(ty);
    !definition.features.is_empty()
        || schema.union_(ty).is_some()
        || levels(schema, ty)
            .iter()
            .any(|(_, members)| !members.is_empty())
}

fn build_alternatives(cx: &mut Cx<'_>, alternate: &model::Alternate) -> Vec<Alternative> {
    let alternatives = alternate.alternatives.iter();
    alternatives
        .map(|it| Alternative {
            name: it.name.clone(),
            ty: cx.ty(&it.ty),
            cond: optional(it.cond.as_ref()),
        })
        .collect()
}
