//! The flags of commands and events: keys with a single possible value.

use crate::ast::{Object, ValueKind};

use super::{Cx, ExprError, Meaning};

/// The flags, as the presence of their key.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Flags {
    /// `boxed`: C code takes the data as one object.
    pub(crate) boxed: bool,
    /// `gen`: no code is generated.
    pub(crate) no_generate: bool,
    /// `success-response`: success is not answered.
    pub(crate) no_success_response: bool,
    /// `allow-oob`: may be executed out of band.
    pub(crate) allow_oob: bool,
    /// `allow-preconfig`: available before the machine is built.
    pub(crate) allow_preconfig: bool,
    /// `coroutine`: the C handler runs in one.
    pub(crate) coroutine: bool,
}

/// Lifts all flags; which kind of definition takes which is a matter of its keys.
pub(super) fn lift_flags(cx: &mut Cx, object: &Object) -> Flags {
    let flags = Flags {
        no_generate: lift_flag(cx, object, "gen", false),
        no_success_response: lift_flag(cx, object, "success-response", false),
        boxed: lift_flag(cx, object, "boxed", true),
        allow_oob: lift_flag(cx, object, "allow-oob", true),
        allow_preconfig: lift_flag(cx, object, "allow-preconfig", true),
        coroutine: lift_flag(cx, object, "coroutine", true),
    };
    check_exclusion(cx, object);
    flags
}

/// Whether a flag is there; `only` is the one value it takes.
fn lift_flag(cx: &mut Cx, object: &Object, flag: &'static str, only: bool) -> bool {
    let Some(value) = object.get(flag) else {
        return false;
    };
    match &value.kind {
        ValueKind::Bool(value) if *value == only => true,
        // Any value at all cleared `gen`, and only this one the other flag.
        ValueKind::String(text) if !only && cx.tolerances.flags_as_strings => {
            let there = flag == "gen" || text == "no";
            cx.remember(text, value.span, Meaning::Bool(!there));
            there
        }
        _ => {
            let span = value.span;
            cx.report(ExprError::FlagValue { flag, only, span });
            true
        }
    }
}

/// A coroutine cannot run where out-of-band commands do.
fn check_exclusion(cx: &mut Cx, object: &Object) {
    let key = |name| {
        object
            .pairs
            .iter()
            .map(|pair| &pair.key)
            .find(|key| key.text == name)
    };
    if let (Some(first), Some(second)) = (key("allow-oob"), key("coroutine")) {
        let (first, second) = (first.clone(), second.clone());
        cx.report(ExprError::FlagsExclude { first, second });
    }
}
