//! What a server can do, by its own account.

mod entry;

use std::cell::Cell;
use std::collections::BTreeMap;

use self::entry::{Entry, Features, Kind, Member};
use crate::decode::{Decode, DecodeError, Input};
use crate::decoder::JsonError;
use crate::document::{Document, Json};

/// The answer to `query-qmp-schema`, to ask whether something is there.
///
/// It comes from a live server, as what that command returns, or from the
/// constant `INTROSPECTION` of generated code; then it is what a server with
/// that schema would answer.
///
/// # Paths
/// Whether something is there is asked for by a path of names with dots between
/// them:
///
/// | path | asks for |
/// | --- | --- |
/// | `query-status`, `STOP` | a command, an event |
/// | `blockdev-add.arguments.node-name` | an argument |
/// | `query-block.return.inserted.file` | a member of an answer |
/// | `BLOCK_IO_ERROR.data.reason` | a member of an event |
/// | `blockdev-add.arguments.driver.nbd` | a value of an enum |
/// | `blockdev-add.arguments.driver=nbd.server` | a member of the branch that `driver` chooses |
/// | `query-cpus-fast#deprecated` | a feature of whatever stands before the `#` |
///
/// Arrays are passed through, so `query-block.return.device` is about each
/// element. An alternate has what one of its alternatives has, and a union
/// what one of its branches has, unless the tag is given. A feature is one of
/// the member or value, or of its type. Types have no names here, for a server
/// tells none.
///
/// ```
/// use qapi_runtime::client::Introspection;
///
/// let answer = r#"[
///     {"name": "stop", "meta-type": "command", "arg-type": "0", "ret-type": "0"},
///     {"name": "0", "meta-type": "object", "members": []}
/// ]"#;
/// let introspection = Introspection::parse(answer)?;
/// assert!(introspection.supports("stop"));
/// assert!(!introspection.supports("stop.arguments.when"));
/// # Ok::<(), qapi_runtime::JsonError>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct Introspection {
    /// Commands, events and types, by the names that the others use.
    entries: BTreeMap<String, Entry>,
}

/// How many steps may lead from one entry to another, and how many entries may
/// be visited on all ways together. Only an answer that goes round in circles
/// has more.
const MAX_STEPS: usize = 256;
const MAX_VISITS: usize = 100_000;

impl Introspection {
    /// Reads an answer. What is not as expected there is left out.
    ///
    /// # Errors
    /// The text is not JSON.
    pub fn parse(text: &str) -> Result<Self, JsonError> {
        Ok(Self::read(Document::parse(text.as_bytes())?.root()))
    }

    fn read(answer: Json<'_>) -> Self {
        let entries = answer.elements().filter_map(Entry::read);
        Self {
            entries: entries.collect(),
        }
    }

    /// Whether there is something at `path`.
    pub fn supports(&self, path: &str) -> bool {
        let (path, feature) = match path.split_once('#') {
            Some((path, feature)) => (path, Some(feature)),
            None => (path, None),
        };
        let query = Query {
            introspection: self,
            feature,
            visits: Cell::new(0),
        };
        let is_path = path.split('.').all(|name| !name.is_empty());
        is_path && splits(path).any(|(name, rest)| query.has_definition(name, rest))
    }

    /// The names of all commands.
    pub fn commands(&self) -> impl Iterator<Item = &str> {
        self.names(|kind| matches!(kind, Kind::Command { .. }))
    }

    /// The names of all events.
    pub fn events(&self) -> impl Iterator<Item = &str> {
        self.names(|kind| matches!(kind, Kind::Event { .. }))
    }

    /// Whether the server has `command` and runs it out of band.
    pub fn allows_out_of_band(&self, command: &str) -> bool {
        let entry = self.entries.get(command);
        entry.is_some_and(|entry| matches!(entry.kind, Kind::Command { oob: true, .. }))
    }

    fn names(&self, wanted: impl Fn(&Kind) -> bool) -> impl Iterator<Item = &str> {
        let entries = self.entries.iter();
        let wanted = entries.filter(move |(_, entry)| wanted(&entry.kind));
        wanted.map(|(name, _)| name.as_str())
    }
}

/// What `query-qmp-schema` returns.
impl<'de> Decode<'de> for Introspection {
    fn decode(input: Input<'_, 'de>) -> Result<Self, DecodeError> {
        Ok(Self::read(input.json()))
    }
}

