//! A schema in the form in which QEMU's tests write one down.
//!
//! The form lists what the tool generates as well: array types and the objects
//! behind arguments and bases that have no name.

use std::collections::HashSet;
use std::fmt::Write as _;
use std::path::{Component, Path, PathBuf};

use qapi_parser::{
    Cond, Definition, DefinitionId, DefinitionKind, Doc, DocEntry, Feature, Member, Members,
    Module, Schema, SectionKind, TypeRef, Union,
};

/// What every schema has.
const BUILTIN: &str = "module ./builtin\nobject q_empty\nenum QType\n    member none\n    \
    member qnull\n    member qnum\n    member qstring\n    member qdict\n    member qlist\n    \
    member qbool\n";

/// The schema in that form.
pub(crate) fn dump(schema: &Schema, folder: &Path) -> String {
    let entities = entities(schema);
    let mut text = BUILTIN.to_owned();
    for module in schema.modules() {
        writeln!(text, "module {}", relative(&module.path, folder)).unwrap();
        for include in &module.includes {
            writeln!(text, "include {}", relative(include, folder)).unwrap();
        }
        entities
            .iter()
            .filter(|it| it.is_in(module))
            .for_each(|it| text.push_str(&it.text));
    }
    for (_, definition) in schema.definitions() {
        dump_doc(&mut text, definition);
    }
    text
}

/// A path from the folder of the root file.
fn relative(path: &Path, folder: &Path) -> String {
    let path = path.strip_prefix(folder).unwrap_or(path);
    let mut normal = PathBuf::new();
    for component in path.components() {
        match component {
            Component::ParentDir => drop(normal.pop()),
            other => normal.push(other),
        }
    }
    normal.display().to_string()
}

/// Something that the form lists, and the definition whose module it is in.
struct Entity {
    home: DefinitionId,
    text: String,
}

impl Entity {
    fn is_in(&self, module: &Module) -> bool {
        module.definitions.contains(&self.home)
    }
}

fn entities(schema: &Schema) -> Vec<Entity> {
    let mut entities = Vec::new();
    let mut arrays = HashSet::new();
    for (id, definition) in schema.definitions() {
        for ty in array_uses(definition) {
            let TypeRef::Array(element) = ty else {
                continue;
            };
            let TypeRef::Definition(home) = **element else {
                continue;
            };
            if arrays.insert(home) {
                let name = &schema.definition(home).name;
                entities.push(Entity {
                    home,
                    text: format!("array {name}List {name}\n"),
                });
            }
        }
        if let Some(text) = implicit(schema, definition) {
            // What a command returns is looked at after what it takes.
            let at = entities.len() - usize::from(returns_new_array(definition, &entities));
            entities.insert(at, Entity { home: id, text });
        }
        entities.push(Entity {
            home: id,
            text: dump_definition(schema, definition),
        });
    }
    entities
}

/// Every use of a type in a definition, in the order in which the tool meets them.
fn array_uses(definition: &Definition) -> Vec<&TypeRef> {
    match &definition.kind {
        DefinitionKind::Struct(struct_) => struct_.members.iter().map(|it| &it.ty).collect(),
        DefinitionKind::Union(union) => inline(&union.base).iter().map(|it| &it.ty).collect(),
        DefinitionKind::Alternate(alternate) => {
            alternate.alternatives.iter().map(|it| &it.ty).collect()
        }
        DefinitionKind::Command(command) => {
            let arguments = inline(&command.arguments).iter().map(|it| &it.ty);
            arguments.chain(&command.returns).collect()
        }
        DefinitionKind::Event(event) => inline(&event.arguments).iter().map(|it| &it.ty).collect(),
        DefinitionKind::Enum(_) => Vec::new(),
    }
}

fn inline(members: &Members) -> &[Member] {
    match members {
        Members::Inline(members) => members,
        Members::Named(_) => &[],
    }
}

