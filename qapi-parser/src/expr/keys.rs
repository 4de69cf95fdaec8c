//! Which keys an object takes at its place.

use crate::ast::{Object, ValueKind};
use crate::source::{Name, Span};

use super::owner::Owner;
use super::{Cx, ExprError, Meta};

/// The keys of one kind of object.
#[derive(Clone, Copy)]
pub(super) struct Keys {
    required: &'static [&'static str],
    optional: &'static [&'static str],
}

impl Keys {
    /// Whether an object has nothing but these keys, and all that it needs of them.
    pub(super) fn describe(&self, object: &Object) -> bool {
        let known = |key: &str| self.required.contains(&key) || self.optional.contains(&key);
        object.pairs.iter().all(|pair| known(&pair.key.text))
            && self.required.iter().all(|key| object.get(key).is_some())
    }
}

/// The long form of a member.
pub(super) const MEMBER: Keys = Keys {
    required: &["type"],
    optional: &["if", "features"],
};
/// The long form of a branch or an alternative.
pub(super) const BRANCH: Keys = Keys {
    required: &["type"],
    optional: &["if"],
};
/// The long form of an enum value.
pub(super) const VALUE: Keys = Keys {
    required: &["name"],
    optional: &["if", "features"],
};
/// The long form of a feature.
pub(super) const FEATURE: Keys = Keys {
    required: &["name"],
    optional: &["if"],
};
/// A condition that is not a symbol.
pub(super) const COND: Keys = Keys {
    required: &[],
    optional: &["all", "any", "not"],
};

/// The keys of a definition, apart from the one that names it.
const fn definition(meta: Meta) -> Keys {
    match meta {
        Meta::Enum => Keys {
            required: &["data"],
            optional: &["if", "features", "prefix"],
        },
        Meta::Struct => Keys {
            required: &["data"],
            optional: &["base", "if", "features"],
        },
        Meta::Union => Keys {
            required: &["base", "discriminator", "data"],
            optional: &["if", "features"],
        },
        Meta::Alternate => Keys {
            required: &["data"],
            optional: &["if", "features"],
        },
        Meta::Command => Keys {
            required: &[],
            optional: &[
                "data",
                "returns",
                "boxed",
                "if",
                "features",
                "gen",
                "success-response",
                "allow-oob",
                "allow-preconfig",
                "coroutine",
            ],
        },
        Meta::Event => Keys {
            required: &[],
            optional: &["data", "boxed", "if", "features"],
        },
    }
}

/// A union before 6.2 may do without a base and without a discriminator.
const SIMPLE_UNION: Keys = Keys {
    required: &["data"],
    optional: &["base", "discriminator", "if", "features"],
};

/// Finds the one key that says what an expression defines, and the name it gives.
pub(super) fn lift_meta(cx: &mut Cx, span: Span, object: &Object) -> Option<(Meta, Name)> {
    let mut found: Option<(Meta, &crate::ast::Pair)> = None;
    for pair in &object.pairs {
        let Some(meta) = meta_of_key(cx, &pair.key.text) else {
            continue;
        };
        if let Some((_, first)) = found {
            let (first, second) = (first.key.clone(), pair.key.clone());
            cx.report(ExprError::SeveralMetas { first, second });
            return None;
        }
        found = Some((meta, pair));
    }
    let Some((meta, pair)) = found else {
        let similar = similar_meta(cx, object);
        cx.report(ExprError::NoMeta { span, similar });
        return None;
    };
    let ValueKind::String(text) = &pair.value.kind else {
        let owner = Owner::Definition(meta);
        cx.report(ExprError::NameNotString {
            owner,
            span: pair.value.span,
        });
        return None;
    };
    Some((
        meta,
        Name {
            text: text.clone(),
            span: pair.value.span,
        },
    ))
}

fn meta_of_key(cx: &Cx, key: &str) -> Option<Meta> {
    if key == "type" && cx.tolerances.type_for_struct {
        return Some(Meta::Struct);
    }
    Meta::ALL.into_iter().find(|meta| meta.key() == key)
}

/// The first key that looks like a misspelled one.
fn similar_meta(cx: &mut Cx, object: &Object) -> Option<(Name, String)> {
    object
        .pairs
        .iter()
        .take(definition(Meta::Command).optional.len())
        .find_map(|pair| {
            if pair.key.text == "type" {
                return Some((pair.key.clone(), Meta::Struct.key().to_owned()));
            }
            let similar = cx
                .similar
                .to(&pair.key.text, Meta::ALL.iter().map(|meta| meta.key()))?;
            Some((pair.key.clone(), similar))
        })
}

/// Checks that a definition has the keys of its kind and no others.
pub(super) fn check_definition_keys(cx: &mut Cx, meta: Meta, object: &Object) {
    let keys = match meta {
        Meta::Union if cx.tolerances.simple_unions => SIMPLE_UNION,
        _ => definition(meta),
    };
    let Some((_, name)) = cx.current.clone() else {
        return;
    };
    let named = [meta.key()];
    let own = match meta {
        Meta::Struct if cx.tolerances.type_for_struct => &["struct", "type"][..],
        _ => &named,
    };
    check(cx, &Owner::Definition(meta), object, name.span, keys, own);
}

/// Whether an object has the keys it needs and no others.
pub(super) fn check_keys(
    cx: &mut Cx,
    owner: &Owner,
    object: &Object,
    span: Span,
    keys: Keys,
) -> bool {
    check(cx, owner, object, span, keys, &[])
}

fn check(
    cx: &mut Cx,
    owner: &Owner,
    object: &Object,
    span: Span,
    keys: Keys,
    own: &[&'static str],
) -> bool {
    let mut right = true;
    for key in keys
        .required
        .iter()
        .copied()
        .filter(|key| object.get(key).is_none())
    {
        cx.report(ExprError::MissingKey {
            owner: owner.clone(),
            key,
            span,
        });
        right = false;
    }
    let valid = || {
        own.iter()
            .chain(keys.required)
            .chain(keys.optional)
            .copied()
    };
    for pair in &object.pairs {
        if !valid().any(|key| pair.key.text == key) {
            let mut valid: Vec<_> = valid().collect();
            valid.sort_unstable();
            let similar = cx.similar.to(&pair.key.text, valid.iter().copied());
            let (owner, key) = (owner.clone(), pair.key.clone());
            cx.report(ExprError::UnknownKey {
                owner,
                key,
                valid,
                similar,
            });
            right = false;
        }
    }
    right
}
