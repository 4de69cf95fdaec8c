//! Pragmas: settings of a schema that its checks obey.

use std::collections::HashSet;
use std::rc::Rc;

use super::LoadError;
use crate::ast::{Object, Pair, Value, ValueKind};
use crate::dialect::Tolerances;
use crate::similar::Similar;
use crate::source::Name;
use crate::text::Text;

/// The pragmas of a schema, all files together: the last setting of each wins,
/// for what stands before it, too. To clone them copies no names.
#[derive(Clone, Debug, Default)]
pub(crate) struct Pragma {
    /// Every definition needs a documentation comment.
    pub(crate) doc_required: bool,
    /// Commands whose names may hold `_`.
    pub(crate) command_name_exceptions: Rc<HashSet<Text>>,
    /// Commands that may return something other than an object.
    pub(crate) command_returns_exceptions: Rc<HashSet<Text>>,
    /// Types whose members may be spelled against the rules.
    pub(crate) member_name_exceptions: Rc<HashSet<Text>>,
    /// Definitions whose members need no description.
    pub(crate) documentation_exceptions: Rc<HashSet<Text>>,
}

/// The pragmas there are, but for the names of old.
const KNOWN: [&str; 5] = [
    "doc-required",
    "command-name-exceptions",
    "command-returns-exceptions",
    "member-name-exceptions",
    "documentation-exceptions",
];

impl Pragma {
    /// Takes over the settings of one directive, and gives what is wrong with them.
    pub(super) fn merge(&mut self, settings: &Object, tolerances: &Tolerances) -> Vec<LoadError> {
        let results = settings
            .pairs
            .iter()
            .map(|setting| self.set(setting, tolerances));
        results.filter_map(Result::err).collect()
    }

    fn set(&mut self, setting: &Pair, tolerances: &Tolerances) -> Result<(), LoadError> {
        let list = match (setting.key.text.as_str(), tolerances.old_pragmas) {
            ("doc-required", _) => {
                self.doc_required = boolean(setting)?;
                return Ok(());
            }
            ("command-name-exceptions", _) => &mut self.command_name_exceptions,
            ("command-returns-exceptions", _) | ("returns-whitelist", true) => {
                &mut self.command_returns_exceptions
            }
            ("member-name-exceptions", _) | ("name-case-whitelist", true) => {
                &mut self.member_name_exceptions
            }
            ("documentation-exceptions", _) => &mut self.documentation_exceptions,
            _ => return Err(unknown(&setting.key)),
        };
        *list = Rc::new(names(setting)?);
        Ok(())
    }
}

fn unknown(key: &Name) -> LoadError {
    let renamed = match key.text.as_str() {
        "returns-whitelist" => Some("command-returns-exceptions".to_owned()),
        "name-case-whitelist" => Some("member-name-exceptions".to_owned()),
        _ => None,
    };
    let similar = renamed.or_else(|| Similar::default().to(&key.text, KNOWN));
    LoadError::PragmaUnknown {
        key: key.clone(),
        similar,
    }
}

fn boolean(setting: &Pair) -> Result<bool, LoadError> {
    match setting.value.kind {
        ValueKind::Bool(value) => Ok(value),
        _ => Err(LoadError::PragmaNotBool {
            key: setting.key.clone(),
            value: setting.value.span,
        }),
    }
}

fn names(setting: &Pair) -> Result<HashSet<Text>, LoadError> {
    let not_strings = |value: &Value| LoadError::PragmaNotStrings {
        key: setting.key.clone(),
        value: value.span,
    };
    let ValueKind::Array(elements) = &setting.value.kind else {
        return Err(not_strings(&setting.value));
    };
    let name = |element: &Value| match &element.kind {
        ValueKind::String(text) => Ok(text.clone()),
        _ => Err(not_strings(element)),
    };
    elements.iter().map(name).collect()
}
