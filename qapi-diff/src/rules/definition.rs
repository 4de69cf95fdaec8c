//! Commands and events.

use super::{Change, Example, Rule, Severity};

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
