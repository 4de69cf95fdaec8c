//! The history of a schema as lines for a person, or as JSON.

use qapi_diff::history::{Line, LineKind};
use qapi_diff::{Finding, History, Path, Step};
use serde_json::{Value, json};

use crate::output::{count, printable};
use crate::pattern;
use crate::report;
use crate::style::STRONG;

/// A line for each change, by command and event: `+ 2.5: guest-exec.arguments.path: str`. An empty line parts two of
/// them, and the last line tells how much that was.
pub(crate) fn text(history: &History, only: Option<&str>) -> String {
    let mut text = String::new();
    let (mut definitions, mut paths) = (0, 0);
    for definition in chosen(history, only) {
        let mut lines = Vec::new();
        for (path, line) in history.lines_of(definition) {
            paths += 1;
            let entries = entries(history, &path, line);
            lines.extend(entries);
        }
        // What came first stands first; paths stay in order.
        lines.sort_by_key(|(release, _)| *release);
        lines.iter().for_each(|(_, line)| text += line);
        text.push('\n');
        definitions += 1;
    }
    let releases = history.releases();
    let (first, last) = (name(history, 0), name(history, releases.len() - 1));
    let (versions, paths) = (count(releases.len(), "version"), count(paths, "path"));
    let definitions = count(definitions, "definition");
    text + &format!("{STRONG}{first} to {last}: {versions}, {definitions}, {paths}{STRONG:#}\n")
}

/// The same for programs.
pub(crate) fn json(history: &History, only: Option<&str>) -> String {
    let definitions = chosen(history, only).map(|definition| {
        let lines = history.lines_of(definition);
        json!({ "name": definition, "lines": lines.map(|(path, line)| line_json(history, &path, line)).collect::<Vec<_>>() })
    });
    let names = (0..history.releases().len()).map(|release| name(history, release));
    let value = json!({ "versions": names.collect::<Vec<_>>(), "definitions": definitions.collect::<Vec<_>>() });
    format!("{value:#}\n")
}

/// The names of the commands and events that a pattern means.
fn chosen<'h>(history: &'h History, only: Option<&'h str>) -> impl Iterator<Item = &'h str> {
    let names = history.definitions().iter().map(definition_name);
    names.filter(move |name| only.is_none_or(|only| pattern::fits(only, name)))
}

/// What a command or event is called.
pub(crate) fn definition_name(line: &Line) -> &str {
    match &line.step {
        Step::Member(name) => name,
        Step::Arguments
        | Step::Return
        | Step::Data
        | Step::Branch(_)
        | Step::Value(_)
        | Step::Feature(_) => "",
    }
}

/// What happened at a line, with the release in which it did.
fn entries(history: &History, path: &Path, line: &Line) -> Vec<(usize, String)> {
    let mut releases: Vec<_> = line.periods.iter().map(|period| period.from).collect();
    releases.extend(changes(history, line).map(|(release, _)| release));
    releases.sort_unstable();
    releases.dedup();
    let path = printable(&path.to_string());
    let entry = |release: usize| {
        let old = release.checked_sub(1).and_then(|before| line.what(before));
        let new = line.what(release);
        let sign = match (old, new) {
            (None, Some(_)) => '+',
            (Some(_), None) => '-',
            (Some(_), Some(_)) | (None, None) => '~',
        };
        let what = what(old, new, line.kind);
        let (version, grades) = (name(history, release), grades(history, line, release));
        (release, format!("{sign} {version}: {path}{what}{grades}\n"))
    };
    releases.into_iter().map(entry).collect()
}

/// What was there and is: `: str -> optional str`.
fn what(old: Option<&str>, new: Option<&str>, kind: LineKind) -> String {
    let kind = match kind {
        LineKind::Part | LineKind::Return | LineKind::Member => "",
        other => word(other),
    };
    let spell = |what: &str| match what {
        "" => kind.to_owned(),
        // A condition without a type.
        what if what.starts_with("if ") => format!("{kind} {}", printable(what)),
        what => printable(what),
    };
    match (old.map(spell), new.map(spell)) {
        (Some(old), Some(new)) if old != new => format!(": {old} -> {new}"),
        (_, Some(what)) | (Some(what), None) if !what.is_empty() => format!(": {what}"),
        _ => String::new(),
    }
}

/// The rules of the changes at a line in a release, and how bad they are.
fn grades(history: &History, line: &Line, release: usize) -> String {
    let changes = changes(history, line).filter(|(at, _)| *at == release);
    let grades =
        changes.map(|(_, finding)| format!(" ({}, {})", finding.rule.id, report::grade(finding)));
    grades.collect()
}

/// The changes at a line, each with its release. What a command answers has the name of the command for its place, but
/// changes of the command are none of it.
pub(crate) fn changes<'h>(
    history: &'h History,
    line: &'h Line,
) -> impl Iterator<Item = (usize, &'h Finding)> {
    let changes = line
        .changes
        .iter()
        .map(|change| (change.release, history.finding(*change)));
    let is_own = |finding: &Finding| {
        line.kind != LineKind::Return || finding.path.steps.last() == Some(&Step::Return)
    };
    changes.filter(move |(_, finding)| is_own(finding))
}

fn line_json(history: &History, path: &Path, line: &Line) -> Value {
    let periods = line
        .periods
        .iter()
        .map(|period| json!({ "from": name(history, period.from), "what": period.what }));
    let changes = changes(history, line).map(|(release, finding)| {
        json!({
            "version": name(history, release),
            "rule": finding.rule.id,
            "severity": finding.severity.to_string(),
            "leniency": finding.leniency.map(|it| it.to_string()),
        })
    });
    json!({
        "path": path.to_string(),
        "kind": word(line.kind),
        "periods": periods.collect::<Vec<_>>(),
        "changes": changes.collect::<Vec<_>>(),
    })
}

/// What a line is, in a word.
fn word(kind: LineKind) -> &'static str {
    match kind {
        LineKind::Command => "command",
        LineKind::Event => "event",
        LineKind::Part => "part",
        LineKind::Return => "return",
        LineKind::Member => "member",
        LineKind::Branch => "branch",
        LineKind::Value => "value",
        LineKind::Feature => "feature",
    }
}

/// What a version is called.
fn name(history: &History, release: usize) -> String {
    printable(&history.releases()[release].name)
}
