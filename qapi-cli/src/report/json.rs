//! A report for programs.

use qapi_diff::{Change, Finding, Side};
use serde_json::{Value, json};

use super::{Compared, Report, SEVERITIES};

/// The report as one object.
pub(super) fn render(report: &Report<'_>) -> String {
    let mut counts: serde_json::Map<String, Value> = SEVERITIES
        .iter()
        .map(|severity| (severity.to_string(), report.number(*severity).into()))
        .collect();
    counts.insert("suppressed".to_owned(), report.suppressed.into());
    let value = json!({
        "old": schema(&report.old),
        "new": schema(&report.new),
        "counts": counts,
        "fails": report.fails(),
        "findings": report.findings.iter().map(|it| finding(it)).collect::<Vec<_>>(),
        "remarks": report.remarks,
    });
    format!("{value:#}\n")
}

fn schema(schema: &Compared) -> Value {
    let extent = schema.extent;
    json!({
        "version": schema.version,
        "file": schema.file,
        "commands": extent.commands,
        "events": extent.events,
        "paths": extent.paths,
    })
}

/// One finding.
pub(crate) fn finding(finding: &Finding) -> Value {
    json!({
        "path": finding.path.to_string(),
        "change": change(finding.rule.change),
        "rule": finding.rule.id,
        "severity": finding.severity.to_string(),
        "leniency": finding.leniency.map(|it| it.to_string()),
        "direction": finding.direction.to_string(),
        "old": side(&finding.old),
        "new": side(&finding.new),
        "reaches": finding.reaches.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "reason": finding.rule.reason,
    })
}

fn side(side: &Side) -> Value {
    let place = side.place.as_ref();
    json!({
        "what": side.what,
        "file": place.map(|place| place.file.to_string_lossy()),
        "line": place.map(|place| place.line),
        "column": place.map(|place| place.column),
    })
}

/// What happened, in a word.
pub(crate) fn change(change: Change) -> &'static str {
    match change {
        Change::Added => "added",
        Change::Removed => "removed",
        Change::Changed => "changed",
    }
}