/// Whether the last entity is the array that a command returns.
fn returns_new_array(definition: &Definition, entities: &[Entity]) -> bool {
    let DefinitionKind::Command(command) = &definition.kind else {
        return false;
    };
    let Some(TypeRef::Array(element)) = &command.returns else {
        return false;
    };
    let used = inline(&command.arguments)
        .iter()
        .any(|it| Some(&it.ty) == command.returns.as_ref());
    let TypeRef::Definition(element) = **element else {
        return false;
    };
    !used
        && entities
            .last()
            .is_some_and(|last| last.home == element && last.text.starts_with("array"))
}

/// The object behind arguments or a base that have no name.
fn implicit(schema: &Schema, definition: &Definition) -> Option<String> {
    let (members, suffix) = match &definition.kind {
        DefinitionKind::Union(union) => (inline(&union.base), "base"),
        DefinitionKind::Command(command) => (inline(&command.arguments), "arg"),
        DefinitionKind::Event(event) => (inline(&event.arguments), "arg"),
        DefinitionKind::Enum(_) | DefinitionKind::Struct(_) | DefinitionKind::Alternate(_) => {
            return None;
        }
    };
    if members.is_empty() {
        return None;
    }
    let mut text = format!("object q_obj_{}-{suffix}\n", definition.name);
    dump_members(&mut text, schema, members);
    dump_extras(&mut text, "    ", definition.cond.as_ref(), &[]);
    Some(text)
}

/// What refers to members, with the name of the object behind them.
fn data_name(schema: &Schema, definition: &Definition, data: &Members, suffix: &str) -> String {
    match data {
        Members::Named(id) => schema.definition(*id).name.text.clone(),
        Members::Inline(members) if members.is_empty() => "None".to_owned(),
        Members::Inline(_) => format!("q_obj_{}-{suffix}", definition.name),
    }
}

fn dump_definition(schema: &Schema, definition: &Definition) -> String {
    let mut text = String::new();
    let name = &definition.name;
    match &definition.kind {
        DefinitionKind::Enum(enum_) => {
            writeln!(text, "enum {name}").unwrap();
            if let Some(prefix) = &enum_.prefix {
                writeln!(text, "    prefix {prefix}").unwrap();
            }
            for value in &enum_.values {
                writeln!(text, "    member {}", value.name).unwrap();
                dump_extras(&mut text, "        ", value.cond.as_ref(), &value.features);
            }
        }
        DefinitionKind::Struct(struct_) => {
            writeln!(text, "object {name}").unwrap();
            if let Some(base) = struct_.base {
                writeln!(text, "    base {}", schema.definition(base).name).unwrap();
            }
            dump_members(&mut text, schema, &struct_.members);
        }
        DefinitionKind::Union(union) => {
            writeln!(text, "object {name}").unwrap();
            let base = data_name(schema, definition, &union.base, "base");
            writeln!(text, "    base {base}\n    tag {}", union.discriminator).unwrap();
            dump_branches(&mut text, schema, union);
        }
        DefinitionKind::Alternate(alternate) => {
            writeln!(text, "alternate {name}\n    tag type").unwrap();
            for it in &alternate.alternatives {
                writeln!(text, "    case {}: {}", it.name, type_name(schema, &it.ty)).unwrap();
                dump_extras(&mut text, "        ", it.cond.as_ref(), &[]);
            }
        }
        DefinitionKind::Command(command) => {
            let arguments = data_name(schema, definition, &command.arguments, "arg");
            let returns = command.returns.as_ref().map(|it| type_name(schema, it));
            let returns = returns.as_deref().unwrap_or("None");
            writeln!(text, "command {name} {arguments} -> {returns}").unwrap();
            writeln!(
                text,
                "    gen={} success_response={} boxed={} oob={} preconfig={}{}",
                python(command.generate),
                python(command.success_response),
                python(command.boxed),
                python(command.allow_oob),
                python(command.allow_preconfig),
                if command.coroutine {
                    " coroutine=True"
                } else {
                    ""
                },
            )
            .unwrap();
        }
        DefinitionKind::Event(event) => {
            let arguments = data_name(schema, definition, &event.arguments, "arg");
            writeln!(
                text,
                "event {name} {arguments}\n    boxed={}",
                python(event.boxed)
            )
            .unwrap();
        }
    }
    dump_extras(
        &mut text,
        "    ",
        definition.cond.as_ref(),
        &definition.features,
    );
    text
}

