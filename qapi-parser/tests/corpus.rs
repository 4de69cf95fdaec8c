//! Every released schema that was collected loads, and holds what it should.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use qapi_parser::{
    Checked, DefinitionKind, Dialect, Loader, Member, Members, Module, ModuleItem, Origin, Schema,
    TypeRef, Union,
};

mod shared;

use shared::shared;

fn historical(path: &Path) -> Checked<Schema> {
    match Loader::new().dialect(Dialect::Historical).load(path) {
        Ok(schema) => schema,
        Err(error) => panic!("{}\n{error}", path.display()),
    }
}

/// The files and folders in a folder of the collection, sorted.
fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries = folder.read_dir().expect("the collection can be read");
    let mut paths: Vec<_> = entries
        .map(|entry| entry.expect("and listed").path())
        .collect();
    paths.sort();
    paths
}

/// The root file of a release's machine protocol schema.
fn qmp_root(release: &Path) -> PathBuf {
    let (old, new) = (
        release.join("qapi-schema.json"),
        release.join("qapi/qapi-schema.json"),
    );
    if old.exists() { old } else { new }
}

#[derive(Debug, Default, PartialEq, Eq)]
struct Kinds {
    commands: usize,
    structs: usize,
    enums: usize,
    unions: usize,
    alternates: usize,
    events: usize,
}

fn kinds(schema: &Schema) -> Kinds {
    let mut kinds = Kinds::default();
    let written = schema
        .definitions()
        .filter(|(_, it)| matches!(it.origin, Origin::Written | Origin::Translated(_)));
    for (_, definition) in written {
        *match definition.kind {
            DefinitionKind::Enum(_) => &mut kinds.enums,
            DefinitionKind::Struct(_) => &mut kinds.structs,
            DefinitionKind::Union(_) => &mut kinds.unions,
            DefinitionKind::Alternate(_) => &mut kinds.alternates,
            DefinitionKind::Command(_) => &mut kinds.commands,
            DefinitionKind::Event(_) => &mut kinds.events,
        } += 1;
    }
    kinds
}

#[test]
fn every_agent_schema_loads() {
    let Some(folder) = shared("corpus/qga") else {
        return;
    };
    let paths = entries(&folder);
    paths.iter().for_each(|path| drop(historical(path)));
    let count = paths.len();
    assert!(count >= 40, "only {count} files");
}

#[test]
fn every_seed_loads() {
    let Some(folder) = shared("corpus/seeds") else {
        return;
    };
    let paths = entries(&folder);
    paths.iter().for_each(|path| drop(historical(path)));
    let count = paths.len();
    assert!(count >= 6, "only {count} files");
}

#[test]
fn every_machine_schema_loads() {
    let Some(folder) = shared("corpus/qmp") else {
        return;
    };
    let paths = entries(&folder);
    paths
        .iter()
        .for_each(|path| drop(historical(&qmp_root(path))));
    let count = paths.len();
    assert!(count >= 36, "only {count} releases");
}

#[test]
fn agent_schemas_define_what_they_did() {
    let Some(folder) = shared("corpus/qga") else {
        return;
    };
    let rows = [
        ("0.15", [13, 4, 1, 0, 0]),
        ("1.1", [18, 7, 2, 0, 0]),
        ("1.5", [23, 8, 2, 0, 0]),
        ("2.4", [29, 16, 4, 0, 0]),
        ("2.9", [31, 18, 5, 0, 1]),
        ("3.1", [35, 23, 5, 0, 1]),
        ("5.2", [40, 27, 6, 1, 1]),
        ("6.0", [40, 28, 6, 1, 1]),
        ("7.2", [42, 32, 7, 3, 1]),
        ("10.2", [44, 34, 8, 3, 2]),
    ];
    for (release, [commands, structs, enums, unions, alternates]) in rows {
        let path = folder.join(format!("{release}.json"));
        if !path.exists() {
            continue; // Not every release was collected.
        }
        let schema = historical(&path);
        let expected = Kinds {
            commands,
            structs,
            enums,
            unions,
            alternates,
            events: 0,
        };
        assert_eq!(kinds(&schema), expected, "{release}");
    }
}

