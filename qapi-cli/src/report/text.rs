//! A report as lines for a terminal, each starting with `+`, `-` or `~`.

use std::fmt::Write as _;

use anstyle::{AnsiColor, Style};
use qapi_diff::{Change, Direction, Finding, Severity};

use super::{Report, grade, reason, what};
use crate::output::printable;
use crate::style::STRONG;

/// The report, ending with what was compared.
pub(super) fn render(report: &Report<'_>) -> String {
    let mut text = String::new();
    for finding in &report.findings {
        text += &line(finding);
        text.push('\n');
        if report.verbose {
            text += &details(finding);
        }
    }
    let summary = printable(&report.summary());
    // Writing to a string does not fail, here and below.
    let _ = writeln!(text, "{STRONG}{summary}{STRONG:#}");
    text
}

/// A finding in a line.
pub(super) fn line(finding: &Finding) -> String {
    let sign = change_style(finding.rule.change);
    let grade_style = severity_style(finding.severity);
    let what = match what(finding) {
        what if what.is_empty() => what,
        what => format!(": {}", printable(&what)),
    };
    format!(
        "{sign}{} {}{sign:#}{what} ({}, {grade_style}{}{grade_style:#})",
        finding.rule.change.sign(),
        printable(&finding.path.to_string()),
        finding.rule.id,
        grade(finding),
    )
}

/// Why, where, and what else it is about.
fn details(finding: &Finding) -> String {
    let mut text = format!("    {}\n", direction(finding.direction));
    if let Some(reason) = reason(finding) {
        let _ = writeln!(text, "    why: {reason}");
    }
    for (side, name) in [(&finding.old, "old"), (&finding.new, "new")] {
        if let Some(place) = &side.place {
            let _ = writeln!(text, "    {name}: {}", printable(&place.to_string()));
        }
    }
    let others = finding.reaches.len().saturating_sub(1);
    if others > 0 {
        let paths: Vec<_> = finding
            .reaches
            .iter()
            .take(MANY)
            .map(ToString::to_string)
            .collect();
        let more = finding.reaches.len().saturating_sub(MANY);
        let more = if more > 0 {
            format!(" and {more} more")
        } else {
            String::new()
        };
        let _ = writeln!(text, "    part of {}{more}", printable(&paths.join(", ")));
    }
    text
}

fn direction(direction: Direction) -> &'static str {
    match direction {
        Direction::Sent => "in what clients send",
        Direction::Received => "in what clients receive",
        Direction::Both => "in what clients send and receive",
    }
}

/// How many paths are told that a finding is a part of.
const MANY: usize = 5;

fn change_style(change: Change) -> Style {
    match change {
        Change::Added => AnsiColor::Green.on_default(),
        Change::Removed => AnsiColor::Red.on_default(),
        Change::Changed => AnsiColor::Yellow.on_default(),
    }
}

fn severity_style(severity: Severity) -> Style {
    match severity {
        Severity::Breaking => AnsiColor::BrightRed.on_default().bold(),
        Severity::Risky => AnsiColor::Yellow.on_default(),
        Severity::Info => Style::new(),
    }
}
