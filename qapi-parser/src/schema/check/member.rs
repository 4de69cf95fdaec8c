//! Members of objects.

use std::cell::OnceCell;
use std::collections::HashMap;

use crate::expr::{CName, ExprKind, Member, Members};
use crate::seen::{FEW, Seen};

use super::super::definition::DefinitionId;
use super::super::error::SchemaError;
use super::{Cx, check_type, feature};

/// The members that an object has of its own.
#[derive(Debug)]
pub(super) struct Own<'t> {
    members: &'t [Member],
    /// Many members by their spelling in C, once one is searched for.
    #[expect(clippy::box_collection, reason = "nearly all objects have none")]
    index: OnceCell<Box<HashMap<CName<'t>, &'t Member>>>,
}

impl<'t> Own<'t> {
    fn new(members: &'t [Member]) -> Self {
        Self {
            members,
            index: OnceCell::new(),
        }
    }

    /// The first member with a spelling in C.
    fn find(&self, c_name: CName<'_>) -> Option<&'t Member> {
        if self.members.len() <= FEW {
            let mut members = self.members.iter();
            return members.find(|it| CName(&it.name.text) == c_name);
        }
        let index = self.index.get_or_init(|| {
            // Of two with the same spelling, the one collected last stays.
            let members = self.members.iter().rev();
            Box::new(members.map(|it| (CName(&it.name.text), it)).collect())
        });
        index.get(&c_name).copied()
    }
}

/// Checks the members that a union, a command or an event has written in place,
/// unless that is done.
pub(super) fn check_inline(cx: &mut Cx<'_>, id: DefinitionId) {
    let table = cx.table;
    let data = match &table.expr(id).kind {
        ExprKind::Union(union) => &union.base,
        ExprKind::Command(command) => &command.data,
        ExprKind::Event(event) => &event.data,
        ExprKind::Enum(_) | ExprKind::Struct(_) | ExprKind::Alternate(_) => return,
    };
    if let Members::Inline(members) = data
        && cx.objects[id.index()].own.is_none()
    {
        check_members(cx, id, members);
    }
}

/// Checks members one by one, against each other, and against those of the base.
pub(super) fn check_members<'t>(cx: &mut Cx<'t>, id: DefinitionId, members: &'t [Member]) {
    let base = cx.objects[id.index()].base;
    let mut seen = Seen::with_capacity(members.len());
    for member in members {
        if check_type(cx, member.ty).is_none() {
            cx.objects[id.index()].incomplete = true;
        }
        feature::check_clash(cx, &member.features);
        let c_name = CName(&member.name.text);
        let own = seen.insert(c_name, member).map(|first| (first, None));
        let inherited = || {
            let (first, owner) = find(cx, base?, c_name)?;
            Some((first, Some(owner)))
        };
        if let Some((first, owner)) = own.or_else(inherited) {
            let first_of = owner.map(|owner| cx.table.expr(owner).name.text.clone());
            let (name, first) = (member.name.clone(), first.name.clone());
            cx.report(SchemaError::MemberClash {
                name,
                first,
                first_of,
            });
        }
    }
    let inherited = base.map(|base| &cx.objects[base.index()]);
    let size = members.len() + inherited.map_or(0, |base| base.size);
    let conditional = inherited.and_then(|base| base.conditional);
    let object = &mut cx.objects[id.index()];
    object.own = Some(Own::new(members));
    object.size = size;
    object.conditional = conditional.or_else(|| members.iter().find(|it| it.cond.is_some()));
}

/// The member with a spelling in C, in an object or its bases, and which has it.
pub(super) fn find<'t>(
    cx: &Cx<'t>,
    id: DefinitionId,
    c_name: CName<'_>,
) -> Option<(&'t Member, DefinitionId)> {
    levels(cx, id).find_map(|level| {
        let own = cx.objects[level.index()].own.as_ref()?;
        own.find(c_name).map(|member| (member, level))
    })
}

/// An object, its base, the base of that, and so on.
pub(super) fn levels<'c>(
    cx: &'c Cx<'_>,
    id: DefinitionId,
) -> impl Iterator<Item = DefinitionId> + 'c {
    std::iter::successors(Some(id), |id| cx.objects[id.index()].base)
}

/// The members that an object has of its own, in source order.
pub(super) fn own<'t>(cx: &Cx<'t>, id: DefinitionId) -> &'t [Member] {
    match &cx.table.expr(id).kind {
        ExprKind::Struct(struct_) => &struct_.members,
        ExprKind::Union(union) => inline(&union.base),
        ExprKind::Command(command) => inline(&command.data),
        ExprKind::Event(event) => inline(&event.data),
        ExprKind::Enum(_) | ExprKind::Alternate(_) => &[],
    }
}

/// The members of an object with those of its bases, the base first, and whose
/// they are.
pub(super) fn inherited_first<'t>(
    cx: &Cx<'t>,
    id: DefinitionId,
) -> Vec<(DefinitionId, &'t Member)> {
    let mut levels: Vec<_> = levels(cx, id).collect();
    levels.reverse();
    let members = levels.into_iter().flat_map(|level| {
        let own = own(cx, level);
        own.iter().map(move |member| (level, member))
    });
    members.collect()
}

/// The number of members of an object, inherited ones included.
pub(super) fn count(cx: &Cx<'_>, id: DefinitionId) -> usize {
    cx.objects[id.index()].size
}

fn inline(members: &Members) -> &[Member] {
    match members {
        Members::Inline(members) => members,
        Members::Named(_) => &[],
    }
}