#[test]
fn current_release_obeys_the_current_rules() {
    let Some(folder) = shared("corpus/qga") else {
        return;
    };
    qapi_parser::load(folder.join("10.2.json")).expect("10.2 is the current language");
    let Some(folder) = shared("corpus/qmp") else {
        return;
    };
    qapi_parser::load(qmp_root(&folder.join("10.2"))).expect("10.2 is the current language");
}

/// The table of what each release defines. A release that is not in it only has
/// to load; one that is not in the collection is passed over.
#[test]
fn releases_define_what_the_table_says() {
    let Some(corpus) = shared("corpus") else {
        return;
    };
    let mut counted = String::from(COUNTS_TITLE);
    for path in entries(&corpus.join("qga")) {
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        counted.push_str(&row("qga", &name, &historical(&path)));
    }
    for path in entries(&corpus.join("qmp")) {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        counted.push_str(&row("qmp", &name, &historical(&qmp_root(&path))));
    }
    if std::env::var_os("UPDATE_EXPECT").is_some_and(|update| update == "1") {
        std::fs::write("tests/counts.txt", counted).expect("the table can be written");
        return;
    }
    let table = include_str!("counts.txt");
    let rows: HashSet<_> = table.lines().collect();
    let release = |line: &str| {
        line.split_whitespace()
            .take(2)
            .collect::<Vec<_>>()
            .join(" ")
    };
    let listed: HashSet<_> = table.lines().map(release).collect();
    let wrong = counted
        .lines()
        .filter(|line| !rows.contains(line) && listed.contains(&release(line)));
    assert_eq!(wrong.collect::<Vec<_>>(), [""; 0]);
}

const COUNTS_TITLE: &str =
    "# schema release commands structs enums unions alternates events, as written\n";

fn row(schema: &str, release: &str, loaded: &Schema) -> String {
    let it = kinds(loaded);
    format!(
        "{schema} {release:<5} {:4} {:4} {:4} {:3} {:2} {:3}\n",
        it.commands, it.structs, it.enums, it.unions, it.alternates, it.events
    )
}

/// What can be counted in a schema beyond its definitions.
#[derive(Debug, Default, PartialEq, Eq)]
struct Sizes {
    modules: usize,
    kinds: Kinds,
    values: usize,
    array_types: usize,
    members: usize,
    optional_members: usize,
    listed_branches: usize,
    empty_branches: usize,
    without_arguments: usize,
    without_return: usize,
    conditional_definitions: usize,
    conditional_members: usize,
    conditional_values: usize,
    implicit_objects: usize,
    comments: usize,
    headings: usize,
}

fn sizes(schema: &Schema) -> Sizes {
    let mut sizes = Sizes {
        modules: schema.modules().len(),
        kinds: kinds(schema),
        // The object without members is always there.
        implicit_objects: 1,
        headings: schema.modules().iter().map(headings).sum(),
        ..Sizes::default()
    };
    let mut arrays = HashSet::new();
    for (_, definition) in schema.definitions() {
        sizes.conditional_definitions += usize::from(definition.cond.is_some());
        sizes.comments += usize::from(definition.doc.is_some());
        match &definition.kind {
            DefinitionKind::Enum(enum_) => {
                sizes.values += enum_.values.len();
                let conditional = enum_.values.iter().filter(|value| value.cond.is_some());
                sizes.conditional_values += conditional.count();
            }
            DefinitionKind::Struct(struct_) => sizes.add_members(&struct_.members, &mut arrays),
            DefinitionKind::Union(union) => {
                sizes.add_data(&union.base, &mut arrays);
                sizes.add_branches(schema, union);
            }
            DefinitionKind::Alternate(alternate) => {
                arrays.extend(
                    alternate
                        .alternatives
                        .iter()
                        .filter_map(|it| element(&it.ty)),
                );
            }
            DefinitionKind::Command(command) => {
                sizes.add_data(&command.arguments, &mut arrays);
                arrays.extend(command.returns.as_ref().and_then(element));
                let none = matches!(&command.arguments, Members::Inline(none) if none.is_empty());
                sizes.without_arguments += usize::from(none);
                sizes.without_return += usize::from(command.returns.is_none());
            }
            DefinitionKind::Event(event) => sizes.add_data(&event.arguments, &mut arrays),
        }
    }
    sizes.array_types = arrays.len();
    sizes
}

