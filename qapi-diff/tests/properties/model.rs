//! Schemas made up at random, and different ways to write down the same one.

use std::fmt::Write as _;

use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use qapi_parser::{Checked, Loader, MemoryReader, Schema};

/// How many types of each kind there are, so that any number below it refers to one.
const TYPES: usize = 3;

/// A schema, apart from the names of its types and the way it is written.
#[derive(Clone, Debug)]
pub(crate) struct Model {
    enums: Vec<Vec<(String, Marks)>>,
    structs: Vec<Members>,
    unions: Vec<Union>,
    alternates: Vec<[Option<Ty>; 3]>,
    commands: Vec<(String, Command)>,
    events: Vec<(String, Members)>,
}

type Members = Vec<(String, Member)>;

#[derive(Clone, Debug)]
struct Member {
    optional: bool,
    ty: Ty,
    marks: Marks,
}

/// A condition and a feature, as they are written behind something.
#[derive(Clone, Debug)]
struct Marks {
    cond: Option<&'static str>,
    feature: Option<&'static str>,
}

#[derive(Clone, Debug)]
enum Ty {
    Builtin(&'static str),
    Enum(usize),
    Struct(usize),
    Union(usize),
    Alternate(usize),
    Array(Box<Ty>),
}

#[derive(Clone, Debug)]
struct Union {
    tag: usize,
    base: Members,
    /// What the first values of the tag bring.
    branches: Vec<Members>,
}

#[derive(Clone, Debug)]
struct Command {
    arguments: Members,
    returns: Option<Ty>,
    marks: Marks,
    allow_oob: bool,
}

/// A way to write a schema down.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Style {
    /// What names of types start with.
    pub(crate) prefix: &'static str,
    /// Whether everything stands the other way round.
    pub(crate) is_reversed: bool,
    /// How many members of each struct are in a base; all that come first, as they stand.
    pub(crate) in_base: usize,
    /// Whether arguments and bases of unions have names.
    pub(crate) is_named: bool,
}

pub(crate) fn style() -> impl Strategy<Value = Style> {
    let prefix = prop::sample::select(vec!["Red", "Green", "Blue"]);
    (prefix, any::<bool>(), 0..3_usize, any::<bool>()).prop_map(
        |(prefix, is_reversed, in_base, is_named)| Style {
            prefix,
            is_reversed,
            in_base,
            is_named,
        },
    )
}

pub(crate) fn model() -> impl Strategy<Value = Model> {
    let union = (0..TYPES, members(), vec(members(), 0..3)).prop_map(|(tag, base, branches)| {
        let own = |members: Members| {
            let of_base = |name: &String| base.iter().any(|(it, _)| it == name);
            members
                .into_iter()
                .filter(|(name, _)| !of_base(name))
                .collect()
        };
        let branches = branches.into_iter().map(own).collect();
        Union {
            tag,
            base,
            branches,
        }
    });
    let alternate = (
        prop::option::of(object()),
        prop::option::of(flat()),
        prop::sample::select(vec!["str", "int", "number", "bool", "null"]),
    );
    let alternate = alternate.prop_map(|(object, element, builtin)| {
        let array = element.map(|ty| Ty::Array(Box::new(ty)));
        [object, array, Some(Ty::Builtin(builtin))]
    });
    let command = (
        members(),
        prop::option::of(object()),
        marks(),
        any::<bool>(),
    );
    let command = command.prop_map(|(arguments, returns, marks, allow_oob)| Command {
        arguments,
        returns,
        marks,
        allow_oob,
    });
    let values = btree_map("[v-z]", marks(), 1..4).prop_map(|map| map.into_iter().collect());
    (
        vec(values, TYPES),
        vec(members(), TYPES),
        vec(union, TYPES),
        vec(alternate, TYPES),
        btree_map("[a-c]-do", command, 0..3),
        btree_map("[A-C]_DONE", members(), 0..3),
    )
        .prop_map(
            |(enums, structs, unions, alternates, commands, events)| Model {
                enums,
                structs,
                unions,
                alternates,
                commands: commands.into_iter().collect(),
                events: events.into_iter().collect(),
            },
        )
}

