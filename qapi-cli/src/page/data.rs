//! What the page shows.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

use qapi_diff::history::{Documentation, Line, LineKind};
use qapi_diff::{Finding, History, Path, Rule, Step};
use qapi_parser::SectionKind;
use serde::Serialize;

use crate::chronicle;
use crate::output::count;

/// What the page shows. Texts that occur often stand in one list, and are referred to by their place there.
#[derive(Debug, Serialize)]
pub(super) struct Data<'h> {
    summary: String,
    versions: Vec<&'h str>,
    texts: Vec<String>,
    rules: Vec<RuleData>,
    definitions: Vec<Definition>,
}

/// A rule that a change is about.
#[derive(Debug, Serialize)]
struct RuleData {
    id: &'static str,
    sign: char,
}

/// A command or event.
#[derive(Debug, Serialize)]
struct Definition {
    name: String,
    /// 0 is a command, 1 an event.
    kind: u8,
    doc: TextId,
    /// From which version to which it is there, the last one excluded.
    present: Vec<(usize, usize)>,
    members: Vec<Member>,
    changes: Vec<Change>,
}

/// Everything below a definition, parents before their children: the parent or -1, the rest of the path, what it is,
/// its description, and from which version to which it is there.
#[derive(Debug, Serialize)]
struct Member(i64, String, TextId, TextId, usize, usize);

/// A change: the version, the rule, 0 to 2 for the severity, the member or -1, and what it is about.
#[derive(Debug, Serialize)]
struct Change(usize, usize, u8, i64, TextId);

/// The place of a text in the list, or -1.
type TextId = i64;

/// Collects the texts and rules.
#[derive(Debug, Default)]
struct Collector {
    texts: Vec<String>,
    known_texts: HashMap<String, TextId>,
    rules: Vec<&'static Rule>,
}

/// The changes of a definition by version, path and rule, each with the member that it is first at and how deep that is:
/// what is at many places of a definition changes at all of them.
type Changes<'h> = BTreeMap<(usize, &'h Path, &'static str), (usize, i64, &'h Finding)>;

/// The members that the next one may be in, outermost first, with the ways to them.
#[derive(Debug, Default)]
struct Open(Vec<(Vec<Step>, i64)>);

impl Open {
    /// The member that one is in, or -1, and how many steps it is away from the definition.
    fn enter(&mut self, steps: &[Step], row: i64) -> (i64, usize) {
        self.0.retain(|(above, _)| steps.starts_with(above));
        let parent = self.0.last();
        let parent = parent.map_or((-1, 0), |(above, row)| (*row, above.len()));
        self.0.push((steps.to_vec(), row));
        parent
    }
}

impl<'h> Data<'h> {
    pub(super) fn new(history: &'h History) -> Self {
        let mut collector = Collector::default();
        let lines = history.definitions().iter();
        let definitions: Vec<_> = lines
            .map(|line| collector.definition(history, line))
            .collect();
        let rules = collector.rules.iter();
        Self {
            summary: summary(history),
            versions: history
                .releases()
                .iter()
                .map(|it| it.name.as_str())
                .collect(),
            texts: collector.texts,
            rules: rules
                .map(|rule| RuleData {
                    id: rule.id,
                    sign: rule.change.sign(),
                })
                .collect(),
            definitions,
        }
    }

    /// The data as JSON that can stand in a page: without anything that ends a script.
    pub(super) fn to_json(&self) -> String {
        let json = serde_json::to_string(self).expect("texts and numbers can be written");
        json.replace('<', "\\u003c")
    }
}

/// How much there is.
fn summary(history: &History) -> String {
    let releases = history.releases();
    let (Some(first), Some(last)) = (releases.first(), releases.last()) else {
        return String::new();
    };
    let definitions = history.definitions().iter();
    let (commands, events): (Vec<_>, Vec<_>) =
        definitions.partition(|line| line.kind == LineKind::Command);
    let mut parts = vec![
        count(releases.len(), "version"),
        count(commands.len(), "command"),
    ];
    if !events.is_empty() {
        parts.push(count(events.len(), "event"));
    }
    format!("{}, from {} to {}", parts.join(", "), first.name, last.name)
}

