//! How much of a schema is generated.

use std::collections::BTreeSet;

use qapi_parser::{DefinitionId, DefinitionKind};

use super::error::LowerError;
use super::pattern::{Candidates, Part, Place};
use super::{Cx, reach};

/// The definitions to generate.
#[derive(Debug, Default)]
pub(crate) struct Subset(Option<BTreeSet<DefinitionId>>);

impl Subset {
    /// Finds what the chosen commands and events lead to, and reports patterns that mean none.
    pub(crate) fn find(cx: &mut Cx<'_>) -> Self {
        let options = cx.options;
        if options.commands.is_none() && options.events.is_none() {
            return Self::default();
        }
        let commands = options.commands.as_deref().unwrap_or_default();
        let events = options.events.as_deref().unwrap_or_default();
        let mut roots = find(cx, "commands", commands, is_command);
        roots.extend(find(cx, "events", events, is_event));
        Self(Some(reach::from(cx, roots)))
    }

    /// Whether a definition belongs to it.
    pub(crate) fn contains(&self, id: DefinitionId) -> bool {
        self.0.as_ref().is_none_or(|chosen| chosen.contains(&id))
    }
}

fn find(
    cx: &mut Cx<'_>,
    method: &'static str,
    patterns: &[(String, ())],
    accepts: fn(&DefinitionKind, Part<'_>) -> bool,
) -> Vec<DefinitionId> {
    let mut roots = Vec::new();
    if patterns.is_empty() {
        return roots;
    }
    let candidates = Candidates::find(cx.schema, method, accepts);
    for (pattern, ()) in patterns {
        let meant = candidates.meant(cx, pattern);
        let exists = |place: &Place<'_>| {
            let definition = cx.schema.definition(place.definition);
            cx.holds(definition.cond.as_ref())
        };
        let (left, excluded): (Vec<_>, Vec<_>) = meant.into_iter().partition(exists);
        if let ([], Some(place)) = (left.as_slice(), excluded.first()) {
            let name = cx.schema.definition(place.definition).name.clone();
            cx.error(LowerError::NothingLeft {
                method,
                pattern: pattern.clone(),
                name,
            });
        }
        roots.extend(left.iter().map(|place| place.definition));
    }
    roots
}

/// Whether a part of a definition is a command.
pub(crate) fn is_command(kind: &DefinitionKind, part: Part<'_>) -> bool {
    matches!((kind, part), (DefinitionKind::Command(_), Part::Whole))
}

fn is_event(kind: &DefinitionKind, part: Part<'_>) -> bool {
    matches!((kind, part), (DefinitionKind::Event(_), Part::Whole))
}
