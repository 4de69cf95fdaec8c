//! What older releases spelled in another way means the same today.

use std::path::{Path, PathBuf};

use qapi_parser::{
    Checked, Cond, Definition, Dialect, DocEntry, Error, Loader, Meaning, MemoryReader, OldForm,
    Origin, Schema,
};

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
        schema.definition(id).doc.as_deref()
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

fn load(dialect: Dialect, text: &str) -> Result<Checked<Schema>, Error> {
    let reader = MemoryReader::from_iter([("schema.json", text)]);
    let mut loader = Loader::new();
    loader.dialect(dialect).reader(Box::new(reader));
    loader.load("schema.json")
}

/// What a release spelled in one way and 10.2 spells in another is the same;
/// and only the one dialect takes the old spelling.
#[track_caller]
fn assert_same(old: &str, new: &str) {
    let [old_schema, new_schema] = [(Dialect::Historical, old), (Dialect::Current, new)]
        .map(|(dialect, text)| load(dialect, text).unwrap_or_else(|error| panic!("{error}")));
    assert_eq!(old_schema.describe(), new_schema.describe());
    assert!(load(Dialect::Current, old).is_err(), "{old}");
    let same = load(Dialect::Historical, new).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(
        same.describe(),
        new_schema.describe(),
        "in the dialect of old"
    );
}

#[test]
fn until_1_5_commas_could_be_missing_or_too_many() {
    assert_same(
        "{ 'command': 'guest-sync'\n  'data': { 'id': 'int', }, 'returns': 'Sync' }\n\
         { 'struct': 'Sync', 'data': {} }\n{ 'enum': 'Mode' 'data': [ 'one' 'two', ] }",
        "{ 'command': 'guest-sync', 'data': { 'id': 'int' }, 'returns': 'Sync' }\n\
         { 'struct': 'Sync', 'data': {} }\n{ 'enum': 'Mode', 'data': [ 'one', 'two' ] }",
    );
}

#[test]
fn until_2_3_structs_were_types_and_could_stand_in_each_other() {
    assert_same(
        "{ 'type': 'Device', 'data': { 'class-info': { '*desc': 'str', 'class': 'int' }, 'slots': ['int'] } }\n\
         { 'command': 'plug', 'data': { 'at': { 'bus': { 'number': 'int' } } } }",
        "{ 'struct': 'DeviceClassInfo', 'data': { '*desc': 'str', 'class': 'int' } }\n\
         { 'struct': 'Device', 'data': { 'class-info': 'DeviceClassInfo', 'slots': ['int'] } }\n\
         { 'struct': 'PlugAtBus', 'data': { 'number': 'int' } }\n\
         { 'struct': 'PlugAt', 'data': { 'bus': 'PlugAtBus' } }\n\
         { 'command': 'plug', 'data': { 'at': 'PlugAt' } }",
    );
}

#[test]
fn until_2_3_flags_were_strings() {
    assert_same(
        "{ 'command': 'halt', 'success-response': 'no' }\n{ 'command': 'raw', 'gen': 'no' }\n\
         { 'command': 'also-raw', 'gen': 'yes' }\n{ 'command': 'ping', 'success-response': 'yes' }",
        "{ 'command': 'halt', 'success-response': false }\n{ 'command': 'raw', 'gen': false }\n\
         { 'command': 'also-raw', 'gen': false }\n{ 'command': 'ping' }",
    );
}

#[test]
fn until_2_4_wildcards_took_any_value() {
    assert_same(
        "{ 'command': 'qom-set', 'data': { 'value': 'visitor', '*props': '**', '*more': 'dict' }, 'gen': 'no' }\n\
         { 'command': 'qom-get', 'returns': '**', 'gen': false }",
        "{ 'pragma': { 'command-returns-exceptions': [ 'qom-get' ] } }\n\
         { 'command': 'qom-set', 'data': { 'value': 'any', '*props': 'any', '*more': 'any' }, 'gen': false }\n\
         { 'command': 'qom-get', 'returns': 'any', 'gen': false }",
    );
}

