//! What `query-qmp-schema` would answer, case by case: `introspect/NAME.json` is a schema, `NAME.out` the answer of a
//! server, and `NAME.names` the same with names where clients see numbers.
//!
//! A case whose first line is `# defined: A B` shows the build that defines these symbols and no others; one without
//! such a line keeps everything. `UPDATE_EXPECT=1` writes the results down instead of comparing them.

use std::fs;
use std::path::{Path, PathBuf};

use qapi_parser::{Introspection, Loader};

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

/// What is wrong with a golden file, if anything.
fn compare(golden: &Path, result: &str) -> Option<String> {
    if std::env::var_os("UPDATE_EXPECT").is_some_and(|update| update == "1") {
        fs::write(golden, result).expect("the golden file can be written");
        return None;
    }
    let expected = fs::read_to_string(golden).unwrap_or_default();
    (expected != result).then(|| {
        format!(
            "{}:\n--- expected\n{expected}--- found\n{result}",
            golden.display()
        )
    })
}

#[test]
fn cases_answer_as_written() {
    let entries = fs::read_dir("tests/introspect").expect("tests run in the folder of the crate");
    let mut cases: Vec<PathBuf> = entries
        .map(|entry| entry.expect("the folder can be listed").path())
        .filter(|path| path.extension().is_some_and(|it| it == "json"))
        .collect();
    cases.sort();
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
    assert!(
        wrong.is_empty(),
        "{}\nUPDATE_EXPECT=1 takes over what was found",
        wrong.join("\n")
    );
}
