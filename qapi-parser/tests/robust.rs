//! Hostile and unlucky input: what is too deep, too long or no file at all is
//! refused in good time and without harm.

use std::fs;
#[cfg(unix)]
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

use qapi_parser::{Dialect, Error, Loader, MemoryReader};

fn load_as(dialect: Dialect, text: impl Into<Vec<u8>>) -> Result<usize, Error> {
    let files = MemoryReader::from_iter([("root.json", text)]);
    let schema = Loader::new()
        .dialect(dialect)
        .reader(Box::new(files))
        .load("root.json")?;
    Ok(schema.definitions().count())
}

/// The first message; panics if the text loads.
fn message(text: impl Into<Vec<u8>>) -> String {
    let error = load_as(Dialect::Current, text).expect_err("the text is no schema");
    assert!(error.to_string().len() < 100_000, "the report can be read");
    error.diagnostics()[0].message.clone()
}

/// A path for a test's own files.
fn scratch(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    drop(fs::remove_dir_all(&folder));
    fs::create_dir_all(&folder).expect("there is room for a folder");
    folder
}

const MIB: usize = 1 << 20;

#[test]
fn deep_nesting_is_refused() {
    for bracket in [
        "{ 'a': ",
        "[ ",
        "{ 'struct': 'A', 'data': { 'a': { 'type': [ ",
    ] {
        let text = bracket.repeat(100_000);
        assert_eq!(
            message(text.as_str()),
            "brackets are nested more than 100 deep"
        );
        assert!(load_as(Dialect::Historical, text).is_err());
    }
}

#[test]
fn closing_brackets_alone_are_refused() {
    assert!(message("}".repeat(100_000)).starts_with("expected"));
}

#[test]
fn comments_in_broken_expressions_may_end_in_any_character() {
    assert!(message("{#\u{a1}").starts_with("expected"));
    assert!(load_as(Dialect::Historical, "{#\u{a1}").is_err());
}

#[test]
fn long_lines_are_read() {
    let comment = format!("# {}\n{{ 'enum': 'En', 'data': [] }}", "x".repeat(10 * MIB));
    assert_eq!(
        load_as(Dialect::Current, comment).expect("comments may be long"),
        1
    );
    let values: String = (0..10_000).map(|n| format!("'v{n}', ")).collect();
    let line = format!("{{ 'enum': 'En', 'data': [ {values}'end' ] }}");
    assert_eq!(
        load_as(Dialect::Current, line).expect("lists may be long"),
        1
    );
}

#[test]
fn errors_in_long_lines_are_reported_in_short() {
    let long = "x".repeat(MIB);
    assert!(message(format!("{{ {long} }}")).starts_with("unexpected text `xxx"));
    assert_eq!(
        message(format!("{{ '{long}")),
        "string does not end on its line"
    );
    assert!(message(format!("{{ '{long}' '{long}' }}")).starts_with("expected `:`"));
    assert_eq!(message(format!("##\n#{long}\n##\n")), "no space after `#`");
    let far = format!("{{ 'a': '{long}', 'a': [] }}");
    assert_eq!(message(far), "duplicate key `a`");
}

#[test]
fn many_errors_are_cut_short() {
    assert!(message("{ 'a' }\n".repeat(100_000)).starts_with("expected"));
    assert!(message("'a' ".repeat(100_000)).starts_with("only objects"));
    assert!(message("{ 'pragma': { 'x': true } }\n".repeat(10_000)).starts_with("unknown pragma"));
}

#[test]
fn many_names_take_linear_time() {
    let keys: String = (0..50_000).map(|n| format!("'k{n}': 'int', ")).collect();
    let text = format!("{{ 'struct': 'St', 'data': {{ {keys} 'end': 'int' }} }}");
    assert_eq!(
        load_as(Dialect::Current, text).expect("structs may be large"),
        1
    );
    let entries: String = (0..50_000).map(|n| format!("# @k{n}: text\n#\n")).collect();
    let text = format!("##\n# @St:\n#\n{entries}##\n{{ 'struct': 'St', 'data': {{}} }}");
    assert!(message(text).contains("k0"));
}

#[test]
fn large_files_are_read() {
    let comment = format!("# {}\n", "x".repeat(MIB));
    let text: String = (0..50)
        .map(|n| format!("{{ 'enum': 'E{n}a', 'data': [] }}\n{comment}"))
        .collect();
    let count = load_as(Dialect::Current, text).expect("files may be large");
    assert_eq!(count, 50);
}

