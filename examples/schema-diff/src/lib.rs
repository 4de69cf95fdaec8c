//! Release notes of an interface, made from two of its schemas.

use std::fmt::Write as _;

use qapi_diff::{Diff, Finding, Severity};

/// The release notes: what breaks first.
pub fn notes(diff: &Diff) -> String {
    let mut notes = String::new();
    let sections = [
        (Severity::Breaking, "Breaks programs"),
        (Severity::Risky, "May break programs"),
        (Severity::Info, "New"),
    ];
    for (severity, title) in sections {
        let of_it = diff.findings.iter().filter(|it| it.severity == severity);
        let lines: Vec<_> = of_it.map(note).collect();
        if !lines.is_empty() {
            writeln!(notes, "{title}\n{}", lines.concat()).expect("a String takes any text");
        }
    }
    let paths = diff.new.paths;
    notes + &format!("{} differences in {paths} paths\n", diff.findings.len())
}

fn note(finding: &Finding) -> String {
    let Finding { rule, path, .. } = finding;
    format!(
        "  {} {path} ({})\n      {}\n",
        rule.change.sign(),
        rule.id,
        rule.reason
    )
}

/// What breaks programs and is not accepted: a rule and a path for each difference that is.
pub fn unaccepted<'d>(diff: &'d Diff, accepted: &[(&str, &str)]) -> Vec<&'d Finding> {
    let is_accepted = |finding: &Finding| {
        let path = finding.path.to_string();
        accepted.contains(&(finding.rule.id, &path))
    };
    let breaking = diff
        .findings
        .iter()
        .filter(|it| it.severity == Severity::Breaking);
    breaking.filter(|finding| !is_accepted(finding)).collect()
}
