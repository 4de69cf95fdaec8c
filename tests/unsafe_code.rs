//! Where `unsafe` may stand: in the files of the agent that `ARCHITECTURE.md` names, with a reason each time.

use std::fs;
use std::path::{Path, PathBuf};

use qapi_tests::need;

/// The only folder for it, below the workspace.
const HOME: &str = "qga-server/src/sys";

/// Folders without code of ours.
const NOT_OURS: [&str; 3] = ["target", ".git", "corpus"];

/// Every file of Rust in the workspace, whatever package has it.
fn sources() -> Vec<PathBuf> {
    let mut sources = Vec::new();
    let mut folders = vec![need::workspace().to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("it can be listed").flatten() {
            let (path, name) = (entry.path(), entry.file_name());
            match entry.file_type().expect("it is known").is_dir() {
                true if NOT_OURS.iter().any(|other| name == *other) => {}
                true => folders.push(path),
                false => sources.extend(
                    path.extension()
                        .is_some_and(|end| end == "rs")
                        .then_some(path),
                ),
            }
        }
    }
    sources
}

/// A line without its comment, and without its strings as far as they end in it.
fn code(line: &str) -> String {
    let line = line.replace("\\\"", " ");
    let code = line.split("//").next().unwrap_or_default();
    code.split('"').step_by(2).collect::<Vec<_>>().join(" ")
}

fn is_unsafe(line: &str) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    code(line)
        .split(|c| !is_part(c))
        .any(|word| word == "unsafe")
}

/// Whether the comment above a line, attributes aside, says why the code there is sound.
fn has_reason(lines: &[&str], index: usize) -> bool {
    let above = lines[..index].iter().rev().map(|line| line.trim());
    let mut comment = above.take_while(|line| line.starts_with("//") || line.starts_with("#["));
    comment.any(|line| line.starts_with("// SAFETY: "))
}

/// The places of a file at which `unsafe` stands, as lines that are counted from 0.
fn places(lines: &[&str]) -> Vec<usize> {
    let count = 0..lines.len();
    count.filter(|index| is_unsafe(lines[*index])).collect()
}

fn name(file: &Path) -> &Path {
    file.strip_prefix(need::workspace()).expect("it is below")
}

#[test]
fn unsafe_code_stands_in_one_folder_with_a_reason_each_time() {
    let sources = sources();
    assert!(
        sources.len() > 300,
        "only {} files are found",
        sources.len()
    );
    let mut blocks = 0;
    for file in &sources {
        let text = fs::read_to_string(file).expect("it is text");
        let lines: Vec<&str> = text.lines().collect();
        let name = name(file);
        for index in places(&lines) {
            blocks += 1;
            let place = format!("{}:{}", name.display(), index + 1);
            assert!(name.starts_with(HOME), "{place} is not in {HOME}");
            assert!(has_reason(&lines, index), "{place} gives no reason");
        }
    }
    assert!(blocks > 0, "what was looked for has gone");
}

#[test]
fn the_architecture_names_each_file_with_unsafe_code() {
    let told = fs::read_to_string(need::workspace().join("ARCHITECTURE.md")).expect("it is there");
    for file in sources().iter().filter(|file| name(file).starts_with(HOME)) {
        let text = fs::read_to_string(file).expect("it is text");
        if !places(&text.lines().collect::<Vec<_>>()).is_empty() {
            let below = name(file)
                .strip_prefix("qga-server/src")
                .expect("it is there");
            let below = format!("`{}`", below.display());
            assert!(told.contains(&below), "{below} is not named");
        }
    }
}

#[test]
fn comments_and_strings_are_no_code() {
    for line in [
        "// unsafe { }",
        "let x = \"unsafe { }\";",
        "deny(unsafe_code)",
        "unsafe_shutdowns,",
    ] {
        assert!(!is_unsafe(line), "{line}");
    }
    for line in [
        "unsafe { f() }",
        "let x = unsafe { f(\"x\") };",
        "unsafe impl Send for X {}",
    ] {
        assert!(is_unsafe(line), "{line}");
    }
    let lines = [
        "// SAFETY: it is.",
        "#[expect(x)]",
        "unsafe { f() }",
        "unsafe { g() }",
    ];
    assert!(has_reason(&lines, 2) && !has_reason(&lines, 3));
}
