//! The rules.

use super::{Change, Example, Rule, Severity};

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

pub(crate) static COMMAND_ADDED: Rule = Rule {
    id: "command-added",
    change: Change::Added,
    sent: Severity::Info,
    received: Severity::Info,
    reason: "nobody calls a command that was not there",
    example: Example {
        old: "",
        new: "{ 'command': 'stop' }",
    },
    mirror: "command-removed",
};

pub(crate) static COMMAND_REMOVED: Rule = Rule {
    id: "command-removed",
    change: Change::Removed,
    sent: Severity::Breaking,
    received: Severity::Breaking,
    reason: "clients that call it get an error",
    example: Example {
        old: "{ 'command': 'stop' }",
        new: "",
    },
    mirror: "command-added",
};

pub(crate) static EVENT_ADDED: Rule = Rule {
    id: "event-added",
    change: Change::Added,
    sent: Severity::Info,
    received: Severity::Info,
    reason: "clients pass over events that they do not know",
    example: Example {
        old: "",
        new: "{ 'event': 'STOP' }",
    },
    mirror: "event-removed",
};

pub(crate) static EVENT_REMOVED: Rule = Rule {
    id: "event-removed",
    change: Change::Removed,
    sent: Severity::Breaking,
    received: Severity::Breaking,
    reason: "clients that wait for it wait forever",
    example: Example {
        old: "{ 'event': 'STOP' }",
        new: "",
    },
    mirror: "event-added",
};

pub(crate) static SUCCESS_RESPONSE_ADDED: Rule = Rule {
    id: "success-response-added",
    change: Change::Changed,
    sent: Severity::Risky,
    received: Severity::Risky,
    reason: "clients that do not expect a reply take it for that of their next command",
    example: Example {
        old: "{ 'command': 'halt', 'success-response': false }",
        new: "{ 'command': 'halt' }",
    },
    mirror: "success-response-removed",
};

pub(crate) static SUCCESS_RESPONSE_REMOVED: Rule = Rule {
    id: "success-response-removed",
    change: Change::Changed,
    sent: Severity::Breaking,
    received: Severity::Breaking,
    reason: "clients wait for a reply that does not come",
    example: Example {
        old: "{ 'command': 'halt' }",
        new: "{ 'command': 'halt', 'success-response': false }",
    },
    mirror: "success-response-added",
};

pub(crate) static OOB_ALLOWED: Rule = Rule {
    id: "oob-allowed",
    change: Change::Changed,
    sent: Severity::Info,
    received: Severity::Info,
    reason: "the command can still be executed in turn",
    example: Example {
        old: "{ 'command': 'yank' }",
        new: "{ 'command': 'yank', 'allow-oob': true }",
    },
    mirror: "oob-refused",
};

pub(crate) static OOB_REFUSED: Rule = Rule {
    id: "oob-refused",
    change: Change::Changed,
    sent: Severity::Breaking,
    received: Severity::Breaking,
    reason: "clients that execute it out of band get an error",
    example: Example {
        old: "{ 'command': 'yank', 'allow-oob': true }",
        new: "{ 'command': 'yank' }",
    },
    mirror: "oob-allowed",
};

pub(crate) static PRECONFIG_ALLOWED: Rule = Rule {
    id: "preconfig-allowed",
    change: Change::Changed,
    sent: Severity::Info,
    received: Severity::Info,
    reason: "the command is there earlier than it was",
    example: Example {
        old: "{ 'command': 'name' }",
        new: "{ 'command': 'name', 'allow-preconfig': true }",
    },
    mirror: "preconfig-refused",
};

pub(crate) static PRECONFIG_REFUSED: Rule = Rule {
    id: "preconfig-refused",
    change: Change::Changed,
    sent: Severity::Breaking,
    received: Severity::Breaking,
    reason: "clients that call it before the machine is built get an error",
    example: Example {
        old: "{ 'command': 'name', 'allow-preconfig': true }",
        new: "{ 'command': 'name' }",
    },
    mirror: "preconfig-allowed",
};

pub(crate) static ARGUMENTS_OPENED: Rule = Rule {
    id: "arguments-opened",
    change: Change::Changed,
    sent: Severity::Info,
    received: Severity::Info,
    reason: "whatever was accepted is still accepted",
    example: Example {
        old: "{ 'command': 'plug', 'data': { 'id': 'str' } }",
        new: "{ 'command': 'plug', 'data': { 'id': 'str' }, 'gen': false }",
    },
    mirror: "arguments-closed",
};

pub(crate) static ARGUMENTS_CLOSED: Rule = Rule {
    id: "arguments-closed",
    change: Change::Changed,
    sent: Severity::Risky,
    received: Severity::Risky,
    reason: "arguments that the schema does not tell are refused from now on",
    example: Example {
        old: "{ 'command': 'plug', 'data': { 'id': 'str' }, 'gen': false }",
        new: "{ 'command': 'plug', 'data': { 'id': 'str' } }",
    },
    mirror: "arguments-opened",
};

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

pub(crate) static TYPE_CHANGED: Rule = Rule {
    id: "type-changed",
    change: Change::Changed,
    sent: Severity::Breaking,
    received: Severity::Breaking,
    reason: "values of one type are none of the other",
    example: Example {
        old: "'data': { 'port': 'int' }",
        new: "'data': { 'port': 'str' }",
    },
    mirror: "type-changed",
};

