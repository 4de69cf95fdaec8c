//! Schemas that no code can be generated for, and what a user reads then.

use std::fs;

use qapi_codegen::{Conditions, Config, Error};

/// The error for a schema of one file.
fn refuse(text: &str) -> Error {
    refuse_with(&Config::new(), text)
}

fn refuse_with(config: &Config, text: &str) -> Error {
    expand(config, text).expect_err("there is no such code")
}

fn expand(config: &Config, text: &str) -> Result<String, Error> {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let path = directory.path().join("schema.json");
    fs::write(&path, text).expect("it is ours");
    let schema = qapi_parser::load(&path).expect("the schema itself is right");
    config.expand(&schema)
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
            "`Config::name(\"Thing.PC\", \"pc2\")`",
        ],
    );
}

#[test]
fn the_way_out_of_a_clash_works() {
    let mut config = Config::new();
    config.name("Thing.PC", "Pc2");
    let schema = "{ 'pragma': { 'member-name-exceptions': [ 'Thing' ] } }
                  { 'enum': 'Thing', 'data': [ 'pc', 'PC' ] }";
    let text = expand(&config, schema).expect("the names differ");
    assert_mentions(&text, &["Self::Pc => \"pc\"", "Self::Pc2 => \"PC\""]);
}

#[test]
fn chosen_names_are_identifiers() {
    let hostile = [
        "",
        "2",
        "a b",
        "type",
        "r#type",
        "Self",
        "ALL",
        "A; fn f() {}",
        "\n",
        "'a",
    ];
    for ident in hostile {
        let mut config = Config::new();
        config.name("Thing.a", ident);
        let error = refuse_with(&config, "{ 'enum': 'Thing', 'data': [ 'a' ] }");
        assert_mentions(&report(&error), &["`a` cannot be called", "schema.json:1:"]);
    }
}

#[test]
fn chosen_names_may_clash_as_well() {
    let mut config = Config::new();
    config.name("Thing.*", "Same");
    let error = refuse_with(&config, "{ 'enum': 'Thing', 'data': [ 'a', 'b' ] }");
    assert_mentions(
        &report(&error),
        &[
            "`a` and `b` both become `Same`",
            "Config::name(\"Thing.b\", \"Same2\")",
        ],
    );
}

#[test]
fn pattern_without_a_match_shows_near_names() {
    let schema = "{ 'struct': 'Thing', 'data': { 'first': 'int', 'second': 'int' } }
                  { 'struct': 'Part', 'base': 'Thing', 'data': { 'fist': 'int' } }
                  { 'command': 'add', 'data': 'Part' }
                  { 'command': 'do-it', 'data': { 'a': 'Thing' }, 'returns': 'Thing' }";
    let cases = [
        ("Part.first", "did you mean `Thing.first`?"),
        ("add.arguments.second", "did you mean `Thing.second`?"),
        ("Thing.frist", "did you mean `Thing.first`?"),
        ("do-it.arguments.b", "did you mean `do-it.arguments.a`?"),
        ("do-ti", "did you mean `do-it`?"),
        (
            "Thing.entirely-else",
            "there are `Thing.first`, `Thing.second`",
        ),
        ("do-it.return", "there are `do-it.arguments`"),
    ];
    for (pattern, help) in cases {
        let mut config = Config::new();
        config.name(pattern, "Name");
        let message = format!("nothing in the schema is meant by `Config::name` with {pattern:?}");
        assert_mentions(&report(&refuse_with(&config, schema)), &[&message, help]);
    }
}

