//! A report in the form of test results, which most services for continuous integration show.

use std::fmt::Write as _;

use qapi_diff::Finding;

use super::{Report, grade, reason, what};

/// The report: a test case for each finding, which fails if the comparison fails for it.
pub(super) fn render(report: &Report<'_>) -> String {
    let failures = report
        .findings
        .iter()
        .filter(|finding| report.is_failure(finding))
        .count();
    let tests = report.findings.len().max(1);
    let name = escape(&format!("{} -> {}", report.old.version, report.new.version));
    let mut text = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    // Writing to a string does not fail, here and below.
    let _ = writeln!(
        text,
        "<testsuites name=\"qapi diff\" tests=\"{tests}\" failures=\"{failures}\">"
    );
    let _ = writeln!(
        text,
        "  <testsuite name=\"{name}\" tests=\"{tests}\" failures=\"{failures}\">"
    );
    if report.findings.is_empty() {
        text += "    <testcase classname=\"qapi diff\" name=\"no change\"/>\n";
    }
    for finding in &report.findings {
        text += &case(finding, report.is_failure(finding));
    }
    let out = [report.summary()]
        .into_iter()
        .chain(report.remarks.iter().cloned());
    let out = escape(&out.collect::<Vec<_>>().join("\n"));
    let _ = writeln!(
        text,
        "    <system-out>{out}</system-out>\n  </testsuite>\n</testsuites>"
    );
    text
}

fn case(finding: &Finding, fails: bool) -> String {
    let name = escape(&format!("{}: {}", finding.path, finding.rule.id));
    let file = finding.new.place.as_ref().or(finding.old.place.as_ref());
    let place = file.map_or_else(String::new, |place| {
        format!(
            " file=\"{}\" line=\"{}\"",
            escape(&place.file.to_string_lossy()),
            place.line
        )
    });
    let what = escape(&format!(
        "{} {} {}",
        finding.rule.change.sign(),
        finding.path,
        what(finding)
    ));
    let (id, grade) = (finding.rule.id, grade(finding));
    let reason = reason(finding)
        .map(|reason| format!(": {}", escape(reason)))
        .unwrap_or_default();
    let content = match fails {
        true => format!("<failure type=\"{id}\" message=\"{grade}{reason}\">{what}</failure>"),
        false => format!("<system-out>{what} ({grade})</system-out>"),
    };
    format!("    <testcase classname=\"qapi diff\" name=\"{name}\"{place}>{content}</testcase>\n")
}

/// Text without markup, and without what XML cannot hold.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped += "&amp;",
            '<' => escaped += "&lt;",
            '>' => escaped += "&gt;",
            '"' => escaped += "&quot;",
            '\n' | '\t' => escaped.push(c),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => escaped.push('\u{fffd}'),
            c => escaped.push(c),
        }
    }
    escaped
}
