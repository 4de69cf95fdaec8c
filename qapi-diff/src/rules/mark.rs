//! Features and conditions.

use super::{Change, Example, Rule, Severity};

pub(crate) static FEATURE_ADDED: Rule = Rule {
    id: "feature-added",
    change: Change::Added,
    sent: Severity::Info,
    received: Severity::Info,
    reason: "clients look for the features that they know",
    example: Example {
        old: "{ 'command': 'save' }",
        new: "{ 'command': 'save', 'features': [ 'fast' ] }",
    },
    mirror: "feature-removed",
};

pub(crate) static FEATURE_REMOVED: Rule = Rule {
    id: "feature-removed",
    change: Change::Removed,
    sent: Severity::Risky,
    received: Severity::Risky,
    reason: "clients that look for it take it that the server cannot do it",
    example: Example {
        old: "{ 'command': 'save', 'features': [ 'fast' ] }",
        new: "{ 'command': 'save' }",
    },
    mirror: "feature-added",
};

pub(crate) static DEPRECATION_ANNOUNCED: Rule = Rule {
    id: "deprecation-announced",
    change: Change::Added,
    sent: Severity::Info,
    received: Severity::Info,
    reason: "it may be gone soon",
    example: Example {
        old: "{ 'command': 'save' }",
        new: "{ 'command': 'save', 'features': [ 'deprecated' ] }",
    },
    mirror: "deprecation-withdrawn",
};

pub(crate) static DEPRECATION_WITHDRAWN: Rule = Rule {
    id: "deprecation-withdrawn",
    change: Change::Removed,
    sent: Severity::Info,
    received: Severity::Info,
    reason: "it stays",
    example: Example {
        old: "{ 'command': 'save', 'features': [ 'deprecated' ] }",
        new: "{ 'command': 'save' }",
    },
    mirror: "deprecation-announced",
};

pub(crate) static MADE_UNSTABLE: Rule = Rule {
    id: "made-unstable",
    change: Change::Added,
    sent: Severity::Risky,
    received: Severity::Risky,
    reason: "it may change or go at any time from now on",
    example: Example {
        old: "{ 'command': 'save' }",
        new: "{ 'command': 'save', 'features': [ 'unstable' ] }",
    },
    mirror: "made-stable",
};

pub(crate) static MADE_STABLE: Rule = Rule {
    id: "made-stable",
    change: Change::Removed,
    sent: Severity::Info,
    received: Severity::Info,
    reason: "it can be relied on",
    example: Example {
        old: "{ 'command': 'save', 'features': [ 'unstable' ] }",
        new: "{ 'command': 'save' }",
    },
    mirror: "made-unstable",
};

pub(crate) static CONDITION_NARROWED: Rule = Rule {
    id: "condition-narrowed",
    change: Change::Changed,
    sent: Severity::Risky,
    received: Severity::Risky,
    reason: "some builds do not have it any more",
    example: Example {
        old: "{ 'command': 'save' }",
        new: "{ 'command': 'save', 'if': 'CONFIG_DISK' }",
    },
    mirror: "condition-widened",
};

pub(crate) static CONDITION_WIDENED: Rule = Rule {
    id: "condition-widened",
    change: Change::Changed,
    sent: Severity::Info,
    received: Severity::Info,
    reason: "more builds have it",
    example: Example {
        old: "{ 'command': 'save', 'if': 'CONFIG_DISK' }",
        new: "{ 'command': 'save' }",
    },
    mirror: "condition-narrowed",
};

pub(crate) static CONDITION_CHANGED: Rule = Rule {
    id: "condition-changed",
    change: Change::Changed,
    sent: Severity::Risky,
    received: Severity::Risky,
    reason: "some builds do not have it any more, and others have it now",
    example: Example {
        old: "{ 'command': 'save', 'if': 'CONFIG_DISK' }",
        new: "{ 'command': 'save', 'if': 'CONFIG_TAPE' }",
    },
    mirror: "condition-changed",
};
