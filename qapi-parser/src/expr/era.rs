//! What constructs that are gone from the language stand for.
//!
//! Each becomes what schema authors themselves wrote once it was removed, so no
//! later stage knows that it ever existed.

use std::collections::{HashMap, HashSet};

use crate::ast::{Object, Pair};
use crate::cond::Cond;
use crate::dialect::Tolerances;
use crate::source::{Name, Span};
use crate::text::Text;

use super::enum_::{Enum, EnumValue};
use super::member::{Member, Members, lift_members};
use super::name::Casing;
use super::origin::{OldForm, Origin};
use super::owner::Owner;
use super::struct_::Struct;
use super::ty::{Type, lift_type, lift_type_name};
use super::union_::{Branch, Union, lift_data, lift_long_form};
use super::{Cx, Expr, ExprKind, ExprList, Flags, Meta, NameId, Reference};

/// Types that old schemas use without defining them: they took any value.
const WILDCARDS: [&str; 3] = ["**", "visitor", "dict"];

/// How far up a chain of bases the tag of a union is searched for.
const MAX_BASES: usize = 256;

/// The definitions that old constructs imply.
#[derive(Debug, Default)]
pub(super) struct Implicit {
    wildcards: bool,
    /// Every name that the schema defines, as far as it is known.
    taken: NameSet,
    /// Every name that it must not define: those that are made up, and the wildcards that it uses.
    free: HashSet<NameId>,
    /// No names need to be claimed: nothing is ever implied, or all of them are known.
    settled: bool,
    /// One of the free names was claimed.
    outdated: bool,
    /// The wrapper of each type that a simple union has as a branch.
    wrappers: HashMap<(NameId, bool), NameId>,
    /// What the expression being lifted implied so far.
    exprs: Vec<Expr>,
    /// The wrappers, each with the type that it wraps.
    wrapped: Vec<(NameId, NameId)>,
}

impl Implicit {
    /// Nothing is implied so far.
    pub(super) fn new(tolerances: &Tolerances) -> Self {
        let implies =
            tolerances.wildcard_types || tolerances.simple_unions || tolerances.nested_structs;
        Self {
            wildcards: tolerances.wildcard_types,
            settled: !implies,
            ..Self::default()
        }
    }

    /// Takes note that the schema itself defines a name.
    pub(super) fn claim(&mut self, name: NameId) {
        if !self.settled {
            self.outdated |= self.free.contains(&name);
            self.taken.insert(name);
        }
    }

    /// Whether a name was claimed too late: it was relied upon that nobody would.
    pub(super) fn is_outdated(&self) -> bool {
        self.outdated
    }

    /// What is known of the schema's names, where all have been claimed.
    pub(super) fn settled(self) -> Self {
        Self {
            wildcards: self.wildcards,
            taken: self.taken,
            settled: true,
            ..Self::default()
        }
    }

    /// What the last expression implied, to be put before it.
    pub(super) fn take(&mut self) -> Vec<Expr> {
        std::mem::take(&mut self.exprs)
    }

    /// Gives what the last expression implied the condition of that expression.
    pub(super) fn inherit(&mut self, cond: Option<&Cond>) {
        for expr in &mut self.exprs {
            expr.cond = cond.cloned();
        }
    }

    /// Whether a name stands for the type `any`.
    pub(super) fn is_wildcard(&mut self, text: &str, name: NameId) -> bool {
        let is_it = self.wildcards && WILDCARDS.contains(&text) && !self.taken.contains(name);
        if is_it {
            self.free.insert(name);
        }
        is_it
    }
}

/// Some of the names of a schema.
#[derive(Debug, Default)]
struct NameSet(Vec<bool>);

impl NameSet {
    fn insert(&mut self, name: NameId) {
        let length = self.0.len().max(name.index() + 1);
        self.0.resize(length, false);
        self.0[name.index()] = true;
    }

    fn contains(&self, name: NameId) -> bool {
        self.0.get(name.index()).is_some_and(|it| *it)
    }
}

