//! What schemas put on the wire, found by directory: `wire/NAME.json`, and in `NAME.txt` every path of it.
//!
//! `UPDATE_EXPECT=1` writes the results down instead of comparing them.

use std::path::PathBuf;

use qapi_diff::Wire;

#[path = "../../qapi-parser/tests/golden/mod.rs"]
mod golden;

fn view(case: &PathBuf) -> String {
    let schema = qapi_parser::load(case).unwrap_or_else(|error| panic!("{error}"));
    let wire = Wire::new(&schema);
    let lines: Vec<_> = wire.entries().map(|entry| format!("{entry}\n")).collect();
    assert_eq!(wire.paths(), lines.len(), "{}", case.display());
    lines.concat()
}

#[test]
fn schemas_put_on_the_wire_what_is_expected() {
    let cases = golden::cases("tests/wire");
    let wrong = cases
        .iter()
        .filter_map(|case| golden::compare(&case.with_extension("txt"), &view(case)));
    golden::assert_none(&wrong.collect::<Vec<_>>());
}
