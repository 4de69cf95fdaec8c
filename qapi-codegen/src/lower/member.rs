//! The members of objects, with those of their bases.

use qapi_parser::{DefinitionId, DefinitionKind, Doc, Member, Members};

use super::Cx;
use super::cycle::Use;
use super::name::{self, Kind, Scope};
use super::pattern::{Part, Place};
use super::ty::{self, lower_contained};
use crate::ident::Ident;
use crate::ir;

/// A member with the definition in which it stands and the documentation that
/// describes it, which for a member of a base are the base's.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Owned<'a> {
    pub(crate) owner: DefinitionId,
    pub(crate) member: &'a Member,
    pub(crate) doc: Option<&'a Doc>,
}

impl<'a> Owned<'a> {
    /// What the configuration knows it as.
    pub(crate) fn place(&self) -> Place<'a> {
        Place::member(self.owner, &self.member.name.text)
    }

    /// Whether the user has another type for it.
    pub(crate) fn is_replaced(&self, cx: &Cx<'_>) -> bool {
        cx.hooks.replaces(self.place())
    }

    /// Whether it may be left out, as the schema or the user says.
    pub(crate) fn is_optional(&self, cx: &Cx<'_>) -> bool {
        self.member.optional || cx.optional.last(self.place()).is_some()
    }
}

/// Whether something is a member that can be made optional: of an object, and not its tag.
pub(crate) fn is_plain(kind: &DefinitionKind, part: Part<'_>) -> bool {
    let Part::Member(name) = part else {
        return false;
    };
    match kind {
        DefinitionKind::Enum(_) | DefinitionKind::Alternate(_) => false,
        DefinitionKind::Union(union) => union.discriminator.text != *name,
        DefinitionKind::Struct(_) | DefinitionKind::Command(_) | DefinitionKind::Event(_) => true,
    }
}

/// The members of a struct, or those in a union's base, base first, without
/// the ones that conditions exclude.
pub(crate) fn of<'a>(cx: &Cx<'a>, id: DefinitionId) -> Vec<Owned<'a>> {
    let schema = cx.schema;
    match &schema.definition(id).kind {
        DefinitionKind::Struct(struct_) => {
            let mut members = struct_.base.map(|base| of(cx, base)).unwrap_or_default();
            members.extend(own(cx, &struct_.members, id));
            members
        }
        DefinitionKind::Union(union) => of_members(cx, &union.base, id),
        DefinitionKind::Enum(_)
        | DefinitionKind::Alternate(_)
        | DefinitionKind::Command(_)
        | DefinitionKind::Event(_) => Vec::new(),
    }
}

/// The same for members that may be written in place, in the definition `owner`.
pub(crate) fn of_members<'a>(
    cx: &Cx<'a>,
    members: &'a Members,
    owner: DefinitionId,
) -> Vec<Owned<'a>> {
    match members {
        Members::Inline(members) => own(cx, members, owner).collect(),
        Members::Named(id) => of(cx, *id),
    }
}

fn own<'a>(
    cx: &Cx<'a>,
    members: &'a [Member],
    owner: DefinitionId,
) -> impl Iterator<Item = Owned<'a>> {
    let schema = cx.schema;
    let doc = schema.definition(owner).doc.as_deref();
    members
        .iter()
        .filter(|member| cx.holds(member.cond.as_deref()))
        .map(move |member| Owned { owner, member, doc })
}

/// Whether members are written in place, and exist, so that they need a type.
pub(crate) fn has_inline(cx: &Cx<'_>, members: &Members) -> bool {
    let mut members = inline(members).iter();
    members.any(|member| cx.holds(member.cond.as_deref()))
}

/// The members that are written in place, whatever conditions say.
pub(crate) fn inline(members: &Members) -> &[Member] {
    match members {
        Members::Inline(members) => members,
        Members::Named(_) => &[],
    }
}

/// The type whose members they are, unless they are written in place.
pub(crate) fn named(members: &Members) -> Option<DefinitionId> {
    match members {
        Members::Named(id) => Some(*id),
        Members::Inline(_) => None,
    }
}

/// Fields for members of what `container` becomes.
pub(crate) fn lower_members(
    cx: &mut Cx<'_>,
    container: DefinitionId,
    members: &[Owned<'_>],
) -> Vec<ir::Field> {
    let mut scope = Scope::new(Kind::Field);
    let mut fields = Vec::with_capacity(members.len());
    for owned in members {
        let name = &owned.member.name;
        let ident = cx.claim(&mut scope, owned.place(), name::field(&name.text), name);
        fields.push(lower_member(cx, container, owned, ident));
    }
    fields
}

fn lower_member(
    cx: &mut Cx<'_>,
    container: DefinitionId,
    owned: &Owned<'_>,
    ident: Ident,
) -> ir::Field {
    let member = owned.member;
    let optional = owned.is_optional(cx);
    let how = Use::of_member(optional);
    let place = owned.place();
    let replacement = cx.hooks.replacement(place);
    ir::Field {
        cfg: cx.cfg_inside(container, member.cond.as_deref(), &member.ty),
        wire_name: member.name.text.to_string(),
        ident,
        converts: replacement.is_some() || ty::converts(cx, &member.ty),
        ty: replacement
            .unwrap_or_else(|| lower_contained(cx, container, &member.ty, how, &member.name)),
        optional,
        about: cx.about_entry(place, owned.doc, &member.name, &member.features, "member"),
    }
}
