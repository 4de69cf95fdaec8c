//! Types.

use super::{Change, Example, Rule, Severity};

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
