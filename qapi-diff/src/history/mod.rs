//! When everything on the wire appeared, changed and went, over a row of releases.

mod audit;
mod changes;
mod graph;
mod line;
mod walk;

use qapi_parser::{Checked, Doc, DocEntry, Schema, Version};

use crate::diff::{self, Diff, Finding, Place};
use crate::path::{Path, Step};
use crate::wire::Wire;

pub use audit::{Audit, Mismatch};
pub use line::{ChangeId, Line, LineKind, Period};
pub use walk::Lines;

/// A row of releases, and every path that one of them has.
///
/// ```
/// # use qapi_parser::{Checked, Error, Loader, MemoryReader, Schema};
/// # fn load(text: &str) -> Result<Checked<Schema>, Error> {
/// #     let files = MemoryReader::from_iter([("draw.json", text)]);
/// #     Loader::new().reader(Box::new(files)).load("draw.json")
/// # }
/// let releases = [
///     ("1.0", load("{ 'command': 'draw', 'data': { 'x': 'int' } }")?),
///     ("1.1", load("{ 'command': 'draw', 'data': { 'x': 'int', '*y': 'int' } }")?),
/// ];
/// let history = qapi_diff::History::of(releases);
/// let y = history.find("draw.arguments.y").expect("the second one has it");
/// assert_eq!(history.releases()[y.first()].name, "1.1");
/// # Ok::<(), Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct History {
    releases: Vec<Release>,
    definitions: Vec<Line>,
    graph: graph::Graph,
}

/// One release of a [`History`].
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Release {
    /// Its name, such as `10.2`.
    pub name: String,
    /// Its schema.
    pub schema: Checked<Schema>,
    /// What that puts on the wire.
    pub wire: Wire,
    /// What is different from the release before; none for the first.
    pub diff: Option<Diff>,
}

/// What a schema says of something in words.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Documentation<'s> {
    /// The comment of a command or event.
    Definition(&'s Doc),
    /// The description of a member, value or feature.
    Entry(&'s DocEntry),
}

impl History {
    /// The history of releases, from the first to the last.
    pub fn of<N: Into<String>>(releases: impl IntoIterator<Item = (N, Checked<Schema>)>) -> Self {
        let mut done: Vec<Release> = Vec::new();
        for (name, schema) in releases {
            let wire = Wire::new(&schema);
            let before = done.last();
            let diff = before.map(|old| diff::between((&old.schema, &old.wire), (&schema, &wire)));
            let name = name.into();
            done.push(Release {
                name,
                schema,
                wire,
                diff,
            });
        }
        let wires: Vec<_> = done.iter().map(|release| &release.wire).collect();
        let (mut definitions, mut graph) = graph::build(&wires);
        changes::attach(&done, &mut definitions, &mut graph);
        Self {
            releases: done,
            definitions,
            graph,
        }
    }

    /// The releases, the first one first.
    pub fn releases(&self) -> &[Release] {
        &self.releases
    }

    /// All commands and events that some release has, by name.
    pub fn definitions(&self) -> &[Line] {
        &self.definitions
    }

    /// What is behind a line of this history, one step further, by step.
    ///
    /// # Panics
    /// The line is of another history, which has more.
    pub fn children(&self, line: &Line) -> &[Line] {
        match line.to {
            Some(to) => &self.graph.nodes[to.index()].lines,
            None => &[],
        }
    }

    /// Every path that some release has, in order, but for those of what commands take and events carry as a whole.
    ///
    /// A type is written out wherever it is used, but not within itself.
    pub fn lines(&self) -> Lines<'_> {
        let roots = self.definitions.iter().filter_map(|line| match &line.step {
            Step::Member(name) => Some((Path::root(name.clone()), line)),
            _ => None,
        });
        Lines::new(self, roots)
    }

    /// The lines of one command or event, itself the first; see [`lines`](Self::lines).
    pub fn lines_of(&self, name: &str) -> Lines<'_> {
        let is_it = |line: &&Line| matches!(&line.step, Step::Member(it) if *it == name);
        let root = self.definitions.iter().find(is_it);
        let root = root.map(|line| (Path::root(name.into()), line));
        Lines::new(self, root.into_iter())
    }

    /// What a comparison says of a change.
    ///
    /// # Panics
    /// The change is of another history, which has more.
    pub fn finding(&self, change: ChangeId) -> &Finding {
        let diff = self.releases[change.release].diff.as_ref();
        let diff = diff.expect("changes are found where there is a release before");
        &diff.findings[change.finding]
    }

    /// What a release says of a line in words, if it does.
    pub fn documentation(&self, line: &Line, release: usize) -> Option<Documentation<'_>> {
        let state = line.states.get(release)?.as_ref()?;
        let definition = self.releases[release].schema.definition(state.definition);
        let doc = definition.doc.as_deref()?;
        let entries = match (line.kind, &line.step) {
            (LineKind::Command | LineKind::Event, _) => {
                return Some(Documentation::Definition(doc));
            }
            (LineKind::Feature, _) => &doc.features,
            (LineKind::Member | LineKind::Value, _) => &doc.members,
            (LineKind::Part | LineKind::Return | LineKind::Branch, _) => return None,
        };
        let (Step::Member(name) | Step::Value(name) | Step::Feature(name)) = &line.step else {
            return None;
        };
        let entry = entries.iter().find(|entry| entry.name.text == *name);
        entry.map(Documentation::Entry)
    }

    /// Where a release has a line.
    pub fn place(&self, line: &Line, release: usize) -> Option<Place> {
        let state = line.states.get(release)?.as_ref()?;
        diff::place(&self.releases[release].schema, state.span)
    }
}

