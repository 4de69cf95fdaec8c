//! The Rust names of all definitions, chosen before anything refers to them.

use std::collections::BTreeMap;

use qapi_parser::{Command, Definition, DefinitionId, DefinitionKind, Event, Union};

use super::error::LowerError;
use super::modules::Modules;
use super::name::{self, Kind, Scope};
use super::pattern::{Part, Place};
use super::{Cx, member};
use crate::choice;
use crate::ident::Ident;
use crate::ir::Path;

/// The Rust names of the definitions that exist.
#[derive(Debug, Default)]
pub(crate) struct Names {
    /// Types, and the types of arguments and event data.
    types: BTreeMap<DefinitionId, Ident>,
    /// The enums of the branches, of unions with more than a tag in their base.
    branches: BTreeMap<DefinitionId, Ident>,
    /// The methods of commands.
    methods: BTreeMap<DefinitionId, Ident>,
    /// Where documentation finds a definition: its wire name and Rust path in its module. What only
    /// the compiler can tell to be there has none, for a link may not lead nowhere.
    paths: BTreeMap<String, (Option<DefinitionId>, String)>,
    /// Where the types are.
    pub(crate) modules: Modules,
}

impl Names {
    /// Names everything, and reports names that clash.
    pub(crate) fn choose(cx: &mut Cx<'_>) -> Self {
        let mut names = Self::default();
        let mut root = Scope::new(Kind::Type);
        names.modules = Modules::choose(cx, &mut root);
        let mut types = BTreeMap::from([(None, root)]);
        let mut methods = Scope::new(Kind::Method);
        let definitions: Vec<_> = cx.kept().collect();
        for (id, definition) in definitions {
            for suffix in type_suffixes(cx, id, definition) {
                let module = names.modules.of(id).cloned();
                let scope = types
                    .entry(module)
                    .or_insert_with(|| Scope::new(Kind::Type));
                names.add_type(cx, scope, (id, definition), suffix);
            }
            if let DefinitionKind::Command(_) = definition.kind {
                let method = name::method(&definition.name.text);
                let ident = cx.claim(&mut methods, Place::whole(id), method, &definition.name);
                let is_certain = cx.cfg_of(id).is_always();
                if let Some(home) = home_of_methods(cx).filter(|_| is_certain) {
                    let path = (None, format!("{home}::{ident}"));
                    names.paths.insert(definition.name.text.to_string(), path);
                }
                names.methods.insert(id, ident);
            }
        }
        check_service(cx, &names, &types[&None]);
        names
    }

    fn add_type(
        &mut self,
        cx: &mut Cx<'_>,
        scope: &mut Scope,
        (id, definition): (DefinitionId, &Definition),
        suffix: Suffix,
    ) {
        let wire_name = &definition.name.text;
        let whole = Place::whole(id);
        let (place, name) = match suffix {
            Suffix::None => (whole, name::type_name(wire_name)),
            Suffix::Args => (Place::data(id), name::derived_type(wire_name, "Args")),
            Suffix::Event => (Place::data(id), name::derived_type(wire_name, "Event")),
            Suffix::Branch => {
                let union = self.type_ident(id).to_string();
                (
                    Place::branches(id),
                    union.trim_end_matches('_').to_owned() + "Branch",
                )
            }
        };
        let ident = cx.claim(scope, place, name, &definition.name);
        match suffix {
            Suffix::None | Suffix::Event => {
                if cx.cfg_of(id).is_always() {
                    let path = (Some(id), ident.to_string());
                    self.paths.insert(wire_name.to_string(), path);
                }
                self.types.insert(id, ident);
            }
            Suffix::Args => drop(self.types.insert(id, ident)),
            Suffix::Branch => drop(self.branches.insert(id, ident)),
        }
    }

    /// The Rust name of a type, or of the arguments of a command.
    pub(crate) fn type_ident(&self, id: DefinitionId) -> Ident {
        // Only an excluded definition has no name, and its use is reported.
        let ident = self.types.get(&id).cloned();
        ident.unwrap_or_else(|| name::ident("Excluded"))
    }

