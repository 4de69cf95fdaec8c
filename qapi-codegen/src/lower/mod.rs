//! From a checked schema to the [`Module`] to write.
//!
//! This is where everything is decided: what `if` leaves ([`cond`]) and what of
//! that is wanted ([`subset`]), every Rust name ([`name`]) and type ([`ty`]),
//! where a `Box` goes ([`cycle`]), what may hold unknown values ([`direction`]),
//! and what the documentation says ([`doc`]). One file per kind of definition
//! does the rest. A schema that passed its checks can still fail here, because
//! Rust has its own rules ([`error`]).

pub(crate) mod alternate;
pub(crate) mod borrow;
pub(crate) mod command;
pub(crate) mod cond;
mod cx;
pub(crate) mod cycle;
pub(crate) mod deprecation;
pub(crate) mod direction;
pub(crate) mod doc;
pub(crate) mod enum_;
pub(crate) mod error;
pub(crate) mod event;
pub(crate) mod hooks;
pub(crate) mod introspection;
pub(crate) mod member;
pub(crate) mod modules;
pub(crate) mod name;
pub(crate) mod names;
mod near;
pub(crate) mod pattern;
pub(crate) mod reach;
pub(crate) mod struct_;
pub(crate) mod subset;
pub(crate) mod ty;
pub(crate) mod union_;

use std::collections::BTreeSet;

use qapi_parser::{Checked, Definition, DefinitionId, DefinitionKind, Diagnostic, Schema};

use self::borrow::Borrows;
use self::cond::Conds;
pub(crate) use self::cx::Cx;
use self::cycle::Boxes;
use self::direction::Received;
use self::hooks::Hooks;
use self::names::Names;
use self::pattern::{Place, Rules};
use self::subset::Subset;
use crate::choice::{Docs, Part};
use crate::ir::{About, Group, Item, Module, Submodule};

/// What the user decides.
#[derive(Debug, Clone)]
pub(crate) struct Options {
    /// The name of the trait.
    pub(crate) service: String,
    /// The symbols of the build.
    pub(crate) conds: Conds,
    /// What to write.
    pub(crate) parts: BTreeSet<Part>,
    /// How much of the schema's documentation goes along.
    pub(crate) docs: Docs,
    /// Whether each file of the schema becomes a module.
    pub(crate) modules: bool,
    /// Whether the methods of the trait are asynchronous.
    pub(crate) asynchronous: bool,
    /// The commands to generate, by pattern, and whatever they lead to.
    pub(crate) commands: Option<Vec<(String, ())>>,
    /// The events to generate. Where commands are chosen, it is these only.
    pub(crate) events: Option<Vec<(String, ())>>,
    /// Names that the user chose, by pattern.
    pub(crate) names: Vec<(String, String)>,
    /// Traits to derive, by pattern.
    pub(crate) derives: Vec<(String, String)>,
    /// Attributes to add, by pattern.
    pub(crate) attributes: Vec<(String, String)>,
    /// Types to use instead of the schema's, by pattern.
    pub(crate) replacements: Vec<(String, String)>,
    /// Arguments that a server takes while it reads them, by pattern.
    pub(crate) uploads: Vec<(String, ())>,
    /// Members that may be left out although the schema requires them, by pattern.
    pub(crate) optional: Vec<(String, ())>,
    /// The commands whose replies start with 0xFF, by pattern.
    pub(crate) delimited: Vec<(String, ())>,
}

/// Decides what to write for `schema`.
///
/// # Errors
/// The schema holds something that Rust or `options` cannot; all such places are reported.
pub(crate) fn lower(
    schema: &Checked<Schema>,
    options: &Options,
) -> Result<Module, Vec<Diagnostic>> {
    let mut cx = Cx::new(schema, options);
    cx.hooks = Hooks::find(&mut cx);
    cx.subset = Subset::find(&mut cx);
    cx.chosen = Rules::find(&mut cx, "name", &options.names, names::has_name);
    cx.optional = Rules::find(&mut cx, "optional", &options.optional, member::is_plain);
    cx.delimited = Rules::find(&mut cx, "delimited", &options.delimited, subset::is_command);
    cx.names = Names::choose(&mut cx);
    cx.boxes = Boxes::find(&cx);
    cx.received = Received::find(&cx);
    cx.borrows = Borrows::find(&mut cx);
    let mut module = lower_definitions(&mut cx);
    module.service = command::lower_service(&mut cx);
    module.events = event::lower_events(&mut cx);
    module.introspection = introspection::lower_introspection(&cx, schema);
    leave_out(&mut module, &options.parts);
    cx.finish(module)
}

/// Leaves out the parts that are not wanted, now that all of them have been checked.
fn leave_out(module: &mut Module, parts: &BTreeSet<Part>) {
    if !parts.contains(&Part::Types) {
        module.groups.clear();
        module.submodules.clear();
    }
    if !parts.contains(&Part::Events) {
        module.events = None;
    }
}

/// The types, each where it belongs.
fn lower_definitions(cx: &mut Cx<'_>) -> Module {
    let mut root = Vec::new();
    let mut submodules: Vec<_> = cx.names.modules.iter().map(Submodule::from).collect();
    let definitions: Vec<_> = cx.kept().collect();
    for (id, definition) in definitions {
        cx.names.modules.enter(id);
        let lowered = lower_definition(cx, id, definition);
        if lowered.is_empty() {
            continue;
        }
        let module = cx.names.modules.of(id);
        let module = module.and_then(|ident| submodules.iter_mut().find(|it| it.ident == *ident));
        let groups = module.map_or(&mut root, |module| &mut module.groups);
        groups.push(Group {
            cfg: cx.cfg_of(id),
            deprecated: deprecation::is_met(cx, id),
            items: lowered,
        });
    }
    cx.names.modules.leave();
    // A file of nothing but commands adds to the service only.
    submodules.retain(|module| !module.groups.is_empty());
    Module {
        groups: root,
        submodules,
        service: None,
        events: None,
        introspection: None,
    }
}

impl From<&modules::Module> for Submodule {
    fn from(module: &modules::Module) -> Self {
        Self {
            ident: module.ident.clone(),
            about: About {
                docs: vec![format!("What `{}` defines.", module.file_name)],
                ..About::default()
            },
            groups: Vec::new(),
        }
    }
}

fn lower_definition<'a>(
    cx: &mut Cx<'a>,
    id: DefinitionId,
    definition: &'a Definition,
) -> Vec<Item> {
    if cx.hooks.replaces(Place::whole(id)) {
        return Vec::new();
    }
    match &definition.kind {
        DefinitionKind::Enum(enum_) => vec![enum_::lower_enum(cx, id, enum_)],
        DefinitionKind::Struct(_) => vec![struct_::lower_struct(cx, id)],
        DefinitionKind::Union(union) => union_::lower_union(cx, id, union),
        DefinitionKind::Alternate(alternate) => vec![alternate::lower_alternate(cx, id, alternate)],
        DefinitionKind::Command(command) => command::lower_arguments(cx, id, command)
            .into_iter()
            .collect(),
        DefinitionKind::Event(event) => event::lower_event(cx, id, event).into_iter().collect(),
    }
}
