//! Our own cases, found by directory: `ui/ok/NAME.json` must load and mean what
//! `NAME.out` says, `ui/fail/NAME.json` must not load and report what `NAME.err` says.
//!
//! A case whose first line is `# dialect: historical` is read in that dialect.
//! `UPDATE_EXPECT=1` writes the results down instead of comparing them.

use std::fs;
use std::path::PathBuf;

mod case;
mod dump;
mod golden;

use case::load;
use golden::{assert_none, cases, compare};

#[test]
fn good_schemas_mean_what_is_expected() {
    let check = |case: &PathBuf| match load(case) {
        Ok(schema) => {
            let folder = case.parent().expect("a case is in a folder");
            compare(&case.with_extension("out"), &dump::dump(&schema, folder))
        }
        Err(error) => Some(format!("{} does not load:\n{error}\n", case.display())),
    };
    assert_none(
        &cases("tests/ui/ok")
            .iter()
            .filter_map(check)
            .collect::<Vec<_>>(),
    );
}

#[test]
fn bad_schemas_report_what_is_expected() {
    let check = |case: &PathBuf| match load(case) {
        Ok(_) => Some(format!("{} loads\n", case.display())),
        Err(error) => compare(&case.with_extension("err"), &format!("{error}\n")),
    };
    assert_none(
        &cases("tests/ui/fail")
            .iter()
            .filter_map(check)
            .collect::<Vec<_>>(),
    );
}

#[test]
fn every_golden_file_has_its_case() {
    let without_case = |path: &PathBuf| {
        let golden = path
            .extension()
            .is_some_and(|it| it == "err" || it == "out");
        golden && !path.with_extension("json").exists()
    };
    for folder in ["tests/ui/ok", "tests/ui/fail"] {
        let entries = fs::read_dir(folder).expect("tests run in the folder of the crate");
        let paths = entries.map(|entry| entry.expect("the folder can be listed").path());
        assert_eq!(
            paths.filter(without_case).collect::<Vec<_>>(),
            Vec::<PathBuf>::new()
        );
    }
}