#[test]
fn until_6_1_unions_could_do_without_a_discriminator() {
    assert_same(
        "{ 'struct': 'Disk', 'data': { 'path': 'str' } }\n\
         { 'union': 'Media', 'data': { 'disk': 'Disk', 'size': 'int', 'all': [ 'Disk' ] } }",
        "{ 'struct': 'Disk', 'data': { 'path': 'str' } }\n\
         { 'struct': 'DiskWrapper', 'data': { 'data': 'Disk' } }\n\
         { 'struct': 'IntWrapper', 'data': { 'data': 'int' } }\n\
         { 'struct': 'DiskListWrapper', 'data': { 'data': [ 'Disk' ] } }\n\
         { 'enum': 'MediaKind', 'data': [ 'disk', 'size', 'all' ] }\n\
         { 'union': 'Media', 'base': { 'type': 'MediaKind' }, 'discriminator': 'type',\n  \
         'data': { 'disk': 'DiskWrapper', 'size': 'IntWrapper', 'all': 'DiskListWrapper' } }",
    );
}

#[test]
fn from_1_7_to_2_3_an_empty_discriminator_made_an_alternate() {
    assert_same(
        "{ 'type': 'Options', 'data': {} }\n\
         { 'union': 'Reference', 'discriminator': {}, 'data': { 'definition': 'Options', 'reference': 'str' } }",
        "{ 'struct': 'Options', 'data': {} }\n\
         { 'alternate': 'Reference', 'data': { 'definition': 'Options', 'reference': 'str' } }",
    );
}

#[test]
fn in_1_7_a_tag_could_be_a_string() {
    assert_same(
        "{ 'type': 'Base', 'data': { 'driver': 'str', '*id': 'str' } }\n{ 'type': 'File', 'data': {} }\n\
         { 'union': 'Options', 'base': 'Base', 'discriminator': 'driver', 'data': { 'file': 'File' } }",
        "{ 'struct': 'Base', 'data': { 'driver': 'str', '*id': 'str' } }\n{ 'struct': 'File', 'data': {} }\n\
         { 'enum': 'OptionsKind', 'data': [ 'file' ] }\n\
         { 'union': 'Options', 'base': { 'driver': 'OptionsKind', '*id': 'str' }, 'discriminator': 'driver', \
         'data': { 'file': 'File' } }",
    );
}

#[test]
fn from_2_9_to_5_2_pragmas_had_other_names() {
    assert_same(
        "{ 'pragma': { 'returns-whitelist': [ 'count' ], 'name-case-whitelist': [ 'Names', 'q_obj_X-base' ] } }\n\
         { 'command': 'count', 'returns': 'int' }\n{ 'enum': 'Names', 'data': [ 'UUID' ] }",
        "{ 'pragma': { 'command-returns-exceptions': [ 'count' ], 'member-name-exceptions': [ 'Names' ] } }\n\
         { 'command': 'count', 'returns': 'int' }\n{ 'enum': 'Names', 'data': [ 'UUID' ] }",
    );
}

#[test]
fn from_3_0_to_6_1_conditions_were_expressions_of_c() {
    assert_same(
        "{ 'command': 'one', 'if': 'defined(CONFIG_SPICE)' }\n\
         { 'command': 'two', 'if': 'defined(CONFIG_OPENGL) && defined(CONFIG_GBM)' }\n\
         { 'command': 'some', 'if': 'defined(A) || !defined(B) || defined(C)' }\n\
         { 'event': 'ALL', 'if': [ 'defined(A)', 'defined(B)' ] }",
        "{ 'command': 'one', 'if': 'CONFIG_SPICE' }\n\
         { 'command': 'two', 'if': { 'all': [ 'CONFIG_OPENGL', 'CONFIG_GBM' ] } }\n\
         { 'command': 'some', 'if': { 'any': [ 'A', { 'not': 'B' }, 'C' ] } }\n\
         { 'event': 'ALL', 'if': { 'all': [ 'A', 'B' ] } }",
    );
}

