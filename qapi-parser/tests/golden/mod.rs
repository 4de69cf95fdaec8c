//! Golden files: what a case is expected to give, written down beside it.

use std::fs;
use std::path::{Path, PathBuf};

/// The cases in a folder, sorted. Folders below it hold what the cases include.
pub(crate) fn cases(folder: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("tests run in the folder of the crate");
    let paths = entries.map(|entry| entry.expect("the folder can be listed").path());
    let mut cases: Vec<_> = paths
        .filter(|path| path.extension().is_some_and(|it| it == "json"))
        .collect();
    cases.sort();
    assert!(!cases.is_empty(), "{folder} is empty");
    cases
}

/// What is wrong with a golden file, if anything.
pub(crate) fn compare(golden: &Path, result: &str) -> Option<String> {
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

/// Fails with all that went wrong at once.
pub(crate) fn assert_none(wrong: &[String]) {
    assert!(
        wrong.is_empty(),
        "{}\nUPDATE_EXPECT=1 takes over what was found",
        wrong.join("\n")
    );
}
