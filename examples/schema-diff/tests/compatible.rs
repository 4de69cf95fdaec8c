//! Keeps the interface of the greenhouse compatible with that of its last release.

use qapi_diff::diff;
use schema_diff::{notes, unaccepted};

/// What we break nevertheless.
const ACCEPTED: &[(&str, &str)] = &[("member-made-required", "move-window.arguments.open")];

#[test]
fn nothing_breaks_programs_but_what_is_accepted() -> Result<(), qapi_parser::Error> {
    let released = qapi_parser::load("greenhouse/1.0.json")?;
    let current = qapi_parser::load("greenhouse/1.1.json")?;
    let diff = diff(&released, &current);
    let broken = unaccepted(&diff, ACCEPTED);
    assert!(broken.is_empty(), "{}", notes(&diff));
    Ok(())
}

#[test]
fn what_is_not_accepted_is_told() -> Result<(), qapi_parser::Error> {
    let diff = diff(
        &qapi_parser::load("greenhouse/1.0.json")?,
        &qapi_parser::load("greenhouse/1.1.json")?,
    );
    let paths: Vec<_> = unaccepted(&diff, &[])
        .iter()
        .map(|it| it.path.to_string())
        .collect();
    assert_eq!(paths, ["move-window.arguments.open"]);
    Ok(())
}
