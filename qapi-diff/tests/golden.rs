//! Pairs of schemas, found by directory: `golden/NAME/{old,new}.json`, and in `expected.txt` what is different, there
//! and back. A folder with the name of a rule shows this rule on the way there, and its mirror on the way back.
//!
//! `UPDATE_EXPECT=1` writes the results down instead of comparing them.

use std::collections::HashSet;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use qapi_diff::{Diff, Finding, RULES, Side, diff, rule};
use qapi_parser::{Checked, Schema};

fn cases() -> Vec<PathBuf> {
    let entries = fs::read_dir("tests/golden").expect("tests run in the folder of the crate");
    let mut cases: Vec<_> = entries
        .map(|entry| entry.expect("the folder can be listed").path())
        .collect();
    cases.sort();
    cases
}

fn load(path: &Path) -> Checked<Schema> {
    qapi_parser::load(path).unwrap_or_else(|error| panic!("{error}"))
}

/// What is different, there and back.
fn both(case: &Path) -> [Diff; 2] {
    let (old, new) = (load(&case.join("old.json")), load(&case.join("new.json")));
    [diff(&old, &new), diff(&new, &old)]
}

fn write(text: &mut String, title: &str, diff: &Diff) {
    writeln!(text, "{title}").expect("a String takes any text");
    for finding in &diff.findings {
        write_finding(text, finding).expect("a String takes any text");
    }
}

fn write_finding(text: &mut String, finding: &Finding) -> std::fmt::Result {
    writeln!(text, "{finding}")?;
    let place = |side: &Side| {
        side.place.as_ref().map_or_else(
            || "nowhere".to_owned(),
            |place| {
                let file = place.file.file_name().unwrap_or_default();
                format!("{}:{}:{}", file.display(), place.line, place.column)
            },
        )
    };
    let (old, new) = (place(&finding.old), place(&finding.new));
    writeln!(text, "    {}, {old} -> {new}", finding.direction)?;
    let reaches: Vec<_> = finding.reaches.iter().map(ToString::to_string).collect();
    writeln!(text, "    in {}", reaches.join(", "))
}

#[test]
fn pairs_differ_in_what_is_expected() {
    let mut wrong = Vec::new();
    for case in cases() {
        let [there, back] = both(&case);
        let mut text = String::new();
        write(&mut text, "old -> new", &there);
        write(&mut text, "\nnew -> old", &back);
        let golden = case.join("expected.txt");
        if std::env::var_os("UPDATE_EXPECT").is_some_and(|update| update == "1") {
            fs::write(&golden, text).expect("the golden file can be written");
        } else if fs::read_to_string(&golden).unwrap_or_default() != text {
            wrong.push(format!("{}:\n{text}", golden.display()));
        }
    }
    assert!(
        wrong.is_empty(),
        "{}\nUPDATE_EXPECT=1 takes over what was found",
        wrong.join("\n")
    );
}

#[test]
fn every_rule_has_a_pair() {
    let mut shown = HashSet::new();
    for case in cases() {
        let name = case.file_name().and_then(|name| name.to_str());
        let Some(named) = name.and_then(rule) else {
            continue;
        };
        let [there, back] = both(&case);
        for (diff, id) in [(there, named.id), (back, named.mirror)] {
            let found = diff.findings.iter().any(|finding| finding.rule.id == id);
            assert!(found, "{} does not show {id}", case.display());
            shown.insert(id);
        }
    }
    let missing: Vec<_> = RULES
        .iter()
        .filter(|rule| !shown.contains(rule.id))
        .collect();
    assert!(missing.is_empty(), "{missing:#?}");
}
