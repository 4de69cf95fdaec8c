//! What can change on the wire, and whom that hurts, as data.
//!
//! Each [`Rule`] is about one kind of change and says how bad it is for what clients send and for what they receive. It
//! names its mirror, which is about the way back.

mod content;
mod definition;
mod mark;
mod ty;

use std::fmt;

pub(crate) use content::*;
pub(crate) use definition::*;
pub(crate) use mark::*;
pub(crate) use ty::*;

/// All rules; those that mirror each other stand together.
pub static RULES: &[&Rule] = &[
    &COMMAND_ADDED,
    &COMMAND_REMOVED,
    &EVENT_ADDED,
    &EVENT_REMOVED,
    &SUCCESS_RESPONSE_ADDED,
    &SUCCESS_RESPONSE_REMOVED,
    &OOB_ALLOWED,
    &OOB_REFUSED,
    &PRECONFIG_ALLOWED,
    &PRECONFIG_REFUSED,
    &ARGUMENTS_OPENED,
    &ARGUMENTS_CLOSED,
    &OPTIONAL_MEMBER_ADDED,
    &OPTIONAL_MEMBER_REMOVED,
    &REQUIRED_MEMBER_ADDED,
    &REQUIRED_MEMBER_REMOVED,
    &MEMBER_MADE_OPTIONAL,
    &MEMBER_MADE_REQUIRED,
    &MEMBER_MOVED_TO_BRANCHES,
    &MEMBER_MOVED_FROM_BRANCHES,
    &TAG_CHANGED,
    &VALUE_ADDED,
    &VALUE_REMOVED,
    &TYPE_CHANGED,
    &SINGLE_MADE_ARRAY,
    &ARRAY_MADE_SINGLE,
    &INTEGER_WIDENED,
    &INTEGER_NARROWED,
    &INTEGER_RANGE_MOVED,
    &INTEGER_MADE_NUMBER,
    &NUMBER_MADE_INTEGER,
    &STRING_MADE_ENUM,
    &ENUM_MADE_STRING,
    &TYPE_MADE_ANY,
    &ANY_MADE_TYPE,
    &ALTERNATIVE_ADDED,
    &ALTERNATIVE_REMOVED,
    &FEATURE_ADDED,
    &FEATURE_REMOVED,
    &DEPRECATION_ANNOUNCED,
    &DEPRECATION_WITHDRAWN,
    &MADE_UNSTABLE,
    &MADE_STABLE,
    &CONDITION_NARROWED,
    &CONDITION_WIDENED,
    &CONDITION_CHANGED,
];

/// A kind of change.
#[derive(Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Rule {
    /// Its name, which stays the same: `member-made-required`.
    pub id: &'static str,
    /// Whether something came, went or became different.
    pub change: Change,
    /// How bad it is in what clients send.
    pub sent: Severity,
    /// How bad it is in what clients receive.
    pub received: Severity,
    /// Why, in a line.
    pub reason: &'static str,
    /// A schema before and after.
    pub example: Example,
    /// The name of the rule that is about the way back.
    pub mirror: &'static str,
}

/// What a [`Rule`] looks like in a schema.
#[derive(Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Example {
    /// What was written; empty where there was nothing.
    pub old: &'static str,
    /// What is written; empty where there is nothing.
    pub new: &'static str,
}

/// What happens to something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Change {
    /// It came.
    Added,
    /// It went.
    Removed,
    /// It became different.
    Changed,
}

/// How bad a change is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Severity {
    /// Whoever keeps to the rules of the protocol is not hurt.
    Info,
    /// It may hurt some.
    Risky,
    /// What worked before fails.
    Breaking,
}

impl Rule {
    /// How bad it is in a direction.
    pub fn severity(&self, direction: Direction) -> Severity {
        match direction {
            Direction::Sent => self.sent,
            Direction::Received => self.received,
            Direction::Both => self.sent.max(self.received),
        }
    }
}

impl Change {
    /// The sign that a line about it starts with: `+`, `-` or `~`.
    pub fn sign(self) -> char {
        match self {
            Self::Added => '+',
            Self::Removed => '-',
            Self::Changed => '~',
        }
    }
}

impl Severity {
    /// The next one below.
    pub(crate) fn lowered(self) -> Self {
        match self {
            Self::Breaking => Self::Risky,
            Self::Risky | Self::Info => Self::Info,
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Info => "info",
            Self::Risky => "risky",
            Self::Breaking => "breaking",
        })
    }
}

/// Which way something goes, seen from a client.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Direction {
    /// Clients send it.
    Sent,
    /// Clients receive it.
    Received,
    /// One type goes both ways.
    Both,
}

impl fmt::Display for Direction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Sent => "sent",
            Self::Received => "received",
            Self::Both => "both",
        })
    }
}

/// The rule with an id.
pub fn rule(id: &str) -> Option<&'static Rule> {
    RULES.iter().copied().find(|rule| rule.id == id)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn ids_differ_and_are_kebab_case() {
        let ids: HashSet<_> = RULES.iter().map(|rule| rule.id).collect();
        assert_eq!(ids.len(), RULES.len());
        for id in ids {
            let good = |c: char| c.is_ascii_lowercase() || c == '-';
            assert!(id.chars().all(good), "{id}");
        }
    }

    #[test]
    fn mirrors_lead_there_and_back() {
        for one in RULES {
            let other = rule(one.mirror).expect("a mirror is a rule");
            assert_eq!(other.mirror, one.id);
            let mirrored = match one.change {
                Change::Added => Change::Removed,
                Change::Removed => Change::Added,
                Change::Changed => Change::Changed,
            };
            assert_eq!(other.change, mirrored, "{}", one.id);
            if other.id != one.id {
                let (there, back) = (&one.example, &other.example);
                assert_eq!((there.old, there.new), (back.new, back.old), "{}", one.id);
            }
        }
    }
}
