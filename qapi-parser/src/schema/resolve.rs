//! Turns expressions that passed every check into definitions: each name becomes
//! what it stands for.
//!
//! Expressions are taken apart, not copied: what they own is most of the memory
//! that a schema needs.

use crate::expr::{self, Expr, ExprKind, Flags, OldSpelling, Reference};

use super::build::{self, Namespace, Table};
use super::builtin::QTYPE;
use super::definition::{
    Alternate, Alternative, Branch, Command, Definition, DefinitionId, DefinitionKind, Event,
    Member, Members, Single, Struct, TypeRef, Union,
};

/// Why nothing in here can fail.
const CHECKED: &str = "the checks look up every name";

/// What comes out.
pub(super) struct Resolved {
    /// The definitions, in the order of their ids.
    pub(super) definitions: Vec<Definition>,
    /// What each name stands for.
    pub(super) namespace: Namespace,
    /// Whether anything refers to the enum that the language predefines.
    pub(super) uses_qtype: bool,
    /// What the schema spells in an old way, in the order of the sources.
    pub(super) old_spellings: Vec<OldSpelling>,
}

/// What resolving needs to know, and what it finds out.
struct Cx {
    namespace: Namespace,
    /// The enums of the tags, by union, in the order of the unions.
    tags: std::vec::IntoIter<DefinitionId>,
    uses_qtype: bool,
}

/// The definitions of a schema. `tags` are the enums of the tags, in the order of the unions.
pub(super) fn resolve(table: Table, tags: Vec<DefinitionId>) -> Resolved {
    let Table {
        exprs,
        namespace,
        old_spellings,
        ..
    } = table;
    let mut cx = Cx {
        namespace,
        tags: tags.into_iter(),
        uses_qtype: false,
    };
    let definitions = exprs.into_iter();
    let definitions = definitions.map(|it| resolve_expr(&mut cx, it)).collect();
    Resolved {
        definitions,
        namespace: cx.namespace,
        uses_qtype: cx.uses_qtype,
        old_spellings,
    }
}

fn resolve_expr(cx: &mut Cx, expr: Expr) -> Definition {
    Definition {
        name: expr.name,
        span: expr.span,
        origin: expr.origin,
        doc: expr.doc,
        cond: expr.cond,
        features: expr.features,
        kind: resolve_kind(cx, expr.kind, expr.flags),
    }
}

fn resolve_kind(cx: &mut Cx, kind: ExprKind, flags: Flags) -> DefinitionKind {
    match kind {
        ExprKind::Enum(enum_) => DefinitionKind::Enum(enum_),
        ExprKind::Struct(struct_) => DefinitionKind::Struct(resolve_struct(cx, struct_)),
        ExprKind::Union(union) => DefinitionKind::Union(resolve_union(cx, union)),
        ExprKind::Alternate(alternate) => {
            DefinitionKind::Alternate(resolve_alternate(cx, alternate))
        }
        ExprKind::Command(command) => DefinitionKind::Command(resolve_command(cx, command, flags)),
        ExprKind::Event(event) => DefinitionKind::Event(Event {
            arguments: resolve_members(cx, event.data),
            boxed: flags.boxed,
        }),
    }
}

fn resolve_struct(cx: &mut Cx, struct_: expr::Struct) -> Struct {
    Struct {
        base: struct_.base.map(|base| resolve_reference(cx, base)),
        members: resolve_inline(cx, struct_.members),
    }
}

fn resolve_union(cx: &mut Cx, union: expr::Union) -> Union {
    let base = resolve_members(cx, union.base);
    let branches = union.branches.into_iter();
    let branch = |branch: expr::Branch| Branch {
        name: branch.name,
        ty: resolve_reference(cx, branch.ty),
        cond: branch.cond,
    };
    Union {
        base,
        discriminator: union.discriminator,
        branches: branches.map(branch).collect(),
        tag: cx.tags.next().expect("each union has one"),
    }
}

fn resolve_alternate(cx: &mut Cx, alternate: expr::Alternate) -> Alternate {
    let alternative = |alternative: expr::Alternative| Alternative {
        name: alternative.name,
        ty: resolve_type(cx, alternative.ty),
        cond: alternative.cond,
    };
    let alternatives = alternate.alternatives.into_iter();
    Alternate {
        alternatives: alternatives.map(alternative).collect(),
    }
}

fn resolve_command(cx: &mut Cx, command: expr::Command, flags: Flags) -> Command {
    Command {
        arguments: resolve_members(cx, command.data),
        returns: command.returns.map(|returns| resolve_type(cx, returns)),
        boxed: flags.boxed,
        generate: !flags.no_generate,
        success_response: !flags.no_success_response,
        allow_oob: flags.allow_oob,
        allow_preconfig: flags.allow_preconfig,
        coroutine: flags.coroutine,
    }
}

fn resolve_members(cx: &mut Cx, members: expr::Members) -> Members {
    match members {
        expr::Members::Inline(members) => Members::Inline(resolve_inline(cx, members)),
        expr::Members::Named(name) => Members::Named(resolve_reference(cx, name)),
    }
}

fn resolve_inline(cx: &mut Cx, members: Vec<expr::Member>) -> Vec<Member> {
    let member = |member: expr::Member| Member {
        name: member.name,
        optional: member.optional,
        ty: resolve_type(cx, member.ty),
        cond: member.cond,
        features: member.features,
    };
    members.into_iter().map(member).collect()
}

fn resolve_type(cx: &mut Cx, ty: expr::Type) -> TypeRef {
    let element = match build::builtin(ty.element.name) {
        Some(builtin) => Single::Builtin(builtin),
        None => Single::Definition(resolve_reference(cx, ty.element)),
    };
    TypeRef::of(element, ty.is_array)
}

fn resolve_reference(cx: &mut Cx, to: Reference) -> DefinitionId {
    let id = cx.namespace.get(to.name).expect(CHECKED);
    cx.uses_qtype |= id == QTYPE;
    id
}
