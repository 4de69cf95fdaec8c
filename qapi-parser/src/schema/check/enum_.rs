//! Enums.

use std::collections::HashMap;

use crate::expr::{Enum, c_name};

use super::super::error::SchemaError;
use super::Cx;

/// Values must differ in C.
pub(super) fn check_enum(cx: &mut Cx<'_>, enum_: &Enum) {
    let mut seen = HashMap::new();
    for value in &enum_.values {
        let c_name = c_name(&value.name.text);
        if let Some(first) = seen.get(&c_name) {
            let (name, first) = (value.name.clone(), Clone::clone(*first));
            cx.report(SchemaError::ValueClash { name, first });
        } else {
            seen.insert(c_name, &value.name);
        }
    }
}
