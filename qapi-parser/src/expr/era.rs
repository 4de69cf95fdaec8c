//! What constructs that are gone from the language stand for.
//!
//! Each becomes what schema authors themselves wrote once it was removed, so no
//! later stage knows that it ever existed.

use std::collections::{HashMap, HashSet};

use crate::ast::{Object, Pair};
use crate::cond::Cond;
use crate::dialect::Tolerances;
use crate::source::Name;
use crate::text::Text;

use super::enum_::{Enum, EnumValue};
use super::member::{Member, Members, lift_members};
use super::name::Casing;
use super::origin::{OldForm, Origin};
use super::owner::Owner;
use super::struct_::Struct;
use super::ty::{Type, lift_type, lift_type_name};
use super::union_::{Branch, Union, lift_data, lift_long_form};
use super::{Cx, Expr, ExprKind, Flags};

/// Types that old schemas use without defining them: they took any value.
const WILDCARDS: [&str; 3] = ["**", "visitor", "dict"];

/// How far up a chain of bases the tag of a union is searched for.
const MAX_BASES: usize = 256;

/// The definitions that old constructs imply.
#[derive(Debug, Default)]
pub(super) struct Implicit {
    wildcards: bool,
    /// Every name that the schema defines, as far as it is known.
    taken: HashSet<Text>,
    /// Every name that it must not define: those that are made up, and the wildcards that it uses.
    free: HashSet<Text>,
    /// No names need to be claimed: nothing is ever implied, or all of them are known.
    settled: bool,
    /// One of the free names was claimed.
    outdated: bool,
    /// The wrapper of each type that a simple union has as a branch.
    wrappers: HashMap<String, Name>,
    /// What the expression being lifted implied so far.
    exprs: Vec<Expr>,
    /// The wrappers, each with the type that it wraps.
    wrapped: Vec<(Text, Text)>,
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
    pub(super) fn claim(&mut self, name: &Text) {
        if !self.settled {
            self.outdated |= self.free.contains(name);
            self.taken.insert(name.clone());
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
    pub(super) fn is_wildcard(&mut self, name: &Text) -> bool {
        let is_it =
            self.wildcards && WILDCARDS.contains(&name.as_str()) && !self.taken.contains(name);
        if is_it {
            self.free.insert(name.clone());
        }
        is_it
    }

    /// Defines something under `name`, or under one like it if that is taken.
    fn define(&mut self, name: Name, kind: ExprKind, form: OldForm) -> Name {
        let mut text = name.text.clone();
        let mut count = 1;
        while self.taken.contains(&text) || !self.free.insert(text.clone()) {
            count += 1;
            text = format!("{}{count}", name.text).into();
        }
        let name = Name {
            text,
            span: name.span,
        };
        self.exprs.push(implied(name.clone(), kind, form));
        name
    }
}

fn implied(name: Name, kind: ExprKind, form: OldForm) -> Expr {
    Expr {
        span: name.span,
        origin: Origin::Implied(form),
        name,
        doc: None,
        cond: None,
        features: Vec::new(),
        flags: Flags::default(),
        kind,
    }
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
    Type::named(cx.era.define(name, kind, OldForm::NestedStruct))
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
    let tag = member("type", name, Type::named(kind));
    let base = match object.get("base") {
        None => Members::Inline(vec![tag]),
        Some(base) => {
            let base = lift_type_name(cx, &Owner::Key("base"), base)?;
            let name = Name {
                text: format!("{}Base", name.text).into(),
                span: name.span,
            };
            let members = vec![tag];
            let kind = ExprKind::Struct(Struct {
                base: Some(base),
                members,
            });
            Members::Named(cx.era.define(name, kind, OldForm::SimpleUnion))
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
        ty: wrapper(cx, &ty),
        cond,
    })
}

/// The struct whose only member `data` has a type; one for all branches of it.
fn wrapper(cx: &mut Cx, ty: &Type) -> Name {
    let element = &ty.name;
    let suffix = if ty.is_array {
        "ListWrapper"
    } else {
        "Wrapper"
    };
    let key = ty.to_string();
    if let Some(wrapper) = cx.era.wrappers.get(&key) {
        return Name {
            text: wrapper.text.clone(),
            span: element.span,
        };
    }
    let name = Name {
        text: format!("{}{suffix}", camel(&element.text)).into(),
        span: element.span,
    };
    let members = vec![member("data", element, ty.clone())];
    let kind = ExprKind::Struct(Struct {
        base: None,
        members,
    });
    let wrapper = cx.era.define(name, kind, OldForm::SimpleUnion);
    cx.era.wrappers.insert(key, wrapper.clone());
    let wrapped = (wrapper.text.clone(), element.text.clone());
    cx.era.wrapped.push(wrapped);
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
        .filter_map(|it| Some((it.name.text.clone(), it.cond.clone()?)));
    let conds: HashMap<_, _> = conds.collect();
    for expr in exprs {
        if let Some(ty) = wrapped.get(&expr.name.text) {
            expr.cond = conds.get(ty).cloned();
        }
    }
}

/// The enum of the branches of a union.
fn define_kind(cx: &mut Cx, union: &Name, branches: &[Branch], form: OldForm) -> Name {
    let values = branches.iter().map(|branch| EnumValue {
        name: branch.name.clone(),
        cond: branch.cond.clone(),
        features: Vec::new(),
    });
    let kind = ExprKind::Enum(Enum {
        prefix: None,
        values: values.collect(),
    });
    let name = Name {
        text: format!("{}Kind", union.text).into(),
        span: union.span,
    };
    cx.era.define(name, kind, form)
}

fn member(text: &str, at: &Name, ty: Type) -> Member {
    let name = Name {
        text: text.into(),
        span: at.span,
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
pub(super) fn lift_string_tags(cx: &mut Cx, exprs: &mut Vec<Expr>) {
    let structs: HashMap<&str, &Struct> = exprs
        .iter()
        .filter_map(|expr| match &expr.kind {
            ExprKind::Struct(struct_) => Some((expr.name.text.as_str(), struct_)),
            _ => None,
        })
        .collect();
    let mut bases: Vec<(usize, Vec<Member>, usize)> = Vec::new();
    for (index, expr) in exprs.iter().enumerate() {
        let ExprKind::Union(union) = &expr.kind else {
            continue;
        };
        let members = members_of(&structs, &union.base);
        let tag = members
            .iter()
            .position(|member| member.name.text == union.discriminator.text);
        if let Some(tag) = tag.filter(|tag| members[*tag].ty.name.text == "str") {
            bases.push((index, members.into_iter().cloned().collect(), tag));
        }
    }
    for (index, mut members, tag) in bases.into_iter().rev() {
        let name = exprs[index].name.clone();
        let ExprKind::Union(union) = &mut exprs[index].kind else {
            continue;
        };
        let kind = define_kind(cx, &name, &union.branches, OldForm::StringTag);
        members[tag].ty = Type::named(kind);
        union.base = Members::Inline(members);
        exprs[index].origin = Origin::Translated(OldForm::StringTag);
        let cond = exprs[index].cond.clone();
        cx.era.inherit(cond.as_ref());
        exprs.splice(index..index, cx.era.take());
    }
}

/// The members of a base, those of its own bases first; none where one is missing.
fn members_of<'e>(structs: &HashMap<&str, &'e Struct>, base: &'e Members) -> Vec<&'e Member> {
    let mut name = match base {
        Members::Inline(members) => return members.iter().collect(),
        Members::Named(name) => Some(name),
    };
    let mut chain = Vec::new();
    while let Some(next) = name {
        let Some(struct_) = structs.get(next.text.as_str()) else {
            return Vec::new();
        };
        chain.push(&struct_.members);
        name = struct_.base.as_ref();
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