impl Documentation<'_> {
    /// The text, as it is written; of a comment, what stands before everything else.
    pub fn text(&self) -> &str {
        match self {
            Self::Definition(doc) => &doc.body,
            Self::Entry(entry) => &entry.text,
        }
    }

    /// The release that it came with, where the text tells.
    pub fn since(&self) -> Option<Version> {
        match self {
            Self::Definition(doc) => doc.since(),
            Self::Entry(entry) => entry.since(),
        }
    }
}

#[cfg(test)]
mod tests {
    use qapi_parser::{Loader, MemoryReader};

    use super::*;

    fn history(releases: &[(&str, &str)]) -> History {
        History::of(releases.iter().map(|(name, text)| {
            let files = MemoryReader::from_iter([("a.json", *text)]);
            let schema = Loader::new().reader(Box::new(files)).load("a.json");
            (*name, schema.unwrap_or_else(|error| panic!("{error}")))
        }))
    }

    fn periods(line: &Line) -> Vec<(usize, Option<&str>)> {
        let periods = line.periods.iter();
        periods.map(|it| (it.from, it.what.as_deref())).collect()
    }

    #[test]
    fn lines_tell_when_what_was_there() {
        let history = history(&[
            ("1.0", "{ 'command': 'a' }"),
            (
                "1.1",
                "{ 'command': 'a', 'data': { 'b': 'str' } } { 'event': 'C' }",
            ),
            ("1.2", "{ 'command': 'a', 'data': { '*b': 'str' } }"),
            ("1.3", "{ 'command': 'a' }"),
        ]);
        let a = history.find("a").expect("it is there");
        assert_eq!(periods(a), [(0, Some(""))]);
        let b = history.find("a.arguments.b").expect("it was there");
        assert_eq!(
            periods(b),
            [(1, Some("str")), (2, Some("optional str")), (3, None)]
        );
        assert_eq!((b.first(), b.last()), (1, 2));
        let c = history.find("C").expect("it was there");
        assert_eq!(periods(c), [(1, Some("")), (2, None)]);
        let paths: Vec<_> = history.lines().map(|(path, _)| path.to_string()).collect();
        assert_eq!(paths, ["C", "a", "a.arguments.b"]);
    }

