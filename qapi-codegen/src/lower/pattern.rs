//! The parts of a schema that the configuration names, and the patterns that it names them by.
//!
//! A pattern is a path with dots: `Type`, `Type.member`, `command`,
//! `command.arguments.member`, `command.return`, `EVENT.data.member`. A `*`
//! stands for any characters inside one part of the path. A member belongs to
//! the definition in which it stands, which for a member of a base is the base.
//!
//! Patterns see the whole schema, whatever conditions and subset leave of it, so
//! that a configuration fits every build of the same schema.

use std::collections::BTreeMap;

use qapi_parser::{Definition, DefinitionId, DefinitionKind, Member, Members, Schema};

use super::Cx;
use super::error::LowerError;
use super::member::inline;
use super::near::near;

/// A part of a schema that a pattern can name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place<'a> {
    pub(crate) definition: DefinitionId,
    pub(crate) part: Part<'a>,
}

/// Which part of a definition a [`Place`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Part<'a> {
    /// All of it: `Type`, `command`, `EVENT`.
    Whole,
    /// The members that a command or event writes in place: `command.arguments`, `EVENT.data`.
    Data,
    /// What a command answers: `command.return`.
    Return,
    /// A member, value or alternative that stands in the definition itself, not
    /// in its base: `Type.member`, `command.arguments.member`, `EVENT.data.member`.
    Member(&'a str),
    /// A branch that a union lists: `Type.branch`.
    Branch(&'a str),
    /// All branches of a union that has more than the tag in its base: `Type.branch`.
    Branches,
}

impl<'a> Place<'a> {
    /// A definition.
    pub(crate) fn whole(definition: DefinitionId) -> Self {
        Self {
            definition,
            part: Part::Whole,
        }
    }

    /// Something inside a definition that has a name.
    pub(crate) fn member(definition: DefinitionId, name: &'a str) -> Self {
        Self {
            definition,
            part: Part::Member(name),
        }
    }

    /// What a command answers.
    pub(crate) fn returned(definition: DefinitionId) -> Self {
        Self {
            definition,
            part: Part::Return,
        }
    }

    /// A branch that a union lists.
    pub(crate) fn branch(definition: DefinitionId, name: &'a str) -> Self {
        Self {
            definition,
            part: Part::Branch(name),
        }
    }

    /// All branches of a union.
    pub(crate) fn branches(definition: DefinitionId) -> Self {
        Self {
            definition,
            part: Part::Branches,
        }
    }

    /// The members that a command or event writes in place.
    pub(crate) fn data(definition: DefinitionId) -> Self {
        Self {
            definition,
            part: Part::Data,
        }
    }

    /// The path that names this place and no other.
    pub(crate) fn path(&self, schema: &'a Schema) -> String {
        let definition = schema.definition(self.definition);
        self.parts(definition).join(".")
    }

    fn parts(&self, definition: &'a Definition) -> Vec<&'a str> {
        let mut parts = vec![definition.name.text.as_str()];
        let data = data_name(&definition.kind);
        match self.part {
            Part::Whole => {}
            Part::Data => parts.extend(data),
            Part::Return => parts.push("return"),
            Part::Branches => parts.push("branch"),
            Part::Member(name) | Part::Branch(name) => {
                parts.extend(data);
                parts.push(name);
            }
        }
        parts
    }
}

/// What a path calls the members that commands and events write in place.
fn data_name(kind: &DefinitionKind) -> Option<&'static str> {
    match kind {
        DefinitionKind::Command(_) => Some("arguments"),
        DefinitionKind::Event(_) => Some("data"),
        DefinitionKind::Enum(_)
        | DefinitionKind::Struct(_)
        | DefinitionKind::Union(_)
        | DefinitionKind::Alternate(_) => None,
    }
}

/// The places that patterns of one method of the configuration can mean.
#[derive(Debug)]
pub(crate) struct Candidates<'a> {
    method: &'static str,
    places: Vec<Place<'a>>,
}

impl<'a> Candidates<'a> {
    /// The places that `accepts` lets through. `method` is the name of the
    /// method of `Config` that takes such patterns.
    pub(crate) fn find(
        schema: &'a Schema,
        method: &'static str,
        accepts: impl Fn(&DefinitionKind, Part<'_>) -> bool,
    ) -> Self {
        let mut places = places(schema);
        places.retain(|place| accepts(&schema.definition(place.definition).kind, place.part));
        Self { method, places }
    }

    /// Those that `pattern` means, in source order; it is reported if there are none.
    pub(crate) fn meant(&self, cx: &mut Cx<'a>, pattern: &str) -> Vec<Place<'a>> {
        let schema = cx.schema;
        let is_meant = |place: &Place<'a>| {
            let definition = schema.definition(place.definition);
            matches(pattern, &place.parts(definition))
        };
        let places = self.places.iter().copied();
        let meant: Vec<_> = places.filter(is_meant).collect();
        if meant.is_empty() {
            cx.error(LowerError::NoMatch {
                method: self.method,
                pattern: pattern.to_owned(),
                near: near(schema, pattern, &self.places),
            });
        }
        meant
    }
}

/// What a method of the configuration said, by the places that it said it about.
#[derive(Debug)]
pub(crate) struct Rules<'a, T>(BTreeMap<Place<'a>, Vec<&'a T>>);

impl<T> Default for Rules<'_, T> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<'a, T> Rules<'a, T> {
    /// Finds what each pattern names among the [`Candidates`], and reports the
    /// patterns that name nothing.
    pub(crate) fn find(
        cx: &mut Cx<'a>,
        method: &'static str,
        rules: &'a [(String, T)],
        accepts: impl Fn(&DefinitionKind, Part<'_>) -> bool,
    ) -> Self {
        let mut found = Self::default();
        if rules.is_empty() {
            return found;
        }
        let candidates = Candidates::find(cx.schema, method, accepts);
        for (pattern, value) in rules {
            for place in candidates.meant(cx, pattern) {
                found.0.entry(place).or_default().push(value);
            }
        }
        found
    }

    /// What was said about a place, in the order in which it was said.
    pub(crate) fn about<'r>(&'r self, place: Place<'r>) -> &'r [&'a T] {
        self.0.get(&place).map(Vec::as_slice).unwrap_or_default()
    }

    /// Everything that was said about any place.
    pub(crate) fn values(&self) -> impl Iterator<Item = &'a T> {
        self.0.values().flatten().copied()
    }

