//! Enums.

use crate::expr::{CName, Enum};
use crate::seen::Seen;

use super::super::error::SchemaError;
use super::Cx;

/// Values must differ in C.
pub(super) fn check_enum(cx: &mut Cx<'_>, enum_: &Enum) {
    let mut seen = Seen::with_capacity(enum_.values.len());
    for value in &enum_.values {
        if let Some(first) = seen.insert(CName(&value.name.text), &value.name) {
            let (name, first) = (value.name.clone(), first.clone());
            cx.report(SchemaError::ValueClash { name, first });
        }
    }
}