    #[test]
    fn changes_of_a_line_are_findings() {
        let history = history(&[
            ("1.0", "{ 'event': 'A', 'data': { 'b': 'str' } }"),
            ("1.1", "{ 'event': 'A', 'data': { '*b': 'str' } }"),
            ("1.2", "{ 'event': 'A' }"),
        ]);
        let line = history.find("A.data.b").expect("it was there");
        let rules: Vec<_> = line
            .changes
            .iter()
            .map(|change| (change.release, history.finding(*change).rule.id))
            .collect();
        let expected = [(1, "member-made-optional"), (2, "optional-member-removed")];
        assert_eq!(rules, expected);
    }

    #[test]
    fn changes_of_an_alternate_are_those_of_its_users() {
        let history = history(&[
            (
                "1.0",
                "{ 'alternate': 'Or', 'data': { 's': 'str' } } { 'event': 'A', 'data': { 'b': 'Or' } }",
            ),
            (
                "1.1",
                "{ 'alternate': 'Or', 'data': { 's': 'str', 'n': 'null' } }
                 { 'event': 'A', 'data': { 'b': 'Or' } }",
            ),
        ]);
        let line = history.find("A.data.b").expect("it is there");
        assert_eq!(periods(line), [(0, Some("str")), (1, Some("nullable str"))]);
        let [change] = line.changes.as_slice() else {
            panic!("one thing changed: {:?}", line.changes);
        };
        assert_eq!(history.finding(*change).rule.id, "alternative-added");
    }

    #[test]
    fn features_have_a_history_and_a_description() {
        let new = "##
# @a:
#
# Features:
#
# @fast: is quick (since 1.1)
##
{ 'command': 'a', 'features': [ 'fast' ] }";
        let history = history(&[("1.0", "{ 'command': 'a' }"), ("1.1", new)]);
        let line = history.find("a#fast").expect("it is there");
        assert_eq!((line.kind, line.first()), (LineKind::Feature, 1));
        let documentation = history.documentation(line, 1).expect("it is described");
        assert_eq!(documentation.text(), "is quick (since 1.1)");
        assert_eq!(documentation.since(), "1.1".parse().ok());
        let place = history.place(line, 1).expect("it is written somewhere");
        assert_eq!(place.to_string(), "a.json:8:33");
    }

    #[test]
    fn types_within_themselves_are_written_out_once() {
        let tree = "{ 'struct': 'Tree', 'data': { '*left': 'Tree', 'name': 'str' } }
                    { 'command': 'plant', 'data': 'Tree' }";
        let history = history(&[("1.0", tree)]);
        let paths: Vec<_> = history.lines().map(|(path, _)| path.to_string()).collect();
        assert_eq!(
            paths,
            ["plant", "plant.arguments.left", "plant.arguments.name"]
        );
        assert!(history.find("plant.arguments.left.left.name").is_some());
        assert!(history.find("plant.arguments.left.nam").is_none());
    }

    #[test]
    fn audit_finds_what_comments_get_wrong() {
        let documented = "##
# @a:
#
# @b: what
#
# @c: more (since 1.4)
#
# @d: late
#
# Since: 1.2
##
{ 'command': 'a', 'data': { '*b': 'str', '*c': 'str', '*d': 'str' } }
##
# @z:
#
# @e: late, as told below
#
# Since: 1.2; @e since 1.5.
##
{ 'command': 'z', 'data': { '*e': 'str' } }";
        let history = history(&[
            ("1.0", ""),
            (
                "1.3",
                "{ 'command': 'z' } { 'command': 'a', 'data': { '*b': 'str', '*c': 'str' } }",
            ),
            ("1.5", documented),
        ]);
        let audit = history.audit(2).expect("these are versions");
        let lines: Vec<_> = audit.mismatches.iter().map(ToString::to_string).collect();
        assert_eq!(
            lines,
            [
                "a.json:6:3: a.c says 1.4, and is in 1.3, not in 1.0",
                "a.json:8:3: a.d says nothing, its definition 1.2, and is in 1.5, not in 1.3",
            ]
        );
        assert_eq!(audit.claims, 3);
    }
}
