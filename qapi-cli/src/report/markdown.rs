//! A report as a table, for comments and documents.

use qapi_diff::Finding;

use super::{Report, grade, what};
use crate::output::printable;

/// The report: a line that tells what was compared, and the table.
pub(super) fn render(report: &Report<'_>) -> String {
    let mut text = format!("**{}**\n", escape(&report.summary()));
    if !report.findings.is_empty() {
        text += "\n| | path | what | severity | rule |\n| --- | --- | --- | --- | --- |\n";
    }
    for finding in &report.findings {
        text += &row(finding);
    }
    for remark in &report.remarks {
        text += &format!("\n- {}\n", escape(remark));
    }
    text
}

fn row(finding: &Finding) -> String {
    let what = what(finding);
    let what = if what.is_empty() { what } else { code(&what) };
    let path = code(&finding.path.to_string());
    let (sign, id) = (finding.rule.change.sign(), finding.rule.id);
    format!(
        "| `{sign}` | {path} | {what} | {} | {id} |\n",
        grade(finding)
    )
}

/// Text as it stands, between more backticks than it has in a row.
fn code(text: &str) -> String {
    let text = printable(text).replace('|', "\\|");
    let longest = text
        .split(|c| c != '`')
        .map(str::len)
        .max()
        .unwrap_or_default();
    let fence = "`".repeat(longest + 1);
    let space = if longest > 0 { " " } else { "" };
    format!("{fence}{space}{text}{space}{fence}")
}

/// Running text without anything that Markdown knows.
fn escape(text: &str) -> String {
    let mut escaped = String::new();
    for c in printable(text).chars() {
        if r"\`*_[]<>|".contains(c) {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_stays_text() {
        assert_eq!(code("alternate(bool | str)"), r"`alternate(bool \| str)`");
        assert_eq!(code("a`b"), "`` a`b ``");
        assert_eq!(escape("<b>*a*_b_"), r"\<b\>\*a\*\_b\_");
    }
}
