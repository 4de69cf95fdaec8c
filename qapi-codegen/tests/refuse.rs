//! Schemas that no code can be generated for, and what a user reads then.

use std::fs;

use qapi_codegen::{Config, Error};

/// The error for a schema of one file.
fn refuse(text: &str) -> Error {
    refuse_with(&Config::new(), text)
}

fn refuse_with(config: &Config, text: &str) -> Error {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let path = directory.path().join("schema.json");
    fs::write(&path, text).expect("it is ours");
    let schema = qapi_parser::load(&path).expect("the schema itself is right");
    config.expand(&schema).expect_err("there is no such code")
}

/// What `Debug` prints, without the directory.
fn report(error: &Error) -> String {
    let text = format!("{error:?}");
    let lines = text.lines().map(|line| match line.split_once("--> ") {
        Some((before, place)) => {
            let place = place.rsplit('/').next().unwrap_or(place);
            format!("{before}--> {place}")
        }
        None => line.to_owned(),
    });
    lines.collect::<Vec<_>>().join("\n")
}

fn assert_mentions(report: &str, parts: &[&str]) {
    for part in parts {
        assert!(report.contains(part), "no `{part}` in:\n{report}");
    }
}

#[test]
fn clash_names_both_origins() {
    let error = refuse(
        "{ 'pragma': { 'member-name-exceptions': [ 'Thing' ] } }
         { 'struct': 'Thing', 'data': { 'pc': 'str',
           'PC': 'str' } }",
    );
    let report = report(&error);
    assert_mentions(
        &report,
        &[
            "`pc` and `PC` both become `pc` in Rust",
            "schema.json:3:",
            "first used here",
            "'pc'",
        ],
    );
}

#[test]
fn arguments_may_not_be_called_like_a_type() {
    let error = refuse(
        "{ 'struct': 'DoItArgs', 'data': {} }\n{ 'command': 'do-it', 'data': { 'a': 'int' } }",
    );
    assert_mentions(
        &report(&error),
        &["`DoItArgs` and `do-it` both become `DoItArgs`"],
    );
}

#[test]
fn service_may_not_be_called_like_a_type() {
    let error = refuse("{ 'struct': 'ServiceClient', 'data': {} }\n{ 'command': 'do-it' }");
    assert_mentions(
        &report(&error),
        &[
            "`ServiceClient` is needed for the generated service",
            "Config::service",
        ],
    );
}

#[test]
fn excluded_type_may_not_be_used() {
    let error = refuse(
        "{ 'struct': 'Gone', 'data': {}, 'if': 'OFF' }\n{ 'struct': 'Thing', 'data': { 'm': 'Gone' } }",
    );
    assert_mentions(
        &report(&error),
        &[
            "`m` uses `Gone`, which conditions exclude",
            "its `if` does not hold",
            "Config::cond",
        ],
    );
}

#[test]
fn every_problem_is_reported() {
    let error = refuse(
        "{ 'pragma': { 'member-name-exceptions': [ 'First', 'Second' ] } }
         { 'enum': 'First', 'data': [ 'pc', 'PC' ] }
         { 'enum': 'Second', 'data': [ 'pc', 'PC' ] }",
    );
    assert_eq!(report(&error).matches("both become `Pc`").count(), 2);
}

#[test]
fn delimited_command_must_exist() {
    let mut config = Config::new();
    config.delimited("sink");
    let error = refuse_with(&config, "{ 'command': 'sync' }");
    assert_mentions(
        &report(&error),
        &["names command `sink`, which does not exist"],
    );
}

#[test]
fn files_of_one_name_cannot_both_be_modules() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let write = |name: &str, text: &str| {
        let path = directory.path().join(name);
        fs::create_dir_all(path.parent().expect("a directory")).expect("it is ours");
        fs::write(&path, text).expect("it is ours");
        path
    };
    write("a/block-core.json", "{ 'enum': 'Aa', 'data': [] }");
    write("b/block_core.json", "{ 'enum': 'Bb', 'data': [] }");
    let root = write(
        "schema.json",
        "{ 'include': 'a/block-core.json' }\n{ 'include': 'b/block_core.json' }",
    );
    let schema = qapi_parser::load(&root).expect("the schema itself is right");
    assert!(Config::new().expand(&schema).is_ok());
    let error = Config::new().modules(true).expand(&schema);
    assert_mentions(
        &report(&error.expect_err("a clash")),
        &[
            "a/block-core.json` and `",
            "b/block_core.json` both become `block_core` in Rust",
            "schema.json:2:",
            "first used here",
        ],
    );
}
