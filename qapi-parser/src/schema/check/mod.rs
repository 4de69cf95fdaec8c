//! The rules that concern more than one expression, one function each.
//!
//! Reports come in the order in which QEMU's own tool would find the mistakes:
//! definition by definition, but the base and the branches of an object before
//! what depends on them. It stops at its first; so the first one here is the same.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use crate::diagnostic::Diagnostics;
use crate::dialect::Tolerances;
use crate::expr::{CName, ExprKind, Member, Members, Meta, OldSpelling, Reference, Type};
use crate::load::Pragma;
use crate::similar::Similar;

use super::build::Table;
use super::builtin::QTYPE;
use super::definition::{DefinitionId, Single, TypeRef};
use super::error::{Described, SchemaError};

mod alternate;
mod command;
mod doc;
mod enum_;
mod feature;
mod member;
mod struct_;
mod union_;
mod walk;

use walk::{Object, walk};

/// What the rules look at, and what they find.
struct Cx<'t> {
    table: &'t Table,
    tolerances: &'static Tolerances,
    pragma: &'t Pragma,
    /// The definition whose rules are being checked.
    current: DefinitionId,
    /// What is known of each definition as an object, by id.
    objects: Vec<Object<'t>>,
    /// The values of the enums that are tags.
    values: HashMap<DefinitionId, HashSet<&'t str>>,
    /// Pairs of objects that are known to share no member.
    disjoint: HashSet<(DefinitionId, DefinitionId)>,
    /// The same where the second is a union, together with its branches.
    wholly_disjoint: HashSet<(DefinitionId, DefinitionId)>,
    /// The names of all features.
    features: HashSet<&'t str>,
    /// What each union that is a branch of another can add.
    added: HashMap<DefinitionId, Rc<HashSet<CName<'t>>>>,
    errors: Diagnostics,
    /// What documentation describes and is not there: all of it is reported
    /// behind the mistakes of all definitions.
    surplus: Diagnostics,
    similar: Similar,
}

/// Checks all definitions, and gives the enums of the tags of all unions, in order.
///
/// # Errors
/// A rule is broken.
pub(super) fn check(
    table: &Table,
    pragma: &Pragma,
    tolerances: &'static Tolerances,
) -> Result<Vec<DefinitionId>, Diagnostics> {
    let mut cx = Cx::new(table, pragma, tolerances);
    for id in table.ids() {
        cx.current = id;
        if !table.is_plain(id) {
            check_definition(&mut cx, id);
            cx.current = id;
        }
        if !tolerances.loose_docs {
            doc::check_doc(&mut cx, id);
        }
    }
    let surplus = std::mem::take(&mut cx.surplus);
    cx.errors.append(surplus);
    feature::check_count(&mut cx);
    cx.errors.into_result()?;
    let unions = table.ids().filter(|id| table.meta(*id) == Meta::Union);
    let tag = |id: DefinitionId| {
        cx.objects[id.index()]
            .tag
            .expect("a union without a tag is reported")
    };
    Ok(unions.map(tag).collect())
}

/// Checks one definition: what it implies comes before itself.
fn check_definition(cx: &mut Cx<'_>, id: DefinitionId) {
    match &cx.table.expr(id).kind {
        ExprKind::Struct(struct_) => check_arrays(cx, &struct_.members),
        ExprKind::Union(union) => check_implicit(cx, id, &union.base),
        ExprKind::Command(command) => {
            check_implicit(cx, id, &command.data);
            check_array(cx, command.returns);
        }
        ExprKind::Event(event) => check_implicit(cx, id, &event.data),
        ExprKind::Alternate(alternate) => {
            alternate
                .alternatives
                .iter()
                .for_each(|it| check_array(cx, Some(it.ty)));
        }
        ExprKind::Enum(_) => {}
    }
    walk(cx, id);
}

/// Checks members written in place where a type could be named: they are a type
/// of their own, without a name.
fn check_implicit(cx: &mut Cx<'_>, id: DefinitionId, members: &'_ Members) {
    let Members::Inline(members) = members else {
        return;
    };
    check_arrays(cx, members);
    member::check_inline(cx, id);
}

fn check_arrays(cx: &mut Cx<'_>, members: &[Member]) {
    members
        .iter()
        .for_each(|member| check_array(cx, Some(member.ty)));
}

