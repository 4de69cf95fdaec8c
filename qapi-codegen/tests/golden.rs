//! What comes out of each schema under `golden`.
//!
//! `UPDATE_EXPECT=1` accepts what comes out now.

use std::path::{Path, PathBuf};
use std::{env, fs};

use qapi_codegen::{Conditions, Config, Docs, Part};
use qapi_parser::{Dialect, Loader};

/// The cases: the directories under `golden`, by name.
fn cases() -> Vec<(String, PathBuf)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let entries = fs::read_dir(root).expect("there are goldens");
    let paths = entries.map(|entry| entry.expect("it can be listed").path());
    let directories = paths.filter(|path| path.is_dir());
    let mut cases: Vec<_> = directories.map(|path| (name(&path), path)).collect();
    cases.sort();
    cases
}

fn name(directory: &Path) -> String {
    let name = directory.file_name().expect("it is a directory");
    name.to_string_lossy().into_owned()
}

fn expand(name: &str, directory: &Path) -> String {
    let mut loader = Loader::new();
    if name == "historical" {
        loader.dialect(Dialect::Historical);
    }
    let schema = loader.load(directory.join("schema.json"));
    let schema = schema.expect("goldens are right");
    let mut config = Config::new();
    config.cond("ON", true).cond("MENTIONED", false);
    match name {
        "commands" => drop(config.delimited("sync")),
        "hooks" => drop(
            config
                .derive("T*", "Eq, ::core::hash::Hash")
                .derive("Colour", "Clone, Hash")
                .attribute("Painted.branch", "#[doc(alias = \"paint\")]")
                .derive("paint.arguments", "Eq")
                .derive("DRY.data", "Eq")
                .attribute("Thing", "#[repr(C)] #[doc(alias = \"object\")]")
                .attribute("Thing.name", "#[doc(alias = \"title\")]")
                .attribute("Colour.red", "#[doc(alias = \"crimson\")]")
                .attribute("Painted.red", "#[doc(alias = \"rosy\")]")
                .attribute("ThingRef.name", "#[doc(alias = \"id\")]")
                .attribute("paint", "#[doc(alias = \"colorize\")]")
                .attribute("paint.arguments.colour", "#[doc(alias = \"color\")]")
                .attribute("DRY", "#[doc(alias = \"ready\")]")
                .attribute("DRY.data", "#[doc(alias = \"dried\")]"),
        ),
        "optional" => drop(config.optional("Status.stepping")),
        "docs-none" => drop(config.docs(Docs::None)),
        "docs-summary" => drop(config.docs(Docs::Summary)),
        "modules" => drop(config.modules(true)),
        "conditions-cfg" => drop(
            config
                .conditions(Conditions::Cfg)
                .cond("OFF", false)
                .cond_cfg("TARGET", "target_pointer_width = \"64\""),
        ),
        "names-chosen" => drop(
            config
                .name("Machine.PC", "PersonalComputer")
                .name("Board.branch", "BoardKind")
                .name("Registers.AX", "wide_ax")
                .name("Amount.n", "Count")
                .name("Amount.s", "Words")
                .name("do-it", "run")
                .name("do-it.arguments", "Run")
                .name("DONE.data", "Finished"),
        ),
        "asynchronous" => drop(
            config
                .asynchronous(true)
                .delimited("sync")
                .replace("write.arguments.text", "::std::borrow::Cow<'_, str>"),
        ),
        "borrow" => drop(
            config
                .replace("Chunk.buf-b64", "::qapi_runtime::Base64Text<'_>")
                .replace("FromText.text", "::std::borrow::Cow<'_, str>")
                .replace("Label.text", "::std::borrow::Cow<'_, str>")
                .replace("write.arguments.buf-b64", "::qapi_runtime::Base64Text<'_>")
                .replace("log.arguments.tags", "Vec<&'_ str>"),
        ),
        "upload" => drop(config.upload("write.arguments.buf-b64")),
        "replace" => drop(
            config
                .replace("Celsius", "crate::replace::Celsius")
                .replace("*.photo", "::qapi_runtime::Base64")
                .replace("Bed.parent", "::qapi_runtime::Value")
                .replace("Key.number", "u8")
                .replace("take-photo.return", "::qapi_runtime::Base64Stream")
                .replace("WARM.data.photo", "::qapi_runtime::Base64"),
        ),
        "parts" => drop(config.parts([Part::Types, Part::Client, Part::Introspection])),
        "subset" => drop(config.commands(["query-*", "do-it"]).events(["DONE"])),
        _ => {}
    }
    config
        .expand(&schema)
        .expect("Rust can express every golden")
}

/// The first line in which two texts differ.
fn difference(expected: &str, actual: &str) -> String {
    let mut lines = expected.lines().zip(actual.lines()).enumerate();
    match lines.find(|(_, (expected, actual))| expected != actual) {
        Some((index, (expected, actual))) => {
            format!("line {}:\n- {expected}\n+ {actual}", index + 1)
        }
        None => "one is longer than the other".to_owned(),
    }
}

#[test]
fn code_is_as_expected() {
    let mut failures = Vec::new();
    for (name, directory) in cases() {
        let actual = expand(&name, &directory);
        let path = directory.join("expected.rs");
        if env::var_os("UPDATE_EXPECT").is_some_and(|update| update == "1") {
            fs::write(&path, &actual).expect("goldens can be written");
            continue;
        }
        match fs::read_to_string(&path) {
            Ok(expected) if expected == actual => {}
            Ok(expected) => failures.push(format!("{name}: {}", difference(&expected, &actual))),
            Err(_) => failures.push(format!("{name}: no expected.rs")),
        }
    }
    assert!(
        failures.is_empty(),
        "{}\n\nUPDATE_EXPECT=1 accepts what comes out now",
        failures.join("\n\n")
    );
}

#[test]
fn code_is_the_same_each_time() {
    for (name, directory) in cases() {
        assert_eq!(
            expand(&name, &directory),
            expand(&name, &directory),
            "{name}"
        );
    }
}

#[test]
fn every_golden_is_compiled() {
    let tests = [
        include_str!("wire/golden.rs"),
        include_str!("conditions.rs"),
    ];
    for (name, _) in cases() {
        let path = format!("golden/{name}/expected.rs");
        assert!(
            tests.iter().any(|test| test.contains(&path)),
            "tests/wire/golden.rs does not include {path}"
        );
    }
}