fn members() -> impl Strategy<Value = Members> {
    let member = (any::<bool>(), ty(), marks()).prop_map(|(optional, ty, marks)| Member {
        optional,
        ty,
        marks,
    });
    btree_map("[a-d]", member, 0..4).prop_map(|map| map.into_iter().collect())
}

fn marks() -> impl Strategy<Value = Marks> {
    let conds = vec!["'A'", "'B'", "{ 'not': 'A' }", "{ 'all': [ 'B', 'A' ] }"];
    let features = vec!["deprecated", "unstable", "fast"];
    (
        prop::option::weighted(0.2, prop::sample::select(conds)),
        prop::option::weighted(0.2, prop::sample::select(features)),
    )
        .prop_map(|(cond, feature)| Marks { cond, feature })
}

fn object() -> impl Strategy<Value = Ty> {
    prop_oneof![
        (0..TYPES).prop_map(Ty::Struct),
        (0..TYPES).prop_map(Ty::Union)
    ]
}

fn ty() -> impl Strategy<Value = Ty> {
    (single(), any::<bool>()).prop_map(|(ty, is_array)| match is_array {
        true => Ty::Array(Box::new(ty)),
        false => ty,
    })
}

/// A type that is no array.
fn single() -> impl Strategy<Value = Ty> {
    prop_oneof![flat(), object(), (0..TYPES).prop_map(Ty::Alternate)]
}

/// A type with nothing in it but values. Arrays of others are no alternatives here: a path does not tell what is in them
/// from what is in another alternative.
fn flat() -> impl Strategy<Value = Ty> {
    let builtins = vec![
        "str", "int", "int64", "uint8", "size", "number", "bool", "null", "any",
    ];
    prop_oneof![
        prop::sample::select(builtins).prop_map(Ty::Builtin),
        (0..TYPES).prop_map(Ty::Enum),
    ]
}

impl Model {
    /// The schema, written in a style.
    pub(crate) fn load(&self, style: Style) -> Checked<Schema> {
        let mut definitions = self.definitions(style);
        if style.is_reversed {
            definitions.reverse();
        }
        let text = definitions.concat();
        let files = MemoryReader::from_iter([("made-up.json", &*text)]);
        let loaded = Loader::new().reader(Box::new(files)).load("made-up.json");
        loaded.unwrap_or_else(|error| panic!("{error}\n{text}"))
    }

    fn definitions(&self, style: Style) -> Vec<String> {
        let mut all = Vec::new();
        for (index, values) in self.enums.iter().enumerate() {
            let value =
                |(name, marks): &(String, Marks)| marks.behind(&format!("'name': '{name}'"));
            let values = join(values.iter().map(value).collect(), style);
            let name = style.name("Enum", index);
            all.push(format!("{{ 'enum': '{name}', 'data': [ {values} ] }}\n"));
        }
        for (index, members) in self.structs.iter().enumerate() {
            style.define(&mut all, &style.name("Struct", index), members);
        }
        for (index, union) in self.unions.iter().enumerate() {
            self.define_union(&mut all, index, union, style);
        }
        for (index, alternatives) in self.alternates.iter().enumerate() {
            let names = ["o", "a", "s"].iter().zip(alternatives);
            let write = |(name, ty): (&&str, &Option<Ty>)| {
                Some(format!("'{name}': {}", ty.as_ref()?.write(style)))
            };
            let data = join(names.filter_map(write).collect(), style);
            let name = style.name("Alternate", index);
            all.push(format!(
                "{{ 'alternate': '{name}', 'data': {{ {data} }} }}\n"
            ));
        }
        for (name, command) in &self.commands {
            define_command(&mut all, name, command, style);
        }
        for (name, members) in &self.events {
            let data = style.arguments(&mut all, &format!("Event{}", &name[..1]), members);
            all.push(format!("{{ 'event': '{name}', {data} }}\n"));
        }
        all
    }

