//! A report as annotations, which a workflow of GitHub shows beside the lines of the schema.

use qapi_diff::{Finding, Place, Severity};

use super::{Report, grade, reason, what};

/// The report: an annotation for each finding, and one that tells what was compared.
pub(super) fn render(report: &Report<'_>) -> String {
    let findings = report.findings.iter().map(|it| annotation(it));
    let remarks = report
        .remarks
        .iter()
        .map(|remark| format!("::warning title=suppression::{}\n", message(remark)));
    let summary = format!("::notice title=qapi diff::{}\n", message(&report.summary()));
    findings.chain(remarks).chain([summary]).collect()
}

fn annotation(finding: &Finding) -> String {
    let level = match finding.severity {
        Severity::Breaking => "error",
        Severity::Risky => "warning",
        Severity::Info => "notice",
    };
    let place = finding.new.place.as_ref().or(finding.old.place.as_ref());
    let place = place.map(properties).unwrap_or_default();
    let what = match what(finding) {
        what if what.is_empty() => what,
        what => format!(": {what}"),
    };
    let (sign, path, grade) = (finding.rule.change.sign(), &finding.path, grade(finding));
    let reason = reason(finding)
        .map(|reason| format!(": {reason}"))
        .unwrap_or_default();
    let text = format!("{sign} {path}{what} ({grade}){reason}");
    format!(
        "::{level} {place}title={}::{}\n",
        finding.rule.id,
        message(&text)
    )
}

fn properties(place: &Place) -> String {
    let file = message(&place.file.to_string_lossy())
        .replace(':', "%3A")
        .replace(',', "%2C");
    format!("file={file},line={},col={},", place.line, place.column)
}

/// Text in which nothing ends the line.
fn message(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}