#[test]
fn bytes_that_are_no_text_are_refused() {
    assert_eq!(
        message(&b"{ '\xff': 'x' }"[..]),
        "file is not UTF-8: byte 0xFF is no part of a character"
    );
    assert_eq!(message("\u{feff}{}"), "unexpected text `\\u{feff}`");
    assert_eq!(message("{\0}"), "unexpected text `\\0`");
    assert_eq!(
        load_as(Dialect::Current, "").expect("an empty file is a schema"),
        0
    );
}

#[test]
fn include_chains_are_limited() {
    let name = |n: usize| format!("f{n}.json");
    let chain = |length: usize| {
        let link = |n: usize| (name(n), format!("{{ 'include': '{}' }}", name(n + 1)));
        let files = (0..length).map(link).chain([(name(length), String::new())]);
        Loader::new()
            .reader(Box::new(MemoryReader::from_iter(files)))
            .load("f0.json")
    };
    chain(99).expect("99 includes are fine");
    let error = chain(10_000).expect_err("10000 are not");
    assert_eq!(
        error.diagnostics()[0].message,
        "files include each other more than 100 deep"
    );
    assert_eq!(error.diagnostics().len(), 1);
}

#[test]
fn include_loops_end() {
    let files = [
        ("self.json", "{ 'include': 'self.json' }"),
        ("a.json", "{ 'include': 'sub/../b.json' }"),
        ("b.json", "{ 'include': './sub/c.json' }"),
        ("sub/c.json", "{ 'include': '../a.json' }"),
    ];
    for root in ["self.json", "a.json"] {
        let error = Loader::new()
            .reader(Box::new(MemoryReader::from_iter(files)))
            .load(root)
            .expect_err("the files go round");
        let message = &error.diagnostics()[0].message;
        assert!(message.ends_with(" includes itself"), "{message}");
        assert_eq!(error.diagnostics().len(), 1, "{root}");
    }
}

/// What cannot be read as a file, as far as this machine has it.
fn no_files(folder: &Path) -> Vec<PathBuf> {
    let pipe = folder.join("pipe.json");
    drop(Command::new("mkfifo").arg(&pipe).status());
    let paths = [
        folder.to_owned(),
        PathBuf::from("/dev/zero"),
        // A regular file, whose first byte cannot be read.
        PathBuf::from("/proc/self/mem"),
        pipe,
    ];
    let mut paths: Vec<_> = paths.into_iter().filter(|path| path.exists()).collect();
    paths.push(PathBuf::from("/no/such/file.json"));
    paths
}

#[test]
fn what_is_no_regular_file_is_refused() {
    for path in no_files(&scratch("no-regular-file")) {
        let error = qapi_parser::load(&path).expect_err("no schema is there");
        let start = format!("error: cannot read schema file `{}`", path.display());
        assert!(error.to_string().starts_with(&start), "{error}");
    }
}

#[test]
fn what_is_no_regular_file_is_not_included() {
    let folder = scratch("no-regular-include");
    let root = folder.join("root.json");
    for path in no_files(&folder) {
        let text = format!("{{ 'include': '{}' }}\n", path.display());
        fs::write(&root, text).expect("there is room for a file");
        let error = qapi_parser::load(&root).expect_err("no schema is there");
        let start = format!("error: cannot read included file `{}`", path.display());
        assert!(error.to_string().starts_with(&start), "{error}");
        assert_eq!(error.diagnostics().len(), 1);
    }
}

#[cfg(unix)]
#[test]
fn links_lead_to_files() {
    let folder = scratch("links");
    fs::write(folder.join("a.json"), "{ 'enum': 'En', 'data': [] }")
        .expect("there is room for a file");
    symlink("a.json", folder.join("b.json")).expect("and for a link");
    qapi_parser::load(folder.join("b.json")).expect("the link leads to a schema");
}

#[cfg(unix)]
#[test]
fn links_in_a_circle_are_followed_so_far() {
    let folder = scratch("circle");
    symlink(".", folder.join("again")).expect("there is room for a link");
    let root = folder.join("root.json");
    fs::write(&root, "{ 'include': 'again/root.json' }").expect("and for a file");
    let error = qapi_parser::load(root).expect_err("there is no end");
    let messages = error.diagnostics().iter().map(|it| it.message.as_str());
    // The system follows some forty links, which is less than our own limit.
    let reasons = ["cannot read included file", "files include each other"];
    for message in messages {
        assert!(
            reasons.iter().any(|it| message.starts_with(it)),
            "{message}"
        );
    }
}
