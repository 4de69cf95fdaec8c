//! QEMU's own tests of its reader: we accept what it accepts, with the same
//! result, and our first report is about the same place as its only one.

use std::path::{Path, PathBuf};

use qapi_parser::Error;

mod dump;
mod shared;

use shared::shared;

/// The cases that QEMU runs.
fn cases() -> Option<(PathBuf, Vec<String>)> {
    let folder = shared("corpus/suite/10.2")?;
    let list = std::fs::read_to_string(folder.join("CASES")).expect("the list can be read");
    let names = list.lines().map(str::trim).filter(|name| !name.is_empty());
    Some((folder.clone(), names.map(ToOwned::to_owned).collect()))
}

/// Where an error is: file, line, and the column if it is one of syntax.
#[derive(Debug, PartialEq, Eq)]
struct Place {
    file: PathBuf,
    line: usize,
    column: Option<usize>,
}

/// The place in the first line of a report of QEMU's tool that has one.
fn expected_place(report: &str) -> Option<Place> {
    report
        .lines()
        .filter(|line| !line.starts_with("In file included"))
        .find_map(|line| {
            let mut parts = line.splitn(4, ':');
            let file = PathBuf::from(parts.next()?);
            let line = parts.next()?.parse().ok()?;
            let column = parts.next().and_then(|part| part.parse().ok());
            Some(Place { file, line, column })
        })
}

/// The place of our first report, in the terms of QEMU's tool: the start of the
/// expression, where the rule is about one.
fn our_place(error: &Error, folder: &Path, expected: &Place) -> Option<Place> {
    let diagnostic = &error.diagnostics()[0];
    let place = diagnostic.anchor.or(diagnostic.span)?;
    let location = error.sources().location(place.start)?;
    let path = location.path.strip_prefix(folder).unwrap_or(location.path);
    Some(Place {
        file: path.to_path_buf(),
        line: location.line,
        column: expected.column.map(|_| location.column),
    })
}

#[test]
fn first_report_is_about_the_same_place() {
    let Some((folder, cases)) = cases() else {
        return;
    };
    let mut wrong = Vec::new();
    for case in &cases {
        let report =
            std::fs::read_to_string(folder.join(format!("{case}.err"))).unwrap_or_default();
        let loaded = qapi_parser::load(folder.join(format!("{case}.json")));
        let expected = expected_place(&report);
        let ours = match (&loaded, &expected) {
            (Ok(_), _) => None,
            (Err(error), Some(expected)) => our_place(error, &folder, expected),
            (Err(_), None) => None,
        };
        let verdict = loaded.is_ok() == report.is_empty();
        if !verdict || ours != expected {
            let error = loaded
                .err()
                .map(|error| error.to_string())
                .unwrap_or_default();
            wrong.push(format!(
                "{case}: {expected:?}, not {ours:?}\n{report}{error}"
            ));
        }
    }
    let count = wrong.len();
    assert!(
        wrong.is_empty(),
        "{count} of {}:\n{}",
        cases.len(),
        wrong.join("\n\n")
    );
}

#[test]
fn accepted_schemas_mean_the_same() {
    let Some((folder, cases)) = cases() else {
        return;
    };
    let mut compared = 0;
    for case in &cases {
        let Ok(schema) = qapi_parser::load(folder.join(format!("{case}.json"))) else {
            continue;
        };
        let expected = std::fs::read_to_string(folder.join(format!("{case}.out")))
            .expect("an accepted case has a result");
        let ours = dump::dump(&schema, &folder);
        for (number, (ours, expected)) in ours.lines().zip(expected.lines()).enumerate() {
            assert_eq!(ours, expected, "{case}, line {}", number + 1);
        }
        assert!(ours == expected, "{case} ends in another way");
        compared += 1;
    }
    assert!(compared > 0, "no case is accepted");
}