#[test]
fn what_was_written_in_an_old_form_is_remembered() {
    let schema = load(
        Dialect::Historical,
        "{ 'type': 'Disk', 'data': { 'at': { 'bus': 'int' } } }\n\
         { 'union': 'Media', 'data': { 'disk': 'Disk' } }\n\
         { 'union': 'Either', 'discriminator': {}, 'data': { 'disk': 'Disk' } }\n\
         { 'struct': 'Base', 'data': { 'driver': 'str' } }\n\
         { 'union': 'Options', 'base': 'Base', 'discriminator': 'driver', 'data': { 'disk': 'Disk' } }",
    );
    let schema = schema.unwrap_or_else(|error| panic!("{error}"));
    let origins: Vec<_> = schema
        .definitions()
        .map(|(_, it)| (it.name.text.as_str(), it.origin))
        .collect();
    let expected = [
        ("DiskAt", Origin::Implied(OldForm::NestedStruct)),
        ("Disk", Origin::Translated(OldForm::TypeForStruct)),
        ("DiskWrapper", Origin::Implied(OldForm::SimpleUnion)),
        ("MediaKind", Origin::Implied(OldForm::SimpleUnion)),
        ("Media", Origin::Translated(OldForm::SimpleUnion)),
        ("Either", Origin::Translated(OldForm::AnonymousUnion)),
        ("Base", Origin::Written),
        ("OptionsKind", Origin::Implied(OldForm::StringTag)),
        ("Options", Origin::Translated(OldForm::StringTag)),
    ];
    assert_eq!(origins, expected);
}

#[test]
fn what_was_spelled_in_an_old_way_is_remembered() {
    let text = "{ 'command': 'qom-get', 'data': { '*props': '**' }, 'returns': [ 'visitor' ], 'gen': 'no' }\n\
         { 'command': 'halt', 'success-response': 'yes', 'if': [ 'defined(A) && !defined(B)', 'C' ] }\n\
         { 'type': 'Disk', 'data': { 'at': { 'bus': 'dict' } } }";
    let schema = load(Dialect::Historical, text).unwrap_or_else(|error| panic!("{error}"));
    let expected = "\
        qom-get: `**` stands for the type `any`\n\
        qom-get: `visitor` stands for the type `any`\n\
        qom-get: `no` stands for `false`\n\
        halt: `yes` stands for `true`\n\
        halt: `defined(A) && !defined(B)` stands for the condition `{'all': ['A', {'not': 'B'}]}`\n\
        DiskAt: implied by a struct in place of a name\n\
        Disk: written as a struct under the key `type`\n\
        Disk: `dict` stands for the type `any`\n";
    assert_eq!(schema.describe_old_forms(), expected);

    let halt = schema.find("halt").expect("it is defined");
    let spellings = schema.old_spellings(schema.definition(halt).span);
    assert_eq!(schema.sources().slice(spellings[0].span), "'yes'");
    assert_eq!(spellings[0].meaning, Meaning::Bool(true));
    assert!(matches!(&spellings[1].meaning, Meaning::Cond(cond) if cond.symbols() == ["A", "B"]));
}

#[test]
fn messages_tell_what_an_old_spelling_stands_for() {
    let error = load(
        Dialect::Historical,
        "{ 'struct': 'Disk', 'base': 'dict', 'data': {} }",
    );
    let error = error.expect_err("`any` is no struct");
    assert_eq!(
        error.diagnostics()[0].notes,
        ["in struct `Disk`", "`dict` stands for the type `any`"]
    );
}

#[test]
fn old_spellings_of_releases_are_counted() {
    let count = |release, kind: fn(&Meaning) -> bool| {
        let schema = machine(release)?;
        let files = schema.sources().files();
        let spellings = files.flat_map(|file| schema.old_spellings(schema.sources().span(file)));
        Some(spellings.filter(|it| kind(&it.meaning)).count())
    };
    let wildcards = |release| count(release, |it| matches!(it, Meaning::Any));
    let flags = |release| count(release, |it| matches!(it, Meaning::Bool(false)));
    let conds = |release| count(release, |it| matches!(it, Meaning::Cond(_)));
    if shared("corpus/qmp").is_none() {
        return;
    }
    assert_eq!((wildcards("2.4"), flags("2.4")), (Some(4), Some(0)));
    assert_eq!((wildcards("1.1"), flags("1.1")), (Some(2), Some(2)));
    assert_eq!((conds("2.12"), conds("6.2")), (Some(0), Some(0)));
    assert_eq!(conds("6.1"), Some(100));
    assert_eq!(
        machine("10.2").map(|it| it.describe_old_forms()),
        Some(String::new())
    );
}