#[test]
fn chosen_commands_and_events_must_exist() {
    let schema =
        "{ 'command': 'query-block' }\n{ 'command': 'quit', 'if': 'OFF' }\n{ 'event': 'STOP' }";
    let refuse = |choose: fn(&mut Config) -> &mut Config| {
        let mut config = Config::new();
        choose(&mut config);
        report(&refuse_with(&config, schema))
    };
    let cases = [
        (
            refuse(|config| config.commands(["query-*", "query-blok*"])),
            "`Config::commands` with \"query-blok*\"",
            "did you mean `query-block`?",
        ),
        (
            refuse(|config| config.events(["query-block"])),
            "`Config::events` with \"query-block\"",
            "",
        ),
        (
            refuse(|config| config.commands(["STOP"])),
            "`Config::commands` with \"STOP\"",
            "",
        ),
        (
            refuse(|config| config.commands(["qui*"])),
            "conditions exclude everything that is meant by `Config::commands` with \"qui*\"",
            "schema.json:2:",
        ),
    ];
    for (report, message, help) in cases {
        assert_mentions(&report, &[message, help]);
    }
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
fn predicates_are_rust() {
    for predicate in [
        "",
        "a b",
        ")",
        "not(",
        "target_os = linux",
        "unix)] #[path = \"x\"] #[cfg(unix",
        "1",
        "\"x",
    ] {
        let mut config = Config::new();
        config
            .conditions(Conditions::Cfg)
            .cond_cfg("LINUX", predicate);
        let error = refuse_with(&config, "{ 'command': 'a', 'if': 'LINUX' }");
        let message = format!("`#[cfg({predicate})]`, for the condition `LINUX`, is not Rust");
        assert_eq!(error.to_string(), message);
    }
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
    config.delimited("synk");
    let error = refuse_with(&config, "{ 'command': 'sync' }");
    assert_mentions(
        &report(&error),
        &["`Config::delimited` with \"synk\"", "did you mean `sync`?"],
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

#[test]
fn code_of_the_user_is_read_first() {
    let schema = "{ 'struct': 'Thing', 'data': { 'name': 'str' } }";
    for (config, expected) in [
        (
            Config::new().derive("Thing", "Eq, 1"),
            "`Config::derive` cannot use \"Eq, 1\": ",
        ),
        (
            Config::new().attribute("Thing.name", "doc = \"no brackets\""),
            "`Config::attribute` cannot use \"doc = \\\"no brackets\\\"\": ",
        ),
        (
            Config::new().attribute("Thing", "#[never"),
            "`Config::attribute` cannot use \"#[never\": ",
        ),
        (
            Config::new().derive("Thing.name", "Eq"),
            "nothing in the schema is meant by `Config::derive` with \"Thing.name\"",
        ),
    ] {
        assert_mentions(&report(&refuse_with(config, schema)), &[expected]);
    }
}

#[test]
fn only_requests_can_be_borrowed_from() {
    let schema = "{ 'struct': 'Base', 'data': { 'text': 'str' } }
         { 'struct': 'Thing', 'base': 'Base', 'data': { 'id': 'str' } }
         { 'command': 'get', 'returns': [ 'Thing' ] }
         { 'command': 'set', 'data': 'Base' }
         { 'event': 'CHANGED', 'data': { 'name': 'str' } }";
    for (pattern, expected) in [
        ("Base.text", "`Base.text` is sent to clients"),
        ("get.return", "`get.return` is sent to clients"),
        (
            "CHANGED.data.name",
            "`CHANGED.data.name` is sent to clients",
        ),
    ] {
        let error = refuse_with(Config::new().replace(pattern, "Cow<'_, str>"), schema);
        assert_mentions(
            &report(&error),
            &[expected, "use a type without `'_` there"],
        );
        let error = refuse_with(Config::new().replace(pattern, "Cow<'_"), schema);
        assert_mentions(
            &report(&error),
            &["`Config::replace` cannot use \"Cow<'_\": "],
        );
    }
}

#[test]
fn a_tag_keeps_its_type() {
    let schema = "{ 'enum': 'Kind', 'data': [ 'a' ] }
         { 'struct': 'Base', 'data': { 'kind': 'Kind' } }
         { 'union': 'Thing', 'base': 'Base', 'discriminator': 'kind', 'data': {} }";
    let error = refuse_with(Config::new().replace("Kind", "u8"), schema);
    assert_mentions(
        &report(&error),
        &[
            "`kind` tells the branches of a union apart",
            "schema.json:3:",
        ],
    );
    for pattern in ["Thing.kind", "Kind.a", "Thing.branch"] {
        let error = refuse_with(Config::new().replace(pattern, "u8"), schema);
        assert_mentions(&report(&error), &["nothing in the schema is meant by"]);
    }
}

#[test]
fn a_tag_is_always_required() {
    let mut config = Config::new();
    config.optional("Shape.kind");
    let error = refuse_with(
        &config,
        "{ 'enum': 'Kind', 'data': [ 'dot' ] }
         { 'union': 'Shape', 'base': { 'kind': 'Kind', 'x': 'int' },
           'discriminator': 'kind', 'data': {} }",
    );
    assert_mentions(&report(&error), &["`Config::optional`", "Shape.kind"]);
}

#[test]
fn only_texts_of_commands_are_uploaded_and_by_methods_that_block() {
    let schema = "{ 'command': 'write', 'data': { 'text': 'str', 'number': 'int' } }";
    let refused = |change: fn(&mut Config) -> &mut Config| {
        let mut config = Config::new();
        change(&mut config);
        report(&refuse_with(&config, schema))
    };
    let number = refused(|config| config.upload("write.arguments.number"));
    assert_mentions(
        &number,
        &["nothing in the schema is meant by `Config::upload`"],
    );
    let waiting = refused(|config| config.asynchronous(true).upload("write.arguments.text"));
    assert_mentions(
        &waiting,
        &["methods that are asynchronous get whole requests"],
    );
}
