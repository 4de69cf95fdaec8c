//! What `query-qmp-schema` would answer, case by case: `introspect/NAME.json` is a schema, `NAME.out` the answer of a
//! server, and `NAME.names` the same with names where clients see numbers.
//!
//! A case whose first line is `# defined: A B` shows the build that defines these symbols and no others; one without
//! such a line keeps everything. `UPDATE_EXPECT=1` writes the results down instead of comparing them.

use std::fs;
use std::path::Path;

use qapi_parser::{Introspection, Loader};

mod golden;

use golden::{assert_none, cases, compare};

/// The symbols that the build of a case defines, if it is about one.
fn defined(case: &Path) -> Option<Vec<String>> {
    let text = fs::read_to_string(case).expect("the case can be read");
    let symbols = text.lines().next()?.strip_prefix("# defined:")?;
    Some(symbols.split_whitespace().map(str::to_owned).collect())
}

fn built(introspection: Introspection, defined: Option<&[String]>) -> String {
    let built = match defined {
        Some(defined) => introspection.evaluate(&|symbol| defined.iter().any(|it| it == symbol)),
        None => introspection,
    };
    format!("{built}\n")
}

#[test]
fn cases_answer_as_written() {
    let cases = cases("tests/introspect");
    assert!(cases.len() >= 9, "cases are missing");
    let mut wrong = Vec::new();
    for case in cases {
        let schema = Loader::new()
            .load(&case)
            .unwrap_or_else(|report| panic!("{report}"));
        let defined = defined(&case);
        let masked = built(Introspection::masked(&schema), defined.as_deref());
        let unmasked = built(Introspection::unmasked(&schema), defined.as_deref());
        wrong.extend(compare(&case.with_extension("out"), &masked));
        wrong.extend(compare(&case.with_extension("names"), &unmasked));
    }
    assert_none(&wrong);
}
