//! Turns expressions that passed every check into definitions: each name becomes
//! what it stands for.

use crate::doc::Doc;
use crate::expr::{self, Expr, ExprKind, Flags};
use crate::source::Name;

use super::build::Table;
use super::definition::{
    Alternate, Alternative, Branch, Command, Definition, DefinitionId, DefinitionKind, Event,
    Member, Members, Struct, TypeRef, Union,
};

/// Why nothing in here can fail.
const CHECKED: &str = "the checks look up every name";

/// The definitions of a schema, in the order of their ids.
///
/// Comments are most of a schema, so they are moved out of the table.
pub(super) fn resolve(table: &mut Table) -> Vec<Definition> {
    let mut definitions = Vec::with_capacity(table.exprs.len());
    for index in 0..table.exprs.len() {
        let doc = table.exprs[index].doc.take();
        definitions.push(resolve_expr(table, &table.exprs[index], doc));
    }
    definitions
}

fn resolve_expr(table: &Table, expr: &Expr, doc: Option<Doc>) -> Definition {
    Definition {
        name: expr.name.clone(),
        span: expr.span,
        origin: expr.origin,
        doc,
        cond: expr.cond.clone(),
        features: expr.features.clone(),
        kind: resolve_kind(table, expr),
    }
}

fn resolve_kind(table: &Table, expr: &Expr) -> DefinitionKind {
    match &expr.kind {
        ExprKind::Enum(enum_) => DefinitionKind::Enum(enum_.clone()),
        ExprKind::Struct(struct_) => DefinitionKind::Struct(resolve_struct(table, struct_)),
        ExprKind::Union(union) => DefinitionKind::Union(resolve_union(table, union)),
        ExprKind::Alternate(alternate) => {
            DefinitionKind::Alternate(resolve_alternate(table, alternate))
        }
        ExprKind::Command(command) => {
            DefinitionKind::Command(resolve_command(table, command, expr.flags))
        }
        ExprKind::Event(event) => DefinitionKind::Event(Event {
            arguments: resolve_members(table, &event.data),
            boxed: expr.flags.boxed,
        }),
    }
}

fn resolve_struct(table: &Table, struct_: &expr::Struct) -> Struct {
    Struct {
        base: struct_.base.as_ref().map(|base| resolve_name(table, base)),
        members: resolve_inline(table, &struct_.members),
    }
}

fn resolve_union(table: &Table, union: &expr::Union) -> Union {
    let branch = |branch: &expr::Branch| Branch {
        name: branch.name.clone(),
        ty: resolve_name(table, &branch.ty),
        cond: branch.cond.clone(),
    };
    Union {
        base: resolve_members(table, &union.base),
        discriminator: union.discriminator.clone(),
        tag: resolve_tag(table, union),
        branches: union.branches.iter().map(branch).collect(),
    }
}

/// The enum of the member that the discriminator names, in the base or its bases.
fn resolve_tag(table: &Table, union: &expr::Union) -> DefinitionId {
    let is_tag = |member: &&expr::Member| member.name.text == union.discriminator.text;
    let mut members = &union.base;
    let mut holder;
    loop {
        let (own, base) = match members {
            expr::Members::Inline(own) => (own, None),
            expr::Members::Named(name) => {
                let ExprKind::Struct(struct_) = &table.expr(resolve_name(table, name)).kind else {
                    unreachable!("a check requires bases to be structs");
                };
                (&struct_.members, struct_.base.as_ref())
            }
        };
        if let Some(tag) = own.iter().find(is_tag) {
            return resolve_name(table, tag.ty.name());
        }
        holder = expr::Members::Named(base.expect("a check finds the tag").clone());
        members = &holder;
    }
}

fn resolve_alternate(table: &Table, alternate: &expr::Alternate) -> Alternate {
    let alternative = |alternative: &expr::Alternative| Alternative {
        name: alternative.name.clone(),
        ty: resolve_type(table, &alternative.ty),
        cond: alternative.cond.clone(),
    };
    Alternate {
        alternatives: alternate.alternatives.iter().map(alternative).collect(),
    }
}

fn resolve_command(table: &Table, command: &expr::Command, flags: Flags) -> Command {
    Command {
        arguments: resolve_members(table, &command.data),
        returns: command
            .returns
            .as_ref()
            .map(|returns| resolve_type(table, returns)),
        boxed: flags.boxed,
        generate: !flags.no_generate,
        success_response: !flags.no_success_response,
        allow_oob: flags.allow_oob,
        allow_preconfig: flags.allow_preconfig,
        coroutine: flags.coroutine,
    }
}

fn resolve_members(table: &Table, members: &expr::Members) -> Members {
    match members {
        expr::Members::Inline(members) => Members::Inline(resolve_inline(table, members)),
        expr::Members::Named(name) => Members::Named(resolve_name(table, name)),
    }
}

fn resolve_inline(table: &Table, members: &[expr::Member]) -> Vec<Member> {
    let member = |member: &expr::Member| Member {
        name: member.name.clone(),
        optional: member.optional,
        ty: resolve_type(table, &member.ty),
        cond: member.cond.clone(),
        features: member.features.clone(),
    };
    members.iter().map(member).collect()
}

fn resolve_name(table: &Table, name: &Name) -> DefinitionId {
    table.find(&name.text).expect(CHECKED)
}

fn resolve_type(table: &Table, ty: &expr::Type) -> TypeRef {
    table.type_ref(ty).expect(CHECKED)
}