impl Sizes {
    fn add_data<'s>(&mut self, data: &'s Members, arrays: &mut HashSet<&'s TypeRef>) {
        if let Members::Inline(members) = data {
            self.implicit_objects += usize::from(!members.is_empty());
            self.add_members(members, arrays);
        }
    }

    fn add_members<'s>(&mut self, members: &'s [Member], arrays: &mut HashSet<&'s TypeRef>) {
        self.members += members.len();
        self.optional_members += members.iter().filter(|member| member.optional).count();
        self.conditional_members += members
            .iter()
            .filter(|member| member.cond.is_some())
            .count();
        arrays.extend(members.iter().filter_map(|member| element(&member.ty)));
    }

    fn add_branches(&mut self, schema: &Schema, union: &Union) {
        let tag = schema.enum_(union.tag).expect("a tag is an enum");
        self.listed_branches += union.branches.len();
        self.empty_branches += tag.values.len() - union.branches.len();
    }
}

/// The number of comments in a file that are for no definition.
fn headings(module: &Module) -> usize {
    let texts = module.items.iter();
    texts
        .filter(|item| matches!(item, ModuleItem::Text(_)))
        .count()
}

/// The element of an array of definitions.
fn element(ty: &TypeRef) -> Option<&TypeRef> {
    match ty {
        TypeRef::Array(element) if matches!(**element, TypeRef::Definition(_)) => Some(&**element),
        _ => None,
    }
}

#[test]
fn current_schemas_have_their_sizes() {
    let Some(agent) = shared("corpus/qga/10.2.json") else {
        return;
    };
    let expected = Sizes {
        modules: 1,
        kinds: Kinds {
            commands: 44,
            structs: 34,
            enums: 8,
            unions: 3,
            alternates: 2,
            events: 0,
        },
        values: 38,
        array_types: 15,
        members: 216,
        optional_members: 87,
        listed_branches: 3,
        empty_branches: 19,
        without_arguments: 24,
        without_return: 11,
        conditional_definitions: 55,
        conditional_members: 0,
        conditional_values: 1,
        implicit_objects: 24,
        comments: 91,
        headings: 1,
    };
    assert_eq!(sizes(&historical(&agent)), expected);
    let Some(machine) = shared("corpus/qmp/10.2/qapi/qapi-schema.json") else {
        return;
    };
    let expected = Sizes {
        modules: 46,
        kinds: Kinds {
            commands: 244,
            structs: 479,
            enums: 182,
            unions: 43,
            alternates: 6,
            events: 57,
        },
        values: 1152,
        array_types: 108,
        members: 2356,
        optional_members: 1158,
        listed_branches: 266,
        empty_branches: 184,
        without_arguments: 85,
        without_return: 139,
        conditional_definitions: 82,
        conditional_members: 8,
        conditional_values: 58,
        implicit_objects: 216,
        comments: 1011,
        headings: 46,
    };
    assert_eq!(sizes(&historical(&machine)), expected);
}

#[test]
fn own_agent_schemas_equal_the_released_ones() {
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("../schema");
    let Some(folder) = shared("corpus/qga") else {
        return;
    };
    let mut count = 0;
    for path in entries(&own) {
        let name = path
            .file_name()
            .and_then(|name| name.to_str())
            .unwrap_or_default();
        let Some(release) = name.strip_prefix("qga-").filter(|it| it.ends_with(".json")) else {
            continue;
        };
        let released = historical(&folder.join(release)).describe();
        assert_eq!(historical(&path).describe(), released, "{name}");
        count += 1;
    }
    assert!(count >= 2, "only {count} schemas");
}

#[test]
fn own_current_schema_obeys_the_current_rules() {
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("../schema/qga-10.2.json");
    qapi_parser::load(own).expect("our own schema is in the current language");
}

#[test]
fn seed_of_2011_equals_release_0_15() {
    let Some(seed) = shared("corpus/seeds/2011-07.json") else {
        return;
    };
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("../schema/qga-0.15.json");
    assert_eq!(historical(&own).describe(), historical(&seed).describe());
}

#[test]
fn lost_indentation_changes_nothing() {
    let Some(folder) = shared("corpus/seeds") else {
        return;
    };
    let flat = historical(&folder.join("2015-05-flat.json")).describe();
    assert_eq!(flat, historical(&folder.join("2015-05.json")).describe());
}