/// The element of an array must be a type; arrays are types of their own, which
/// are checked before their users.
fn check_array(cx: &mut Cx<'_>, ty: Option<Type>) {
    if let Some(ty) = ty.filter(|ty| ty.is_array)
        && cx.table.named_type(ty.element.name).is_none()
    {
        report_unknown(cx, ty.element);
    }
}

/// The type that a use of one refers to.
fn resolve_type(cx: &mut Cx<'_>, ty: Type) -> Option<TypeRef> {
    check_type(cx, ty)?;
    cx.table.type_ref(ty)
}

/// The type that a use of one names. An unknown one is reported, unless it is the element of an array:
/// [`check_array`] does that.
fn check_type(cx: &mut Cx<'_>, ty: Type) -> Option<Single> {
    let found = cx.table.named_type(ty.element.name);
    if found.is_none() && !ty.is_array {
        report_unknown(cx, ty.element);
    }
    found
}

/// The type that a reference is to, or a report that there is none.
fn resolve_reference(cx: &mut Cx<'_>, to: Reference) -> Option<TypeRef> {
    let ty = cx.table.named_type(to.name);
    if ty.is_none() {
        report_unknown(cx, to);
    }
    ty.map(TypeRef::from)
}

/// Reports a reference that is to no type.
fn report_unknown(cx: &mut Cx<'_>, to: Reference) {
    let namespace = &cx.table.namespace;
    let name = cx.table.name(to);
    let not_type = namespace.get(to.name).map(|id| {
        let expr = cx.table.expr(id);
        (expr.meta(), expr.name.span)
    });
    let array = name
        .text
        .strip_suffix("List")
        .filter(|it| cx.table.is_type(it));
    let array = array.map(ToOwned::to_owned);
    let similar = match (&not_type, &array) {
        (None, None) => cx.similar.to(&name.text, cx.table.type_names()),
        _ => None,
    };
    cx.report(SchemaError::UnknownType {
        name,
        similar,
        not_type,
        array,
    });
}

impl<'t> Cx<'t> {
    fn new(table: &'t Table, pragma: &'t Pragma, tolerances: &'static Tolerances) -> Self {
        Self {
            table,
            tolerances,
            pragma,
            current: QTYPE,
            objects: table.exprs.iter().map(|_| Object::default()).collect(),
            values: HashMap::new(),
            disjoint: HashSet::new(),
            wholly_disjoint: HashSet::new(),
            features: HashSet::new(),
            added: HashMap::new(),
            errors: Diagnostics::default(),
            surplus: Diagnostics::default(),
            similar: Similar::default(),
        }
    }

    /// Reports a mistake in the current definition.
    fn report(&mut self, error: SchemaError) {
        let expr = self.table.expr(self.current);
        let mut diagnostic = error.into_diagnostic(expr);
        let labels = diagnostic.labels.iter().map(|label| label.span);
        let places: Vec<_> = diagnostic.span.into_iter().chain(labels).collect();
        for place in places {
            // The message has the meaning, and the text beside it something else.
            let spellings = OldSpelling::within(&self.table.old_spellings, place);
            for spelling in spellings.iter().filter(|it| it.span == place) {
                diagnostic = diagnostic.note(spelling.to_string());
            }
        }
        self.errors.push(diagnostic);
    }

    /// A type as messages name it.
    fn describe(&self, ty: &TypeRef) -> Described {
        Described(match ty {
            TypeRef::Builtin(builtin) => format!("built-in type `{builtin}`"),
            TypeRef::Definition(id) => {
                let expr = self.table.expr(*id);
                format!("{} `{}`", expr.meta(), expr.name)
            }
            TypeRef::Array(element) => match &**element {
                TypeRef::Builtin(builtin) => format!("an array of `{builtin}`"),
                TypeRef::Definition(id) => format!("an array of `{}`", self.table.expr(*id).name),
                TypeRef::Array(_) => "an array".to_owned(),
            },
        })
    }

    /// Where the type is defined that a name stands for.
    fn defined(&self, ty: &TypeRef) -> super::error::Defined {
        match ty {
            TypeRef::Definition(id) if *id != QTYPE => Some(self.table.expr(*id).name.span),
            _ => None,
        }
    }

    /// What a reference to a type leads to, if it is a struct or a union.
    fn as_object(&self, ty: &TypeRef) -> Option<DefinitionId> {
        let TypeRef::Definition(id) = ty else {
            return None;
        };
        matches!(self.table.meta(*id), Meta::Struct | Meta::Union).then_some(*id)
    }
}
