//! A schema in the form in which QEMU's tests write one down.
//!
//! The form lists what the tool generates as well: array types and the objects
//! behind arguments and bases that have no name. Comments come last.

use std::collections::HashSet;
use std::fmt::Write as _;
use std::path::{Component, Path, PathBuf};

use qapi_parser::{
    Cond, Definition, DefinitionId, DefinitionKind, Doc, DocEntry, Feature, FileId, Member,
    Members, ModuleItem, Schema, SectionKind, TypeRef, Union,
};

/// What every schema has.
const BUILTIN: &str = "module ./builtin\nobject q_empty\nenum QType\n    member none\n    \
    member qnull\n    member qnum\n    member qstring\n    member qdict\n    member qlist\n    \
    member qbool\n";

/// The schema in that form; `folder` is the one of the root file.
pub(crate) fn dump(schema: &Schema, folder: &Path) -> String {
    let items = spliced(schema);
    let entities = entities(schema, folder, &items);
    let mut text = BUILTIN.to_owned();
    push_entities(&mut text, &entities, None);
    for module in schema.modules() {
        writeln!(text, "module {}", relative(&module.path, folder)).unwrap();
        push_entities(&mut text, &entities, Some(module.file));
    }
    for (_, item) in items {
        match item {
            ModuleItem::Include(_) => {}
            ModuleItem::Definition(id) => dump_doc(&mut text, schema.definition(*id)),
            ModuleItem::Text(doc) => dump_text(&mut text, doc),
        }
    }
    text
}

/// What stands in all files, in the order in which the tool reads it: that of an
/// included file behind the directive that names it first.
fn spliced(schema: &Schema) -> Vec<(FileId, &ModuleItem)> {
    let root = &schema.modules()[0];
    let mut items = Vec::new();
    let mut entered = HashSet::from([root.file]);
    let mut open = vec![(root.file, root.items.iter())];
    while let Some((file, rest)) = open.last_mut() {
        let Some(item) = rest.next() else {
            open.pop();
            continue;
        };
        items.push((*file, item));
        if let ModuleItem::Include(included) = item
            && entered.insert(*included)
        {
            open.push((*included, schema.module(*included).items.iter()));
        }
    }
    items
}

/// A path from the folder of the root file.
fn relative(path: &Path, folder: &Path) -> String {
    let path = path.strip_prefix(folder).unwrap_or(path);
    let mut normal = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir if normal.file_name().is_some() => drop(normal.pop()),
            other => normal.push(other),
        }
    }
    normal.display().to_string()
}

/// Something that the form lists, and the file whose module it is in; none for
/// what belongs to the language.
struct Entity {
    home: Option<FileId>,
    text: String,
}

fn push_entities(text: &mut String, entities: &[Entity], module: Option<FileId>) {
    let inside = entities.iter().filter(|entity| entity.home == module);
    inside.for_each(|entity| text.push_str(&entity.text));
}

fn entities(schema: &Schema, folder: &Path, items: &[(FileId, &ModuleItem)]) -> Vec<Entity> {
    let mut entities = Entities {
        schema,
        arrays: HashSet::new(),
        list: Vec::new(),
    };
    for (file, item) in items {
        match item {
            ModuleItem::Include(included) => {
                let path = relative(&schema.module(*included).path, folder);
                entities.push(Some(*file), format!("include {path}\n"));
            }
            ModuleItem::Definition(id) => entities.definition(*file, schema.definition(*id)),
            ModuleItem::Text(_) => {}
        }
    }
    entities.list
}

struct Entities<'s> {
    schema: &'s Schema,
    /// The types of which there is an array type by now.
    arrays: HashSet<DefinitionId>,
    list: Vec<Entity>,
}

impl Entities<'_> {
    fn push(&mut self, home: Option<FileId>, text: String) {
        self.list.push(Entity { home, text });
    }

    /// Lists a definition, after what it needs to be generated.
    fn definition(&mut self, file: FileId, definition: &Definition) {
        let members = match &definition.kind {
            DefinitionKind::Struct(struct_) => &struct_.members,
            DefinitionKind::Union(union) => inline(&union.base),
            DefinitionKind::Command(command) => inline(&command.arguments),
            DefinitionKind::Event(event) => inline(&event.arguments),
            DefinitionKind::Enum(_) | DefinitionKind::Alternate(_) => &[],
        };
        members.iter().for_each(|member| self.array(&member.ty));
        if let DefinitionKind::Alternate(alternate) = &definition.kind {
            alternate
                .alternatives
                .iter()
                .for_each(|it| self.array(&it.ty));
        }
        if let Some(text) = implicit(self.schema, definition) {
            self.push(Some(file), text);
        }
        if let DefinitionKind::Command(command) = &definition.kind {
            command
                .returns
                .iter()
                .for_each(|returns| self.array(returns));
        }
        self.push(Some(file), dump_definition(self.schema, definition));
    }

    /// Lists an array type in the module of its elements, once.
    fn array(&mut self, ty: &TypeRef) {
        let TypeRef::Array(element) = ty else { return };
        // The array types of types of the language are always there.
        let TypeRef::Definition(element) = **element else {
            return;
        };
        if self.arrays.insert(element) {
            let definition = self.schema.definition(element);
            let name = &definition.name;
            let mut text = format!("array {name}List {name}\n");
            dump_extras(&mut text, "    ", definition.cond.as_ref(), &[]);
            let home = self.schema.sources().file_at(definition.span.start);
            self.push(home.filter(|_| name.text != "QType"), text);
        }
    }
}

fn inline(members: &Members) -> &[Member] {
    match members {
        Members::Inline(members) => members,
        Members::Named(_) => &[],
    }
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
        Members::Named(id) => schema.definition(*id).name.text.to_string(),
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
                dump_extras(
                    &mut text,
                    "        ",
                    value.cond.as_deref(),
                    &value.features,
                );
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
        dump_extras(text, "        ", member.cond.as_deref(), &member.features);
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
        dump_extras(text, "        ", value.cond.as_deref(), &[]);
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

/// A comment for no definition.
fn dump_text(text: &mut String, doc: &Doc) {
    // In a file of old, the comment may name something that is not there.
    if doc.symbol.is_none() {
        write!(text, "doc freeform\n    body=\n{}\n", doc.body.indented()).unwrap();
    }
}

fn dump_doc(text: &mut String, definition: &Definition) {
    let Some(doc) = &definition.doc else { return };
    let (name, body) = (&definition.name, doc.body.indented());
    write!(text, "doc symbol={name}\n    body=\n{body}\n").unwrap();
    dump_entries(text, "arg", &doc.members);
    // What is excepted from being described gets an empty description.
    for name in described_names(definition) {
        if doc.member(name).is_none() {
            write!(text, "    arg={name}\n\n").unwrap();
        }
    }
    dump_entries(text, "feature", &doc.features);
    for section in &doc.sections {
        let kind = match section.kind {
            SectionKind::Plain => "Plain",
            SectionKind::Returns => "Returns",
            SectionKind::Errors => "Errors",
            SectionKind::Since => "Since",
            SectionKind::Todo => "Todo",
        };
        write!(text, "    section={kind}\n{}\n", section.text.indented()).unwrap();
    }
}

fn dump_entries(text: &mut String, what: &str, entries: &[DocEntry]) {
    for entry in entries {
        write!(
            text,
            "    {what}={}\n{}\n",
            entry.name,
            entry.text.indented()
        )
        .unwrap();
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
