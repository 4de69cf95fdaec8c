//! What older releases spelled in another way means the same today.

#![expect(clippy::print_stdout, reason = "a test that skips says so")]

use std::path::{Path, PathBuf};

use qapi_parser::{Checked, Cond, Dialect, Loader, Schema};

mod shared;

use shared::shared;

fn historical(path: &Path) -> Checked<Schema> {
    match Loader::new().dialect(Dialect::Historical).load(path) {
        Ok(schema) => schema,
        Err(error) => panic!("{}\n{error}", path.display()),
    }
}

/// The root file of a release's machine protocol schema.
fn qmp_root(release: &Path) -> PathBuf {
    let (old, new) = (
        release.join("qapi-schema.json"),
        release.join("qapi/qapi-schema.json"),
    );
    if old.exists() { old } else { new }
}

fn machine(release: &str) -> Option<Checked<Schema>> {
    Some(historical(&qmp_root(&shared("corpus/qmp")?.join(release))))
}

/// The lines about one definition.
fn described(schema: &Schema, name: &str) -> String {
    let text = schema.describe();
    let start = text
        .lines()
        .skip_while(|line| line.split(' ').nth(1) != Some(name) || line.starts_with(' '));
    let mut lines = start
        .enumerate()
        .take_while(|(index, line)| *index == 0 || line.starts_with(' '));
    let mut lines: Vec<_> = lines.by_ref().map(|(_, line)| line.trim()).collect();
    lines.truncate(5);
    lines.join("; ")
}

#[test]
fn simple_unions_become_unions_of_wrappers() {
    let Some(schema) = machine("1.1") else { return };
    assert_eq!(
        described(&schema, "BlockdevAction"),
        "union BlockdevAction discriminator=type tag=BlockdevActionKind; \
         member type: BlockdevActionKind; \
         branch blockdev-snapshot-sync: BlockdevSnapshotWrapper"
    );
    assert_eq!(
        described(&schema, "BlockdevSnapshotWrapper"),
        "struct BlockdevSnapshotWrapper; member data: BlockdevSnapshot"
    );
}

#[test]
fn nested_structs_get_names() {
    let Some(schema) = machine("1.0") else { return };
    assert_eq!(
        described(&schema, "VersionInfo"),
        "struct VersionInfo; member qemu: VersionInfoQemu; member package: str"
    );
    assert!(
        described(&schema, "VersionInfoQemu").starts_with("struct VersionInfoQemu; member major")
    );
}

#[test]
fn string_tags_become_enums_of_the_branches() {
    let Some(schema) = machine("1.7") else { return };
    let union = described(&schema, "BlockdevOptions");
    assert!(
        union.contains("tag=BlockdevOptionsKind; member driver: BlockdevOptionsKind"),
        "{union}"
    );
    assert_eq!(
        described(&schema, "BlockdevRef"),
        "alternate BlockdevRef; alternative definition: BlockdevOptions; alternative reference: str"
    );
}

#[test]
fn c_conditions_become_conditions() {
    let Some(schema) = machine("6.1") else { return };
    let cond = |text: &str| {
        let conds = schema.definitions().filter_map(|(_, it)| it.cond.clone());
        conds.filter(|cond: &Cond| cond.to_string() == text).count()
    };
    assert!(cond("CONFIG_VNC") > 0);
    assert!(cond("{'any': ['TARGET_S390X', 'TARGET_I386', 'TARGET_ARM']}") > 0);
}

#[test]
fn wildcards_become_any() {
    let Some(schema) = machine("2.2") else { return };
    let command = described(&schema, "qom-get");
    assert!(
        command.contains("returns=any") && command.contains("no-gen"),
        "{command}"
    );
}

#[test]
fn comments_find_their_definition_behind_others() {
    let Some(path) = shared("corpus/qga/0.15.json") else {
        return;
    };
    let schema = historical(&path);
    let doc = |name| {
        let id = schema.find(name).expect("the release defines it");
        schema.definition(id).doc.as_ref()
    };
    assert!(
        doc("guest-info").is_some(),
        "its comment stands before `GuestAgentInfo`"
    );
    assert!(doc("GuestAgentInfo").is_none());
}

#[test]
fn wrappers_exist_when_what_they_wrap_does() {
    let Some(schema) = machine("6.1") else { return };
    let wrapper = described(&schema, "ChardevSpiceChannelWrapper");
    assert!(wrapper.contains("if=CONFIG_SPICE"), "{wrapper}");
}
