//! The schemas of this project against the ones that QEMU released: equal in everything but their comments.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use qapi_parser::{Checked, Dialect, Loader, Schema, Version};
use qapi_tests::need;

/// Reads a schema, of whatever year.
fn load(path: &Path) -> Checked<Schema> {
    let mut loader = Loader::new();
    loader.dialect(Dialect::Historical);
    loader
        .load(path)
        .unwrap_or_else(|report| panic!("{report}"))
}

/// When each definition and member came, as far as the schema says so.
fn versions(schema: &Schema) -> BTreeMap<String, Version> {
    let mut versions = BTreeMap::new();
    for (_, definition) in schema.definitions() {
        let name = &definition.name.text;
        let Some(doc) = &definition.doc else { continue };
        versions.extend(doc.since().map(|version| (name.to_string(), version)));
        let members = doc
            .members
            .iter()
            .filter_map(|member| Some((&member.name.text, member.since()?)));
        versions.extend(members.map(|(member, version)| (format!("{name}.{member}"), version)));
    }
    versions
}

fn assert_same(ours: &Path, theirs: &Path) {
    let (our_schema, their_schema) = (load(ours), load(theirs));
    let (our_text, their_text) = (our_schema.describe(), their_schema.describe());
    let differing = our_text
        .lines()
        .zip(their_text.lines())
        .find(|(ours, theirs)| ours != theirs);
    let (our_count, their_count) = (our_text.lines().count(), their_text.lines().count());
    assert_eq!(
        (differing, our_count),
        (None, their_count),
        "{} and {}",
        ours.display(),
        theirs.display()
    );
    let (our_versions, their_versions) = (versions(&our_schema), versions(&their_schema));
    // The other way round there is more in ours: the early files tell nothing of some of their types.
    for (name, version) in &their_versions {
        assert_eq!(
            our_versions.get(name),
            Some(version),
            "since when there is {name} in {}",
            ours.display()
        );
    }
}

/// The schemas of this project, each with its version.
fn schemas() -> Vec<(String, PathBuf)> {
    let entries = fs::read_dir(need::workspace().join("schema")).expect("the directory of schemas");
    let mut schemas: Vec<_> = entries
        .filter_map(|entry| {
            let path = entry.expect("a directory entry").path();
            let version = path
                .file_name()?
                .to_str()?
                .strip_prefix("qga-")?
                .strip_suffix(".json")?
                .to_owned();
            Some((version, path))
        })
        .collect();
    schemas.sort();
    schemas
}

#[test]
fn every_schema_is_the_one_of_its_release() {
    let Some(corpus) = need::corpus() else { return };
    let schemas = schemas();
    for version in ["0.15", "10.2"] {
        assert!(
            schemas.iter().any(|(found, _)| found == version),
            "there is no schema/qga-{version}.json"
        );
    }
    for (version, path) in schemas {
        assert_same(&path, &corpus.join("qga").join(format!("{version}.json")));
    }
}

#[test]
fn the_first_schema_is_the_one_of_july_2011() {
    let Some(corpus) = need::corpus() else { return };
    assert_same(
        &need::workspace().join("schema/qga-0.15.json"),
        &corpus.join("seeds/2011-07.json"),
    );
}

#[test]
fn the_schemas_define_the_commands_of_their_time() {
    let commands = |version| {
        let text = load(&need::workspace().join(format!("schema/qga-{version}.json"))).describe();
        text.lines()
            .filter(|line| line.starts_with("command "))
            .count()
    };
    assert_eq!((commands("0.15"), commands("10.2")), (13, 44));
}
