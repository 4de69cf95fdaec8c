//! The examples of the README are parts of programs that are built and run.

use std::fs;

use qapi_tests::need;

/// Precedes each block of code that is taken from a file.
const MARK: &str = "<!-- ";

/// The blocks of code that follow the name of a file: the name, and the code.
fn quoted(readme: &str) -> Vec<(&str, &str)> {
    let blocks = readme.split(MARK).skip(1);
    blocks
        .filter_map(|rest| {
            let (name, rest) = rest.split_once(" -->\n```")?;
            let (_, code) = rest.split_once('\n')?;
            let (code, _) = code.split_once("\n```")?;
            Some((name, code))
        })
        .collect()
}

#[test]
fn examples_stand_in_the_files_they_name() {
    let read = |name: &str| {
        let path = need::workspace().join(name);
        fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    };
    let readme = read("README.md");
    let quoted = quoted(&readme);
    assert!(
        quoted.len() >= 3,
        "only {} examples are checked",
        quoted.len()
    );
    for (name, code) in quoted {
        let file = read(name);
        for (line, text) in code.lines().enumerate() {
            assert!(
                file.contains(text),
                "{name} has no such line {}: {text}",
                line + 1
            );
        }
        assert!(
            file.contains(code),
            "{name} has these lines, but not in this order or not together:\n{code}"
        );
    }
}
