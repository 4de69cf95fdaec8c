//! Members, tags and values.

use super::{Change, Example, Rule, Severity};

pub(crate) static OPTIONAL_MEMBER_ADDED: Rule = Rule {
    id: "optional-member-added",
    change: Change::Added,
    sent: Severity::Info,
    received: Severity::Info,
    reason: "nobody has to send it, and clients pass over members that they do not know",
    example: Example {
        old: "'data': { 'path': 'str' }",
        new: "'data': { 'path': 'str', '*mode': 'str' }",
    },
    mirror: "optional-member-removed",
};

pub(crate) static OPTIONAL_MEMBER_REMOVED: Rule = Rule {
    id: "optional-member-removed",
    change: Change::Removed,
    sent: Severity::Breaking,
    received: Severity::Risky,
    reason: "sent, it is refused as unexpected; received, clients see it absent as it could be before",
    example: Example {
        old: "'data': { 'path': 'str', '*mode': 'str' }",
        new: "'data': { 'path': 'str' }",
    },
    mirror: "optional-member-added",
};

pub(crate) static REQUIRED_MEMBER_ADDED: Rule = Rule {
    id: "required-member-added",
    change: Change::Added,
    sent: Severity::Breaking,
    received: Severity::Info,
    reason: "clients that do not send it get an error",
    example: Example {
        old: "'data': { 'path': 'str' }",
        new: "'data': { 'path': 'str', 'mode': 'str' }",
    },
    mirror: "required-member-removed",
};

pub(crate) static REQUIRED_MEMBER_REMOVED: Rule = Rule {
    id: "required-member-removed",
    change: Change::Removed,
    sent: Severity::Breaking,
    received: Severity::Breaking,
    reason: "sent, it is refused as unexpected; received, clients that rely on it do not find it",
    example: Example {
        old: "'data': { 'path': 'str', 'mode': 'str' }",
        new: "'data': { 'path': 'str' }",
    },
    mirror: "required-member-added",
};

pub(crate) static MEMBER_MADE_OPTIONAL: Rule = Rule {
    id: "member-made-optional",
    change: Change::Changed,
    sent: Severity::Info,
    received: Severity::Breaking,
    reason: "clients that rely on receiving it may not find it",
    example: Example {
        old: "'data': { 'mode': 'str' }",
        new: "'data': { '*mode': 'str' }",
    },
    mirror: "member-made-required",
};

pub(crate) static MEMBER_MADE_REQUIRED: Rule = Rule {
    id: "member-made-required",
    change: Change::Changed,
    sent: Severity::Breaking,
    received: Severity::Info,
    reason: "clients that do not send it get an error",
    example: Example {
        old: "'data': { '*mode': 'str' }",
        new: "'data': { 'mode': 'str' }",
    },
    mirror: "member-made-optional",
};

pub(crate) static MEMBER_MOVED_TO_BRANCHES: Rule = Rule {
    id: "member-moved-to-branches",
    change: Change::Changed,
    sent: Severity::Breaking,
    received: Severity::Risky,
    reason: "it is there with some values of the tag only",
    example: Example {
        old: "'base': { 'type': 'Kind', 'file': 'str' }, 'data': {}",
        new: "'base': { 'type': 'Kind' }, 'data': { 'disk': 'WithFile' }",
    },
    mirror: "member-moved-from-branches",
};

pub(crate) static MEMBER_MOVED_FROM_BRANCHES: Rule = Rule {
    id: "member-moved-from-branches",
    change: Change::Changed,
    sent: Severity::Risky,
    received: Severity::Info,
    reason: "it is there with all values of the tag, perhaps as one that has to be sent",
    example: Example {
        old: "'base': { 'type': 'Kind' }, 'data': { 'disk': 'WithFile' }",
        new: "'base': { 'type': 'Kind', 'file': 'str' }, 'data': {}",
    },
    mirror: "member-moved-to-branches",
};

pub(crate) static TAG_CHANGED: Rule = Rule {
    id: "tag-changed",
    change: Change::Changed,
    sent: Severity::Breaking,
    received: Severity::Breaking,
    reason: "another member chooses what else is in the object",
    example: Example {
        old: "'base': 'Both', 'discriminator': 'type'",
        new: "'base': 'Both', 'discriminator': 'kind'",
    },
    mirror: "tag-changed",
};

pub(crate) static VALUE_ADDED: Rule = Rule {
    id: "value-added",
    change: Change::Added,
    sent: Severity::Info,
    received: Severity::Info,
    reason: "clients have to be prepared for values that they do not know",
    example: Example {
        old: "'data': [ 'on' ]",
        new: "'data': [ 'on', 'off' ]",
    },
    mirror: "value-removed",
};

pub(crate) static VALUE_REMOVED: Rule = Rule {
    id: "value-removed",
    change: Change::Removed,
    sent: Severity::Breaking,
    received: Severity::Info,
    reason: "clients that send it get an error",
    example: Example {
        old: "'data': [ 'on', 'off' ]",
        new: "'data': [ 'on' ]",
    },
    mirror: "value-added",
};