/// Defines something under a name, or under one like it if that is taken.
fn define(cx: &mut Cx, name: &str, span: Span, kind: ExprKind, form: OldForm) -> Reference {
    let mut text = Text::from(name);
    let mut count = 1;
    let id = loop {
        let id = cx.names.intern(&text);
        if !cx.era.taken.contains(id) && cx.era.free.insert(id) {
            break id;
        }
        count += 1;
        text = format!("{name}{count}").into();
    };
    cx.era.exprs.push(Expr {
        name: Name { text, span },
        id,
        span,
        origin: Origin::Implied(form),
        doc: None,
        cond: None,
        features: Vec::new(),
        flags: Flags::default(),
        kind,
    });
    cx.names.refer(id, span)
}

/// A struct written where its type should be named becomes a struct with a name
/// made of where it stood.
pub(super) fn lift_nested_struct(
    cx: &mut Cx,
    parent: &Name,
    member: &Name,
    object: &Object,
) -> Type {
    let name = Name {
        text: format!("{}{}", camel(&parent.text), camel(&member.text)).into(),
        span: member.span,
    };
    let members = lift_members(cx, &name, object, Casing::lower(true));
    let kind = ExprKind::Struct(Struct {
        base: None,
        members,
    });
    let form = OldForm::NestedStruct;
    Type::single(define(cx, &name.text, name.span, kind, form))
}

/// A union without a discriminator becomes one whose base has the tag `type`, an
/// enum of the branches, and whose branches wrap their type in a member `data`.
pub(super) fn lift_simple_union(cx: &mut Cx, name: &Name, object: &Object) -> Option<Union> {
    let data = lift_data(cx, object)?;
    let branches: Vec<_> = data
        .pairs
        .iter()
        .filter_map(|pair| lift_simple_branch(cx, pair))
        .collect();
    let kind = define_kind(cx, name, &branches, OldForm::SimpleUnion);
    let tag = member("type", name.span, Type::single(kind));
    let base = match object.get("base") {
        None => Members::Inline(vec![tag]),
        Some(base) => {
            let base = lift_type_name(cx, &Owner::Key("base"), base)?;
            let text = format!("{}Base", name.text);
            let members = vec![tag];
            let kind = ExprKind::Struct(Struct {
                base: Some(base),
                members,
            });
            let form = OldForm::SimpleUnion;
            Members::Named(define(cx, &text, name.span, kind, form))
        }
    };
    let discriminator = Name {
        text: "type".into(),
        span: name.span,
    };
    Some(Union {
        base,
        discriminator,
        branches,
    })
}

fn lift_simple_branch(cx: &mut Cx, pair: &Pair) -> Option<Branch> {
    let owner = Owner::Branch(pair.key.text.clone());
    let (ty, cond) = lift_long_form(cx, &owner, &pair.value)?;
    let ty = lift_type(cx, &owner, ty)?;
    Some(Branch {
        name: pair.key.clone(),
        ty: wrapper(cx, ty),
        cond,
    })
}

/// The struct whose only member `data` has a type; one for all branches of it.
fn wrapper(cx: &mut Cx, ty: Type) -> Reference {
    let Reference { name, span } = ty.element;
    let key = (name, ty.is_array);
    if let Some(&name) = cx.era.wrappers.get(&key) {
        return cx.names.refer(name, span);
    }
    let suffix = if ty.is_array {
        "ListWrapper"
    } else {
        "Wrapper"
    };
    let text = format!("{}{suffix}", camel(cx.names.text(name)));
    let members = vec![member("data", span, ty)];
    let kind = ExprKind::Struct(Struct {
        base: None,
        members,
    });
    let wrapper = define(cx, &text, span, kind, OldForm::SimpleUnion);
    cx.era.wrappers.insert(key, wrapper.name);
    cx.era.wrapped.push((wrapper.name, name));
    wrapper
}