/// The question whether something is there, with this feature if there is one.
struct Query<'a> {
    introspection: &'a Introspection,
    feature: Option<&'a str>,
    /// How many entries were visited.
    visits: Cell<usize>,
}

impl Query<'_> {
    fn has_definition(&self, name: &str, rest: &str) -> bool {
        let Some(entry) = self.introspection.entries.get(name) else {
            return false;
        };
        let (step, ty) = match (&entry.kind, rest.split('.').next()) {
            (Kind::Command { .. } | Kind::Event { .. }, Some("")) => {
                return self.is_there([&entry.features]);
            }
            (Kind::Command { arguments, .. }, Some(step @ "arguments")) => (step, arguments),
            (Kind::Command { returns, .. }, Some(step @ "return")) => (step, returns),
            (Kind::Event { data }, Some(step @ "data")) => (step, data),
            _ => return false,
        };
        let rest = rest[step.len()..].trim_start_matches('.');
        self.has(&Features::default(), ty, rest, 0)
    }

    /// Whether there is `rest` in a value of the type `ty`, which stands at a
    /// place that has `features` of its own.
    fn has(&self, features: &Features, ty: &str, rest: &str, steps: usize) -> bool {
        let Some(entry) = self.introspection.entries.get(ty) else {
            return rest.is_empty() && self.is_there([features]);
        };
        if rest.is_empty() && self.is_there([features, &entry.features]) {
            return true;
        }
        if steps == MAX_STEPS || self.visits.replace(self.visits.get() + 1) >= MAX_VISITS {
            return false;
        }
        let steps = steps + 1;
        match &entry.kind {
            Kind::Array { element } => self.has(features, element, rest, steps),
            Kind::Alternate { types } => types.iter().any(|ty| self.has(features, ty, rest, steps)),
            Kind::Enum { values } => {
                let value = values.iter().find(|value| value.name == rest);
                value.is_some_and(|value| self.is_there([&value.features]))
            }
            Kind::Object {
                members,
                tag,
                branches,
            } => {
                let own = splits(rest).any(|split| self.has_member(members, split, steps));
                let chosen = tag.as_deref().and_then(|tag| chosen_by(tag, rest));
                own || branches.iter().any(|(value, ty)| match chosen {
                    None => !rest.is_empty() && self.has(&entry.features, ty, rest, steps),
                    Some(chosen) => match after(chosen, value) {
                        Some(rest) => self.has_in_branch(members, ty, rest, steps),
                        None => false,
                    },
                })
            }
            Kind::Other | Kind::Command { .. } | Kind::Event { .. } => false,
        }
    }

    /// Whether there is `rest` among `members`, or in the branch of type `ty`
    /// that adds to them.
    fn has_in_branch(&self, members: &[Member], ty: &str, rest: &str, steps: usize) -> bool {
        splits(rest).any(|split| self.has_member(members, split, steps))
            || self.has(&Features::default(), ty, rest, steps)
    }

    fn has_member(&self, members: &[Member], (name, rest): (&str, &str), steps: usize) -> bool {
        let member = members.iter().find(|member| member.name == name);
        member.is_some_and(|member| self.has(&member.features, &member.ty, rest, steps))
    }

    /// Whether what has these features is what was asked for.
    fn is_there<const N: usize>(&self, features: [&Features; N]) -> bool {
        match self.feature {
            None => true,
            Some(feature) => features.iter().any(|features| features.has(feature)),
        }
    }
}

/// Every way to take a name off the front of `path`, and what is left: some
/// names have dots in them.
fn splits(path: &str) -> impl Iterator<Item = (&str, &str)> {
    let dots = path.match_indices('.');
    let split = dots.map(|(dot, _)| (&path[..dot], &path[dot + 1..]));
    split.chain([(path, "")])
}

/// What follows `tag=` at the front of `rest`.
fn chosen_by<'a>(tag: &str, rest: &'a str) -> Option<&'a str> {
    rest.strip_prefix(tag)?.strip_prefix('=')
}

/// What follows `value` and a dot, or nothing after all of it.
fn after<'a>(chosen: &'a str, value: &str) -> Option<&'a str> {
    let rest = chosen.strip_prefix(value)?;
    if rest.is_empty() {
        Some(rest)
    } else {
        rest.strip_prefix('.')
    }
}

#[cfg(test)]
mod tests;