    /// The same from where the code stands that is being decided on.
    pub(crate) fn type_path(&self, id: DefinitionId) -> Path {
        self.modules.path(id, self.type_ident(id))
    }

    /// The Rust name of the branches of a union, where they have one of their own.
    pub(crate) fn branch_ident(&self, id: DefinitionId) -> Option<Ident> {
        self.branches.get(&id).cloned()
    }

    /// The Rust name of a command's method.
    pub(crate) fn method_ident(&self, id: DefinitionId) -> Ident {
        let ident = self.methods.get(&id).cloned();
        ident.expect("every command that exists was given a name")
    }

    /// Where generated documentation finds what the schema calls `name`.
    pub(crate) fn path(&self, name: &str) -> Option<String> {
        let (id, path) = self.paths.get(name)?;
        Some(self.modules.doc_path(*id, path))
    }
}

/// What has a method for each command, in whatever is generated.
fn home_of_methods(cx: &Cx<'_>) -> Option<String> {
    let service = &cx.options.service;
    let has = |part| cx.options.parts.contains(&part);
    if has(choice::Part::Server) {
        Some(service.clone())
    } else {
        has(choice::Part::Client).then(|| format!("{service}Client"))
    }
}

/// Whether Rust has a name for this part of a definition, that a user can choose.
pub(crate) fn has_name(_: &DefinitionKind, part: Part<'_>) -> bool {
    match part {
        Part::Whole | Part::Data | Part::Branches | Part::Member(_) => true,
        // A branch is called like the value that chooses it.
        Part::Return | Part::Branch(_) => false,
    }
}

/// What is put behind the name of a definition to name a type that it needs.
#[derive(Clone, Copy)]
enum Suffix {
    None,
    Args,
    Event,
    Branch,
}

fn type_suffixes(cx: &Cx<'_>, id: DefinitionId, definition: &Definition) -> Vec<Suffix> {
    if cx.hooks.replaces(Place::whole(id)) {
        return Vec::new();
    }
    match &definition.kind {
        DefinitionKind::Enum(_) | DefinitionKind::Struct(_) | DefinitionKind::Alternate(_) => {
            vec![Suffix::None]
        }
        DefinitionKind::Union(union) if has_branch_enum(cx, id, union) => {
            vec![Suffix::None, Suffix::Branch]
        }
        DefinitionKind::Union(_) => vec![Suffix::None],
        DefinitionKind::Command(Command {
            generate: false, ..
        }) => Vec::new(),
        DefinitionKind::Command(Command { arguments, .. }) if member::has_inline(cx, arguments) => {
            vec![Suffix::Args]
        }
        DefinitionKind::Event(Event { arguments, .. }) if member::has_inline(cx, arguments) => {
            vec![Suffix::Event]
        }
        DefinitionKind::Command(_) | DefinitionKind::Event(_) => Vec::new(),
    }
}

/// Whether a union's base has more than the tag.
fn has_branch_enum(cx: &Cx<'_>, id: DefinitionId, union: &Union) -> bool {
    let tag = &union.discriminator.text;
    let members = member::of(cx, id);
    members.iter().any(|owned| owned.member.name.text != *tag)
}

fn check_service(cx: &mut Cx<'_>, names: &Names, types: &Scope) {
    let is_event = |definition: &Definition| matches!(definition.kind, DefinitionKind::Event(_));
    let service = &cx.options.service;
    let mut idents = Vec::new();
    if !names.methods.is_empty() {
        idents.push(service.clone());
        idents.extend(["Server", "Client"].map(|suffix| format!("{service}{suffix}")));
    }
    if cx.kept().any(|(_, definition)| is_event(definition)) {
        idents.push(format!("{service}Event"));
    }
    for ident in idents {
        if let Some(name) = types.owner(&ident).cloned() {
            cx.error(LowerError::ServiceClash { ident, name });
        }
    }
}