#[test]
fn todays_schemas_mean_the_same_in_the_dialect_of_old() {
    let Some(corpus) = shared("corpus") else {
        return;
    };
    for path in [
        corpus.join("qga/10.2.json"),
        qmp_root(&corpus.join("qmp/10.2")),
    ] {
        let new = qapi_parser::load(&path).unwrap_or_else(|error| panic!("{error}"));
        let old = historical(&path);
        assert_eq!(old.describe(), new.describe());
        for ((_, old), (_, new)) in old.definitions().zip(new.definitions()) {
            let parts = |it: &Definition| {
                let doc = it.doc.as_deref()?;
                let names = |entries: &[DocEntry]| {
                    let names = entries.iter().map(|entry| entry.name.text.clone());
                    names.collect::<Vec<_>>()
                };
                let body = doc.body.indented();
                Some((body, names(&doc.members), names(&doc.features), doc.since()))
            };
            assert_eq!(parts(old), parts(new), "{}", new.name);
        }
    }
}

/// The schemas of releases, as far as they differ from those before, in little.
#[test]
fn every_release_is_read() {
    let releases = [
        (
            "1.2",
            "{ 'type': 'Sizes', 'data': { 'a': 'uint8', 'b': 'int64', 'c': 'size' } }",
        ),
        (
            "2.0",
            "{ 'enum': 'BlkdebugEvent', 'data': [ 'l1_grow.alloc_table', 'cow_read' ] }",
        ),
        (
            "2.1",
            "{ 'event': 'SHUTDOWN' } { 'event': 'RESET', 'data': { 'X': 'int' } }",
        ),
        (
            "2.5",
            "{ 'enum': 'Mode', 'prefix': 'QCRYPTO_MODE', 'data': [ 'MAX', 'l2.update' ] }",
        ),
        (
            "2.6",
            "{ 'enum': 'Kind', 'data': [ 'a', 'b' ] } { 'struct': 'A', 'data': {} }\n\
             { 'union': 'U', 'base': { 'kind_of': 'Kind' }, 'discriminator': 'kind_of', 'data': { 'a': 'A' } }",
        ),
        (
            "2.8",
            "##\n# @Qcow2: #optional text that is not a name\n#\n# Returns: nothing. Or so\n##\n\
             { 'command': 'query_it', 'data': 'Arg', 'boxed': true, 'returns': ['str'] }\n\
             { 'struct': 'Arg', 'data': { 'has_x': 'int' } }",
        ),
        (
            "4.1",
            "{ 'struct': 'Options', 'data': {}, 'features': [ 'dynamic-auto-read-only' ] }",
        ),
        (
            "5.1",
            "{ 'enum': 'Old', 'data': [ 'a' ], 'features': [ { 'name': 'x', 'if': 'defined(X)' } ] }",
        ),
        (
            "6.0",
            "{ 'pragma': { 'command-name-exceptions': [ 'add_client' ] } }\n\
             { 'command': 'add_client', 'coroutine': true, 'if': 'defined(A)' }",
        ),
        (
            "8.1",
            "{ 'enum': 'K', 'data': [ 'k' ] } { 'union': 'In', 'base': { 'l': 'K' }, 'discriminator': 'l', 'data': {} }\n\
             { 'union': 'Out', 'base': { 'k': 'K' }, 'discriminator': 'k', 'data': { 'k': 'In' } }",
        ),
        (
            "9.1",
            "##\n# = Heading\n##\n\n##\n# @guest-x:\n#\n# One. Two.\n#\n# Since : 9.1\n##\n\
             { 'command': 'guest-x', 'if': { 'any': [ 'CONFIG_WIN32', { 'not': 'CONFIG_LINUX' } ] } }",
        ),
    ];
    for (release, text) in releases {
        if let Err(error) = load(Dialect::Historical, text) {
            panic!("{release}: {error}");
        }
    }
}
