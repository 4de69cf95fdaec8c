//! What two schemas differ in, as a person, a program or a service wants to read it.

mod github;
mod json;
mod junit;
mod markdown;
mod text;

use clap::ValueEnum;
use qapi_diff::{Diff, Extent, Finding, Severity, Side};

use crate::output::count;

/// The form of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// A line for each finding
    Text,
    /// For programs
    Json,
    /// A table for a comment or a document
    Markdown,
    /// Annotations for a workflow of GitHub
    Github,
    /// For services that show tests
    Junit,
}

/// What two schemas differ in.
#[derive(Debug)]
pub(crate) struct Report<'r> {
    /// The old schema.
    pub(crate) old: Compared,
    /// The new schema.
    pub(crate) new: Compared,
    /// What is different and not suppressed, by path.
    pub(crate) findings: Vec<&'r Finding>,
    /// How many findings are suppressed.
    pub(crate) suppressed: usize,
    /// What is worth telling about suppressions.
    pub(crate) remarks: Vec<String>,
    /// From which severity on a finding makes the comparison fail.
    pub(crate) fail_on: Severity,
    /// Whether lines are followed by places and reasons.
    pub(crate) verbose: bool,
}

/// One of two schemas.
#[derive(Debug)]
pub(crate) struct Compared {
    /// What it is called.
    pub(crate) version: String,
    /// Where it is.
    pub(crate) file: String,
    /// How much is in it.
    pub(crate) extent: Extent,
}

impl Report<'_> {
    /// The report in a form.
    pub(crate) fn render(&self, format: Format) -> String {
        match format {
            Format::Text => text::render(self),
            Format::Json => json::render(self),
            Format::Markdown => markdown::render(self),
            Format::Github => github::render(self),
            Format::Junit => junit::render(self),
        }
    }

    /// Whether the comparison fails.
    pub(crate) fn fails(&self) -> bool {
        self.findings.iter().any(|finding| self.is_failure(finding))
    }

    fn is_failure(&self, finding: &Finding) -> bool {
        finding.severity >= self.fail_on
    }

    /// How many findings are as bad as that.
    fn number(&self, severity: Severity) -> usize {
        self.findings
            .iter()
            .filter(|finding| finding.severity == severity)
            .count()
    }

    /// What was compared and what came out, in a line: `1.0 -> 2.0: 52 commands, 412 paths: no change`.
    fn summary(&self) -> String {
        let (old, new) = (self.old.extent, self.new.extent);
        let extent = if old == new {
            describe(new)
        } else {
            format!("{} -> {}", describe(old), describe(new))
        };
        format!(
            "{} -> {}: {extent}: {}",
            self.old.version,
            self.new.version,
            self.result()
        )
    }

    /// What came out: `no change`, or `3 changes (1 breaking, 2 info)`.
    fn result(&self) -> String {
        let mut counts: Vec<_> = SEVERITIES
            .map(|severity| (self.number(severity), severity))
            .into_iter()
            .filter(|(number, _)| *number > 0)
            .map(|(number, severity)| format!("{number} {severity}"))
            .collect();
        if self.suppressed > 0 {
            counts.push(format!("{} suppressed", self.suppressed));
        }
        match (self.findings.len() + self.suppressed, counts.join(", ")) {
            (0, _) => "no change".to_owned(),
            (number, counts) => format!("{} ({counts})", count(number, "change")),
        }
    }
}

/// All severities, the worst first.
const SEVERITIES: [Severity; 3] = [Severity::Breaking, Severity::Risky, Severity::Info];

/// How much is in a schema.
fn describe(extent: Extent) -> String {
    let events = (extent.events > 0).then(|| count(extent.events, "event"));
    let counts = [
        Some(count(extent.commands, "command")),
        events,
        Some(count(extent.paths, "path")),
    ];
    counts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// What was and what is there: `str -> optional str`; empty where the rule says it all.
pub(crate) fn what(finding: &Finding) -> String {
    let text = |side: &Side| side.what.clone().unwrap_or_default();
    let texts = [text(&finding.old), text(&finding.new)];
    let texts = texts.into_iter().filter(|text| !text.is_empty());
    texts.collect::<Vec<_>>().join(" -> ")
}

/// How bad it is, and why not worse: `risky, announced`.
pub(crate) fn grade(finding: &Finding) -> String {
    match finding.leniency {
        Some(leniency) => format!("{}, {leniency}", finding.severity),
        None => finding.severity.to_string(),
    }
}

/// Whom it hurts, if anybody: rules that are about both directions have a reason for the worse one.
fn reason(finding: &Finding) -> Option<&'static str> {
    (finding.severity > Severity::Info).then_some(finding.rule.reason)
}

/// One of the two.
pub(crate) fn compared(version: &str, file: String, extent: Extent) -> Compared {
    Compared {
        version: version.to_owned(),
        file,
        extent,
    }
}

/// The findings that nothing suppresses, and how many others there are.
pub(crate) fn sift(
    diff: &Diff,
    mut is_suppressed: impl FnMut(&Finding) -> bool,
) -> (Vec<&Finding>, usize) {
    let (suppressed, findings): (Vec<_>, Vec<_>) = diff
        .findings
        .iter()
        .partition(|finding| is_suppressed(finding));
    (findings, suppressed.len())
}