impl Collector {
    fn definition(&mut self, history: &History, line: &Line) -> Definition {
        let name = chronicle::definition_name(line).to_owned();
        let mut members = Vec::new();
        let mut changes: Changes<'_> = BTreeMap::new();
        let mut open = Open::default();
        for (path, line) in history.lines_of(&name) {
            let depth = path.steps.len();
            let row = if depth == 0 {
                -1
            } else {
                position(members.len())
            };
            for (release, finding) in chronicle::changes(history, line) {
                let place = changes.entry((release, &finding.path, finding.rule.id));
                let place = place.or_insert((depth, row, finding));
                if (depth, row) < (place.0, place.1) {
                    *place = (depth, row, finding);
                }
            }
            if depth > 0 {
                let (parent, known) = open.enter(&path.steps, row);
                members.push(self.member(history, parent, &path.steps[known..], line));
            }
        }
        let changes = changes.into_iter();
        let changes =
            changes.map(|((release, ..), (_, row, finding))| self.change(release, row, finding));
        Definition {
            changes: changes.collect(),
            kind: u8::from(line.kind == LineKind::Event),
            doc: self.text(&documentation(history, line)),
            present: present(line, history.releases().len()),
            name,
            members,
        }
    }

    fn member(&mut self, history: &History, parent: i64, steps: &[Step], line: &Line) -> Member {
        let label: String = steps.iter().map(ToString::to_string).collect();
        let what = self.text(line.what(line.last()).unwrap_or_default());
        let doc = self.text(&documentation(history, line));
        Member(parent, label, what, doc, line.first(), line.last() + 1)
    }

    fn change(&mut self, release: usize, row: i64, finding: &Finding) -> Change {
        let known = self
            .rules
            .iter()
            .position(|rule| rule.id == finding.rule.id);
        let rule = known.unwrap_or_else(|| {
            self.rules.push(finding.rule);
            self.rules.len() - 1
        });
        let what = self.text(&crate::report::what(finding));
        Change(release, rule, finding.severity as u8, row, what)
    }

    fn text(&mut self, text: &str) -> TextId {
        if text.is_empty() {
            return -1;
        }
        if let Some(known) = self.known_texts.get(text) {
            return *known;
        }
        let id = position(self.texts.len());
        self.texts.push(text.to_owned());
        self.known_texts.insert(text.to_owned(), id);
        id
    }
}

fn position(index: usize) -> i64 {
    i64::try_from(index).expect("there are not so many")
}

/// What the last release that has it says of a line.
fn documentation(history: &History, line: &Line) -> String {
    match history.documentation(line, line.last()) {
        None => String::new(),
        Some(Documentation::Definition(doc)) => {
            let kinds = [
                SectionKind::Plain,
                SectionKind::Returns,
                SectionKind::Errors,
            ];
            let sections = doc
                .sections
                .iter()
                .filter(|section| kinds.contains(&section.kind));
            let texts = sections.map(|section| match section.kind {
                SectionKind::Plain => section.text.to_string(),
                kind if section.text.starts_with("- ") => format!("{kind}:\n\n{}", &*section.text),
                kind => format!("{kind}: {}", &*section.text),
            });
            let texts: Vec<_> = [doc.body.to_string()].into_iter().chain(texts).collect();
            texts.join("\n\n").trim().to_owned()
        }
        Some(other) => other.text().to_owned(),
    }
}

/// The versions that have a line.
fn present(line: &Line, versions: usize) -> Vec<(usize, usize)> {
    let mut ranges: Vec<Range<usize>> = Vec::new();
    for version in (0..versions).filter(|version| line.is_in(*version)) {
        match ranges.last_mut() {
            Some(range) if range.end == version => range.end += 1,
            _ => ranges.push(version..version + 1),
        }
    }
    ranges
        .into_iter()
        .map(|range| (range.start, range.end))
        .collect()
}