    fn define_union(&self, all: &mut Vec<String>, index: usize, union: &Union, style: Style) {
        let name = style.name("Union", index);
        let tag = format!("'kind': '{}'", style.name("Enum", union.tag));
        let mut base = vec![tag];
        base.extend(union.base.iter().map(|member| write_member(member, style)));
        let base = format!("{{ {} }}", join(base, style));
        let base = match style.is_named {
            true => {
                all.push(format!("{{ 'struct': '{name}Base', 'data': {base} }}\n"));
                format!("'{name}Base'")
            }
            false => base,
        };
        let values = self.enums[union.tag].iter().zip(&union.branches);
        let mut branches = Vec::new();
        for (number, ((value, marks), members)) in values.enumerate() {
            let branch = format!("{name}Branch{number}");
            style.define(all, &branch, members);
            let ty = format!("'type': '{branch}'");
            let marks = Marks {
                feature: None,
                ..marks.clone()
            };
            branches.push(format!("'{value}': {}", marks.behind(&ty)));
        }
        let data = join(branches, style);
        all.push(format!(
            "{{ 'union': '{name}', 'base': {base}, 'discriminator': 'kind', 'data': {{ {data} }} }}\n"
        ));
    }
}

fn define_command(all: &mut Vec<String>, name: &str, command: &Command, style: Style) {
    let mut body = style.arguments(all, &format!("Command{}", &name[..1]), &command.arguments);
    let mut add =
        |key: &str, value: &str| write!(body, ", '{key}': {value}").expect("it is a String");
    if let Some(returns) = &command.returns {
        add("returns", &returns.write(style));
    }
    if command.allow_oob {
        add("allow-oob", "true");
    }
    all.push(
        command
            .marks
            .behind(&format!("'command': '{name}', {body}"))
            + "\n",
    );
}

impl Marks {
    /// An object with some keys and these behind them.
    fn behind(&self, keys: &str) -> String {
        let cond = self.cond.map(|cond| format!(", 'if': {cond}"));
        let feature = self
            .feature
            .map(|name| format!(", 'features': [ '{name}' ]"));
        let (cond, feature) = (cond.unwrap_or_default(), feature.unwrap_or_default());
        format!("{{ {keys}{cond}{feature} }}")
    }
}

impl Ty {
    fn write(&self, style: Style) -> String {
        match self {
            Self::Builtin(name) => format!("'{name}'"),
            Self::Enum(index) => format!("'{}'", style.name("Enum", *index)),
            Self::Struct(index) => format!("'{}'", style.name("Struct", *index)),
            Self::Union(index) => format!("'{}'", style.name("Union", *index)),
            Self::Alternate(index) => format!("'{}'", style.name("Alternate", *index)),
            Self::Array(element) => format!("[ {} ]", element.write(style)),
        }
    }
}

impl Style {
    fn name(self, kind: &str, index: usize) -> String {
        format!("{}{kind}{index}", self.prefix)
    }

    /// Adds a struct, perhaps with some members in a base.
    fn define(self, all: &mut Vec<String>, name: &str, members: &Members) {
        let members: Vec<_> = members.iter().map(|it| write_member(it, self)).collect();
        let (inherited, own) = members.split_at(self.in_base.min(members.len()));
        let own = join(own.to_vec(), self);
        if inherited.is_empty() {
            all.push(format!("{{ 'struct': '{name}', 'data': {{ {own} }} }}\n"));
            return;
        }
        let inherited = join(inherited.to_vec(), self);
        all.push(format!(
            "{{ 'struct': '{name}Base', 'data': {{ {inherited} }} }}\n"
        ));
        all.push(format!(
            "{{ 'struct': '{name}', 'base': '{name}Base', 'data': {{ {own} }} }}\n"
        ));
    }

    /// The keys for arguments; only those with a name may be conditional.
    fn arguments(self, all: &mut Vec<String>, name: &str, members: &Members) -> String {
        let has_conds = members
            .iter()
            .any(|(_, member)| member.marks.cond.is_some());
        if self.is_named || has_conds {
            let name = format!("{}{name}", self.prefix);
            self.define(all, &name, members);
            return format!("'data': '{name}', 'boxed': true");
        }
        let members = members.iter().map(|it| write_member(it, self)).collect();
        format!("'data': {{ {} }}", join(members, self))
    }
}

fn write_member((name, member): &(String, Member), style: Style) -> String {
    let star = if member.optional { "*" } else { "" };
    let ty = format!("'type': {}", member.ty.write(style));
    format!("'{star}{name}': {}", member.marks.behind(&ty))
}

fn join(mut items: Vec<String>, style: Style) -> String {
    if style.is_reversed {
        items.reverse();
    }
    items.join(", ")
}
