//! Enums.

use crate::ast::{Object, Value, ValueKind};
use crate::cond::Cond;
use crate::source::Name;

use super::cond::lift_if;
use super::feature::{Feature, lift_features};
use super::item::lift_item;
use super::keys;
use super::name::{Casing, check_value_name};
use super::owner::Owner;
use super::{Cx, ExprError};

/// A closed set of strings.
#[derive(Clone, Debug)]
pub struct Enum {
    /// The prefix of the C constants, where the schema sets one.
    pub prefix: Option<String>,
    /// The values, in source order.
    pub values: Vec<EnumValue>,
}

/// One value of an [`Enum`].
#[derive(Clone, Debug)]
pub struct EnumValue {
    /// The string on the wire.
    pub name: Name,
    /// When it exists.
    pub cond: Option<Box<Cond>>,
    /// Its features, in source order.
    pub features: Vec<Feature>,
}

/// Lifts an enum; nothing in it refers to anything, so this is its final form.
pub(super) fn lift_enum(cx: &mut Cx, name: &Name, object: &Object) -> Option<Enum> {
    let data = object.get("data")?;
    let ValueKind::Array(items) = &data.kind else {
        cx.report(ExprError::NotArray {
            owner: Owner::Key("data"),
            span: data.span,
        });
        return None;
    };
    let prefix = object
        .get("prefix")
        .and_then(|prefix| lift_prefix(cx, prefix));
    let casing = Casing::lower(cx.exceptions.loosely_named_type(&name.text));
    let values = items
        .iter()
        .filter_map(|item| lift_value(cx, item, casing))
        .collect();
    Some(Enum { prefix, values })
}

fn lift_prefix(cx: &mut Cx, prefix: &Value) -> Option<String> {
    match &prefix.kind {
        ValueKind::String(text) => Some(text.to_string()),
        _ => {
            cx.report(ExprError::PrefixNotString { span: prefix.span });
            None
        }
    }
}

fn lift_value(cx: &mut Cx, item: &Value, casing: Casing) -> Option<EnumValue> {
    let (name, long) = lift_item(cx, Owner::Value(None), item, keys::VALUE)?;
    let owner = Owner::Value(Some(name.text.clone()));
    check_value_name(cx, &owner, &name, casing);
    let cond = long
        .and_then(|object| lift_if(cx, &owner, object))
        .map(Box::new);
    let features = long
        .map(|object| lift_features(cx, object))
        .unwrap_or_default();
    Some(EnumValue {
        name,
        cond,
        features,
    })
}
