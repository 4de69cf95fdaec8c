//! What names may look like.

use std::borrow::Cow;
use std::fmt;

use crate::source::Name;

use super::c_name::CName;
use super::owner::Owner;
use super::{Cx, ExprError, Meta};

/// The rule for letter case and `_` in a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Casing {
    /// Lower case and `-`; some names may break half or all of it.
    Lower {
        /// Upper case passes as well.
        upper: bool,
        /// `_` passes as well.
        underscore: bool,
    },
    /// Upper case and `_`.
    Upper,
    /// Words joined, each with a capital.
    Camel,
}

impl fmt::Display for Casing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Lower {
                underscore: true, ..
            } => "not have upper case",
            Self::Lower { .. } => "not have upper case or `_`",
            Self::Upper => "not have lower case or `-`",
            Self::Camel => "be in CamelCase",
        })
    }
}

impl Casing {
    /// The rule for members and values, which a pragma can lift.
    pub(super) fn lower(excepted: bool) -> Self {
        Self::Lower {
            upper: excepted,
            underscore: excepted,
        }
    }

    fn accepts(self, stem: &str) -> bool {
        let has = |test: fn(u8) -> bool| stem.bytes().any(test);
        match self {
            Self::Lower { upper, underscore } => {
                (upper || !has(|byte| byte.is_ascii_uppercase()))
                    && (underscore || !stem.contains('_'))
            }
            Self::Upper => !has(|byte| byte.is_ascii_lowercase()) && !stem.contains('-'),
            Self::Camel => {
                stem.starts_with(|first: char| first.is_ascii_uppercase())
                    && stem.bytes().all(|byte| byte.is_ascii_alphanumeric())
                    && has(|byte| byte.is_ascii_lowercase())
            }
        }
    }
}

impl Casing {
    /// The stem in the letter case it should have, if that can be told.
    fn respell(self, stem: &str) -> Option<String> {
        let mut right = String::with_capacity(stem.len());
        let mut before = '-';
        for c in stem.chars() {
            let new_word = !before.is_ascii_alphanumeric()
                || (before.is_ascii_lowercase() && c.is_ascii_uppercase());
            let joint = new_word && before.is_ascii_alphanumeric();
            match self {
                Self::Lower { .. } if c == '_' => right.push('-'),
                Self::Upper if c == '-' => right.push('_'),
                Self::Camel if !c.is_ascii_alphanumeric() => {}
                Self::Camel if new_word => right.push(c.to_ascii_uppercase()),
                Self::Camel => right.push(c.to_ascii_lowercase()),
                Self::Lower { .. } => {
                    right.extend(joint.then_some('-'));
                    right.push(c.to_ascii_lowercase());
                }
                Self::Upper => {
                    right.extend(joint.then_some('_'));
                    right.push(c.to_ascii_uppercase());
                }
            }
            before = c;
        }
        self.accepts(&right).then_some(right)
    }
}

/// Checks the name that a definition gives.
pub(super) fn check_definition_name(cx: &mut Cx, meta: Meta, name: &Name) {
    let casing = match meta {
        Meta::Command => Casing::Lower {
            upper: false,
            underscore: cx.exceptions.underscore_command(&name.text),
        },
        Meta::Event => Casing::Upper,
        Meta::Enum | Meta::Struct | Meta::Union | Meta::Alternate => Casing::Camel,
    };
    let fine = check_name(cx, &Owner::Definition(meta), name, &name.text, casing);
    if fine && meta.is_type() && !cx.tolerances.loose_names && name.text.ends_with("List") {
        cx.report(ExprError::ListSuffix { name: name.clone() });
    }
}

/// Checks the name of an enum value, which may start with a digit.
pub(super) fn check_value_name(cx: &mut Cx, owner: &Owner, name: &Name, casing: Casing) {
    // Any letter in front makes the rules for other names fit.
    let text = match name.text.starts_with(|first: char| first.is_ascii_digit()) {
        true => Cow::Owned(format!("d{}", name.text)),
        false => Cow::Borrowed(name.text.as_str()),
    };
    check_name(cx, owner, name, &text, casing);
}

/// Checks the name of a member; `text` is the name without the `*`.
pub(super) fn check_member_name(cx: &mut Cx, owner: &Owner, name: &Name, casing: Casing) {
    check_name(cx, owner, name, &name.text, casing);
    let is_reserved = || name.text == "u" || CName(&name.text).starts_with("has_");
    if !cx.tolerances.loose_names && is_reserved() {
        cx.report(ExprError::ReservedMember { name: name.clone() });
    }
}