/// Gives each wrapper the condition of the type in it: they exist together,
/// whichever unions have them as a branch.
pub(super) fn lift_wrapper_conds(cx: &mut Cx, exprs: &mut [Expr]) {
    let wrapped: HashMap<_, _> = std::mem::take(&mut cx.era.wrapped).into_iter().collect();
    if wrapped.is_empty() {
        return;
    }
    let conds = exprs
        .iter()
        .filter_map(|it| Some((it.id, it.cond.clone()?)));
    let conds: HashMap<_, _> = conds.collect();
    for expr in exprs {
        if let Some(ty) = wrapped.get(&expr.id) {
            expr.cond = conds.get(ty).cloned();
        }
    }
}

/// The enum of the branches of a union.
fn define_kind(cx: &mut Cx, union: &Name, branches: &[Branch], form: OldForm) -> Reference {
    let values = branches.iter().map(|branch| EnumValue {
        name: branch.name.clone(),
        cond: branch.cond.clone().map(Box::new),
        features: Vec::new(),
    });
    let kind = ExprKind::Enum(Enum {
        prefix: None,
        values: values.collect(),
    });
    let text = format!("{}Kind", union.text);
    define(cx, &text, union.span, kind, form)
}

fn member(text: &str, span: Span, ty: Type) -> Member {
    let name = Name {
        text: text.into(),
        span,
    };
    Member {
        name,
        optional: false,
        ty,
        cond: None,
        features: Vec::new(),
    }
}

/// A union whose tag is a string gets an enum of its branches as the tag.
///
/// The base is copied into the union, because other users of it keep the string.
pub(super) fn lift_string_tags(cx: &mut Cx, exprs: &mut ExprList) {
    let structs = exprs.structs(&cx.names);
    let mut bases: Vec<(usize, Vec<Member>, usize)> = Vec::new();
    let heads = exprs.heads().iter().enumerate();
    for (index, _) in heads.filter(|(_, head)| head.meta == Meta::Union) {
        let ExprKind::Union(union) = &exprs.exprs()[index].kind else {
            continue;
        };
        let members = members_of(exprs.exprs(), &structs, &union.base);
        let tag = members
            .iter()
            .position(|member| member.name.text == union.discriminator.text);
        let is_string = |tag: &usize| cx.names.text(members[*tag].ty.element.name) == "str";
        if let Some(tag) = tag.filter(is_string) {
            bases.push((index, members.into_iter().cloned().collect(), tag));
        }
    }
    for (index, mut members, tag) in bases.into_iter().rev() {
        let expr = &mut exprs.exprs_mut()[index];
        let ExprKind::Union(union) = &mut expr.kind else {
            continue;
        };
        let kind = define_kind(cx, &expr.name, &union.branches, OldForm::StringTag);
        members[tag].ty = Type::single(kind);
        union.base = Members::Inline(members);
        expr.origin = Origin::Translated(OldForm::StringTag);
        cx.era.inherit(expr.cond.as_ref());
        exprs.insert(index, cx.era.take(), cx.tolerances);
    }
}

/// The members of a base, those of its own bases first; none where one is missing.
fn members_of<'e>(
    exprs: &'e [Expr],
    structs: &[Option<u32>],
    base: &'e Members,
) -> Vec<&'e Member> {
    let mut next = match base {
        Members::Inline(members) => return members.iter().collect(),
        Members::Named(base) => Some(base),
    };
    let mut chain = Vec::new();
    while let Some(base) = next {
        let struct_ = structs[base.name.index()].map(|index| &exprs[index as usize].kind);
        let Some(ExprKind::Struct(struct_)) = struct_ else {
            return Vec::new();
        };
        chain.push(&struct_.members);
        next = struct_.base.as_ref();
        if chain.len() > MAX_BASES {
            return Vec::new();
        }
    }
    chain.into_iter().rev().flatten().collect()
}

/// A name in the spelling of types.
fn camel(name: &str) -> String {
    let mut camel = String::with_capacity(name.len());
    let words = name.split(|c: char| !c.is_ascii_alphanumeric());
    for word in words {
        let mut letters = word.chars();
        camel.extend(letters.next().map(|first| first.to_ascii_uppercase()));
        camel.push_str(letters.as_str());
    }
    camel
}