    /// The last word on a place.
    pub(crate) fn last(&self, place: Place<'_>) -> Option<&'a T> {
        self.about(place).last().copied()
    }
}

/// Whether a pattern fits the parts of a path. A name may have dots itself, as
/// values of early schemas do, so a dot does not always end a part.
pub(crate) fn matches(pattern: &str, parts: &[&str]) -> bool {
    match parts {
        [] => false,
        [part] => fits(pattern, part),
        [part, rest @ ..] => pattern
            .match_indices('.')
            .any(|(dot, _)| fits(&pattern[..dot], part) && matches(&pattern[dot + 1..], rest)),
    }
}

/// Whether a pattern fits one name, where `*` stands for any characters.
fn fits(pattern: &str, name: &str) -> bool {
    let mut pieces = pattern.split('*');
    // `split` yields at least one piece.
    let first = pieces.next().unwrap_or_default();
    let Some(mut rest) = name.strip_prefix(first) else {
        return false;
    };
    let Some(last) = pieces.next_back() else {
        return rest.is_empty();
    };
    for piece in pieces {
        // The first fit is the best, for it leaves most to the pieces that follow.
        match rest.find(piece) {
            Some(start) => rest = &rest[start + piece.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}

/// Everything in a schema that a pattern can name, in source order.
fn places(schema: &Schema) -> Vec<Place<'_>> {
    let mut places = Vec::new();
    for (id, definition) in schema.definitions() {
        places.push(Place::whole(id));
        let member = |name| Place::member(id, name);
        match &definition.kind {
            DefinitionKind::Enum(enum_) => {
                places.extend(enum_.values.iter().map(|value| member(&value.name.text)));
            }
            DefinitionKind::Struct(struct_) => {
                places.extend(names(&struct_.members).map(member));
            }
            DefinitionKind::Union(union) => {
                if schema.object_members(id).len() > 1 {
                    places.push(Place::branches(id));
                }
                places.extend(names(inline(&union.base)).map(member));
                let branches = union.branches.iter();
                places.extend(branches.map(|branch| Place::branch(id, &branch.name.text)));
            }
            DefinitionKind::Alternate(alternate) => {
                let alternatives = alternate.alternatives.iter();
                places.extend(alternatives.map(|alternative| member(&alternative.name.text)));
            }
            DefinitionKind::Command(command) => {
                places.extend(data_places(id, &command.arguments));
                places.extend(command.returns.as_ref().map(|_| Place::returned(id)));
            }
            DefinitionKind::Event(event) => places.extend(data_places(id, &event.arguments)),
        }
    }
    places
}

/// The members that stand in a command or event, and their type.
fn data_places(id: DefinitionId, members: &Members) -> impl Iterator<Item = Place<'_>> {
    let members = inline(members);
    let data = (!members.is_empty()).then(|| Place::data(id));
    data.into_iter()
        .chain(names(members).map(move |name| Place::member(id, name)))
}

fn names(members: &[Member]) -> impl Iterator<Item = &str> {
    members.iter().map(|member| member.name.text.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn star_stays_inside_one_part() {
        assert!(matches("Type", &["Type"]));
        assert!(matches("*", &["Type"]));
        assert!(matches("query-*", &["query-block"]));
        assert!(matches("*-b*k", &["query-block"]));
        assert!(matches("Type.*", &["Type", "member"]));
        assert!(matches(
            "*.arguments.buf-*",
            &["write", "arguments", "buf-b64"]
        ));
        assert!(!matches("*", &["Type", "member"]));
        assert!(!matches("Type", &["Type", "member"]));
        assert!(!matches("Type.member", &["Type"]));
        assert!(!matches("query-*", &["query"]));
        assert!(!matches("a*a", &["a"]));
        assert!(!matches("", &["a"]));
    }

    #[test]
    fn names_may_have_dots() {
        assert!(matches("Version.0.10", &["Version", "0.10"]));
        assert!(matches("Version.*", &["Version", "0.10"]));
        assert!(!matches("Version.0", &["Version", "0.10"]));
    }
}