/// Checks that `text` is a name and obeys the rule for its case; `text` is the
/// name, or ends in it.
pub(super) fn check_name(
    cx: &mut Cx,
    owner: &Owner,
    name: &Name,
    text: &str,
    casing: Casing,
) -> bool {
    let whose = || (owner.clone(), name.clone());
    if cx.tolerances.loose_names {
        if is_loose_name(text) {
            return true;
        }
        let (owner, name) = whose();
        cx.report(ExprError::NameForm { owner, name });
        return false;
    }
    let Some(stem) = stem(text) else {
        let (owner, name) = whose();
        cx.report(ExprError::NameForm { owner, name });
        return false;
    };
    if CName(text).starts_with("q_") {
        let (owner, name) = whose();
        cx.report(ExprError::NameReserved { owner, name });
        return false;
    }
    if !casing.accepts(stem) {
        let respelled = casing.respell(stem).map(|right| {
            let whole = format!("{}{right}", &text[..text.len() - stem.len()]);
            whole[text.len() - name.text.len()..].to_owned()
        });
        let (owner, name) = whose();
        cx.report(ExprError::NameCase {
            owner,
            name,
            casing,
            respelled,
        });
        return false;
    }
    true
}

/// The part of a name that the rules for letter case are about: all of it but
/// `__vendor.example_` and `x-` in front. None where the text is not a name.
fn stem(text: &str) -> Option<&str> {
    let rest = match text.strip_prefix("__") {
        Some(vendor) => {
            let (vendor, rest) = vendor.split_once('_')?;
            if vendor.is_empty() || !vendor.bytes().all(is_vendor) {
                return None;
            }
            rest
        }
        None => text,
    };
    let unprefixed = rest.strip_prefix("x-").or_else(|| rest.strip_prefix("X-"));
    // `x-1` is a name, but not an experimental `1`.
    unprefixed
        .filter(|stem| is_stem(stem))
        .or(Some(rest))
        .filter(|stem| is_stem(stem))
}

fn is_vendor(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.')
}

fn is_stem(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_alphabetic())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

/// What every release up to 2.5 agrees on; it holds all names released since.
fn is_loose_name(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOWER: Casing = Casing::Lower {
        upper: false,
        underscore: false,
    };

    #[test]
    fn stem_is_what_follows_the_prefixes() {
        assert_eq!(stem("guest-info"), Some("guest-info"));
        assert_eq!(stem("x-guest"), Some("guest"));
        assert_eq!(stem("X-guest"), Some("guest"));
        assert_eq!(stem("__com.example-1_x-y"), Some("y"));
        assert_eq!(stem("x-1"), Some("x-1"));
        assert_eq!(stem("x-"), Some("x-"));
    }

    #[test]
    fn text_without_stem_is_no_name() {
        for text in [
            "", "1a", "-a", "_a", "__a", "__a_", "__a.b_1", "____a", "a b", "a.b", "é",
        ] {
            assert_eq!(stem(text), None, "{text}");
        }
    }

    #[test]
    fn casing_looks_at_letters_and_joints() {
        assert!(LOWER.accepts("a-b1") && !LOWER.accepts("a_b") && !LOWER.accepts("aB"));
        assert!(Casing::lower(true).accepts("A_b"));
        assert!(Casing::Upper.accepts("A_B1") && !Casing::Upper.accepts("A-B"));
        assert!(!Casing::Upper.accepts("Ab"));
        assert!(Casing::Camel.accepts("QType") && Casing::Camel.accepts("X86Cpu"));
        for text in ["QTYPE", "qType", "Q_Type", "Q"] {
            assert!(!Casing::Camel.accepts(text), "{text}");
        }
    }

    #[test]
    fn respelling_obeys_the_rule() {
        let cases = [
            (LOWER, "xAxis_max", Some("x-axis-max")),
            (Casing::Upper, "MovedAway-now", Some("MOVED_AWAY_NOW")),
            (Casing::Camel, "point_3D", Some("Point3d")),
            (Casing::Camel, "RGB", Some("Rgb")),
            (Casing::Camel, "Q", None),
        ];
        for (casing, wrong, right) in cases {
            assert_eq!(casing.respell(wrong).as_deref(), right, "{wrong}");
        }
    }
}