pub(crate) static SINGLE_MADE_ARRAY: Rule = Rule {
    id: "single-made-array",
    change: Change::Changed,
    sent: Severity::Breaking,
    received: Severity::Breaking,
    reason: "a single value is no array",
    example: Example {
        old: "'data': { 'name': 'str' }",
        new: "'data': { 'name': [ 'str' ] }",
    },
    mirror: "array-made-single",
};

pub(crate) static ARRAY_MADE_SINGLE: Rule = Rule {
    id: "array-made-single",
    change: Change::Changed,
    sent: Severity::Breaking,
    received: Severity::Breaking,
    reason: "an array is no single value",
    example: Example {
        old: "'data': { 'name': [ 'str' ] }",
        new: "'data': { 'name': 'str' }",
    },
    mirror: "single-made-array",
};

pub(crate) static INTEGER_WIDENED: Rule = Rule {
    id: "integer-widened",
    change: Change::Changed,
    sent: Severity::Info,
    received: Severity::Risky,
    reason: "clients may receive numbers that they have no room for",
    example: Example {
        old: "'data': { 'count': 'uint8' }",
        new: "'data': { 'count': 'uint16' }",
    },
    mirror: "integer-narrowed",
};

pub(crate) static INTEGER_NARROWED: Rule = Rule {
    id: "integer-narrowed",
    change: Change::Changed,
    sent: Severity::Breaking,
    received: Severity::Info,
    reason: "numbers that could be sent are out of range",
    example: Example {
        old: "'data': { 'count': 'uint16' }",
        new: "'data': { 'count': 'uint8' }",
    },
    mirror: "integer-widened",
};

pub(crate) static INTEGER_RANGE_MOVED: Rule = Rule {
    id: "integer-range-moved",
    change: Change::Changed,
    sent: Severity::Breaking,
    received: Severity::Risky,
    reason: "each range has numbers that are not in the other",
    example: Example {
        old: "'data': { 'count': 'int' }",
        new: "'data': { 'count': 'uint64' }",
    },
    mirror: "integer-range-moved",
};

pub(crate) static INTEGER_MADE_NUMBER: Rule = Rule {
    id: "integer-made-number",
    change: Change::Changed,
    sent: Severity::Info,
    received: Severity::Breaking,
    reason: "clients may receive fractions where they expect integers",
    example: Example {
        old: "'data': { 'delay': 'int' }",
        new: "'data': { 'delay': 'number' }",
    },
    mirror: "number-made-integer",
};

pub(crate) static NUMBER_MADE_INTEGER: Rule = Rule {
    id: "number-made-integer",
    change: Change::Changed,
    sent: Severity::Breaking,
    received: Severity::Info,
    reason: "fractions are refused",
    example: Example {
        old: "'data': { 'delay': 'number' }",
        new: "'data': { 'delay': 'int' }",
    },
    mirror: "integer-made-number",
};

pub(crate) static STRING_MADE_ENUM: Rule = Rule {
    id: "string-made-enum",
    change: Change::Changed,
    sent: Severity::Breaking,
    received: Severity::Info,
    reason: "texts that are no value of the enum are refused",
    example: Example {
        old: "'data': { 'mode': 'str' }",
        new: "'data': { 'mode': 'Mode' }",
    },
    mirror: "enum-made-string",
};

pub(crate) static ENUM_MADE_STRING: Rule = Rule {
    id: "enum-made-string",
    change: Change::Changed,
    sent: Severity::Info,
    received: Severity::Risky,
    reason: "clients may receive texts that were no value of the enum",
    example: Example {
        old: "'data': { 'mode': 'Mode' }",
        new: "'data': { 'mode': 'str' }",
    },
    mirror: "string-made-enum",
};

pub(crate) static TYPE_MADE_ANY: Rule = Rule {
    id: "type-made-any",
    change: Change::Changed,
    sent: Severity::Info,
    received: Severity::Breaking,
    reason: "clients may receive values of any other kind",
    example: Example {
        old: "'data': { 'value': 'int' }",
        new: "'data': { 'value': 'any' }",
    },
    mirror: "any-made-type",
};

pub(crate) static ANY_MADE_TYPE: Rule = Rule {
    id: "any-made-type",
    change: Change::Changed,
    sent: Severity::Breaking,
    received: Severity::Info,
    reason: "values of other types are refused",
    example: Example {
        old: "'data': { 'value': 'any' }",
        new: "'data': { 'value': 'int' }",
    },
    mirror: "type-made-any",
};

pub(crate) static ALTERNATIVE_ADDED: Rule = Rule {
    id: "alternative-added",
    change: Change::Changed,
    sent: Severity::Info,
    received: Severity::Breaking,
    reason: "clients may receive a JSON value of a kind that there was not",
    example: Example {
        old: "'data': { 'file': 'str' }",
        new: "{ 'alternate': 'StrOrNull', 'data': { 's': 'str', 'n': 'null' } } 'data': { 'file': 'StrOrNull' }",
    },
    mirror: "alternative-removed",
};

pub(crate) static ALTERNATIVE_REMOVED: Rule = Rule {
    id: "alternative-removed",
    change: Change::Changed,
    sent: Severity::Breaking,
    received: Severity::Info,
    reason: "JSON values of a kind that could be sent are refused",
    example: Example {
        old: "{ 'alternate': 'StrOrNull', 'data': { 's': 'str', 'n': 'null' } } 'data': { 'file': 'StrOrNull' }",
        new: "'data': { 'file': 'str' }",
    },
    mirror: "alternative-added",
};

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