fn dump_members(text: &mut String, schema: &Schema, members: &[Member]) {
    for member in members {
        let ty = type_name(schema, &member.ty);
        let optional = python(member.optional);
        writeln!(text, "    member {}: {ty} optional={optional}", member.name).unwrap();
        dump_extras(text, "        ", member.cond.as_ref(), &member.features);
    }
}

/// The branches, and after those that are listed the empty ones.
fn dump_branches(text: &mut String, schema: &Schema, union: &Union) {
    for branch in &union.branches {
        let ty = &schema.definition(branch.ty).name;
        writeln!(text, "    case {}: {ty}", branch.name).unwrap();
        dump_extras(text, "        ", branch.cond.as_ref(), &[]);
    }
    let listed: HashSet<_> = union
        .branches
        .iter()
        .map(|it| it.name.text.as_str())
        .collect();
    let values = &schema.enum_(union.tag).expect("a tag is an enum").values;
    for value in values
        .iter()
        .filter(|it| !listed.contains(it.name.text.as_str()))
    {
        writeln!(text, "    case {}: q_empty", value.name).unwrap();
        dump_extras(text, "        ", value.cond.as_ref(), &[]);
    }
}

fn dump_extras(text: &mut String, indent: &str, cond: Option<&Cond>, features: &[Feature]) {
    if let Some(cond) = cond {
        writeln!(text, "{indent}if {cond}").unwrap();
    }
    for feature in features {
        writeln!(text, "{indent}feature {}", feature.name).unwrap();
        dump_extras(text, &format!("{indent}    "), feature.cond.as_ref(), &[]);
    }
}

fn type_name(schema: &Schema, ty: &TypeRef) -> String {
    match ty {
        TypeRef::Array(element) => format!("{}List", type_name(schema, element)),
        other => schema.type_name(other),
    }
}

fn python(flag: bool) -> &'static str {
    if flag { "True" } else { "False" }
}

fn dump_doc(text: &mut String, definition: &Definition) {
    let Some(doc) = &definition.doc else { return };
    let mut lines = format!("doc symbol={}\nbody=\n{}\n", definition.name, doc.body);
    let members = described_names(definition);
    for entry in &doc.members {
        write!(lines, "arg={}\n{}\n", entry.name, entry.text).unwrap();
    }
    for name in members.iter().filter(|name| doc.member(name).is_none()) {
        write!(lines, "arg={name}\n\n").unwrap();
    }
    dump_entries(&mut lines, &doc.features);
    dump_sections(&mut lines, doc);
    lines
        .trim_end()
        .lines()
        .for_each(|line| text.extend([line.trim(), "\n"]));
}

fn dump_entries(lines: &mut String, features: &[DocEntry]) {
    for entry in features {
        write!(lines, "feature={}\n{}\n", entry.name, entry.text).unwrap();
    }
}

fn dump_sections(lines: &mut String, doc: &Doc) {
    for section in &doc.sections {
        let kind = match section.kind {
            SectionKind::Plain => "Plain",
            SectionKind::Returns => "Returns",
            SectionKind::Errors => "Errors",
            SectionKind::Since => "Since",
            SectionKind::Todo => "Todo",
        };
        write!(lines, "section={kind}\n{}\n", section.text).unwrap();
    }
}

/// What the documentation of a definition should describe.
fn described_names(definition: &Definition) -> Vec<&str> {
    let members = match &definition.kind {
        DefinitionKind::Enum(enum_) => {
            return enum_
                .values
                .iter()
                .map(|it| it.name.text.as_str())
                .collect();
        }
        DefinitionKind::Alternate(alternate) => {
            return alternate
                .alternatives
                .iter()
                .map(|it| it.name.text.as_str())
                .collect();
        }
        DefinitionKind::Struct(struct_) => &struct_.members,
        DefinitionKind::Union(union) => inline(&union.base),
        DefinitionKind::Command(command) => inline(&command.arguments),
        DefinitionKind::Event(event) => inline(&event.arguments),
    };
    members.iter().map(|it| it.name.text.as_str()).collect()
}
