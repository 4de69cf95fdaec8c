//! Structs.

use crate::ast::{Object, ValueKind};
use crate::source::Name;

use super::member::{Member, lift_members};
use super::name::Casing;
use super::owner::Owner;
use super::ty::lift_type_name;
use super::{Cx, ExprError, Reference};

/// A struct, its references not looked up.
#[derive(Clone, Debug)]
pub(crate) struct Struct {
    /// The struct whose members come first.
    pub(crate) base: Option<Reference>,
    /// Its own members.
    pub(crate) members: Vec<Member>,
}

/// Lifts a struct.
pub(super) fn lift_struct(cx: &mut Cx, name: &Name, object: &Object) -> Option<Struct> {
    let data = object.get("data")?;
    let members = match &data.kind {
        ValueKind::Object(members) => {
            let casing = Casing::lower(cx.exceptions.loosely_named_type(&name.text));
            Some(lift_members(cx, name, members, casing))
        }
        _ => {
            let owner = Owner::Key("data");
            cx.report(ExprError::NotMembers {
                owner,
                or_name: false,
                span: data.span,
            });
            None
        }
    };
    let base = match object.get("base") {
        Some(base) => Some(lift_type_name(cx, &Owner::Key("base"), base)?),
        None => None,
    };
    Some(Struct {
        base,
        members: members?,
    })
}
