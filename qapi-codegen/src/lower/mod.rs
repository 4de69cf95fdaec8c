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
pub(crate) mod pattern;
pub(crate) mod reach;
pub(crate) mod struct_;
pub(crate) mod subset;
pub(crate) mod ty;
pub(crate) mod union_;

use std::collections::BTreeSet;

use qapi_parser::{
    Checked, Definition, DefinitionId, DefinitionKind, Diagnostic, Doc, Feature, Name, Schema,
};

use self::borrow::Borrows;
use self::cond::Conds;
use self::cycle::Boxes;
use self::direction::Received;
use self::error::LowerError;
use self::hooks::Hooks;
use self::name::{Kind, Scope};
use self::names::Names;
use self::pattern::{Place, Rules};
use self::subset::Subset;
use crate::config::{Docs, Part};
use crate::ident::Ident;
use crate::ir::{self, About, Group, Item, Module, Submodule, Ty};

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

/// What every lowering function knows.
#[derive(Debug)]
pub(crate) struct Cx<'a> {
    pub(crate) schema: &'a Schema,
    pub(crate) options: &'a Options,
    pub(crate) hooks: Hooks<'a>,
    pub(crate) subset: Subset,
    /// Names that the user chose.
    chosen: Rules<'a, String>,
    /// Members that may be left out although the schema requires them.
    pub(crate) optional: Rules<'a, ()>,
    /// The commands whose replies start with 0xFF.
    pub(crate) delimited: Rules<'a, ()>,
    pub(crate) names: Names,
    pub(crate) boxes: Boxes,
    pub(crate) received: Received,
    pub(crate) borrows: Borrows,
    errors: Vec<Diagnostic>,
}

impl<'a> Cx<'a> {
    fn new(schema: &'a Schema, options: &'a Options) -> Self {
        Self {
            schema,
            options,
            hooks: Hooks::default(),
            subset: Subset::default(),
            chosen: Rules::default(),
            optional: Rules::default(),
            delimited: Rules::default(),
            names: Names::default(),
            boxes: Boxes::default(),
            received: Received::default(),
            borrows: Borrows::default(),
            errors: Vec::new(),
        }
    }

    /// The definitions that are wanted and exist under the conditions of the build, in order.
    pub(crate) fn kept(&self) -> impl Iterator<Item = (DefinitionId, &'a Definition)> {
        self.schema.definitions().filter(|(id, definition)| {
            self.subset.contains(*id) && self.holds(definition.cond.as_ref())
        })
    }

    pub(crate) fn error(&mut self, error: LowerError) {
        self.errors.push(error.into());
    }

    /// Takes a name in `scope`: the one that the user chose for `place`, or else
    /// `name`. Reports a clash, and a choice that Rust refuses.
    pub(crate) fn claim<'p>(
        &mut self,
        scope: &mut Scope,
        place: impl Into<Option<Place<'p>>>,
        name: String,
        origin: &Name,
    ) -> Ident {
        let place = place.into();
        let chosen = place.and_then(|place| self.chosen.last(place)).cloned();
        if let Some(ident) = chosen.as_ref().filter(|ident| !scope.allows(ident)) {
            self.error(LowerError::BadName {
                ident: ident.clone(),
                name: origin.clone(),
            });
            return name::ident(&name);
        }
        let name = chosen.unwrap_or(name);
        if let Some(first) = scope.claim(&name, origin) {
            let free = scope.free(&name);
            self.error(LowerError::Clash {
                path: place.map(|place| place.path(self.schema)),
                name: origin.clone(),
                ident: name.clone(),
                first,
                free,
            });
        }
        name::ident(&name)
    }

    /// The variant for a value of an enum, which reports its clashes.
    pub(crate) fn variant(&self, enum_: DefinitionId, value: &str) -> Ident {
        let chosen = self.chosen.last(Place::member(enum_, value));
        // A choice that Rust refuses is reported where the enum is lowered.
        match chosen.filter(|ident| Scope::new(Kind::Variant).allows(ident)) {
            Some(ident) => name::ident(ident),
            None => name::ident(&name::variant(value)),
        }
    }

    /// The generated type for a definition, from where the code stands.
    pub(crate) fn generated(&self, id: DefinitionId) -> Ty {
        Ty::Named {
            path: self.names.type_path(id),
            borrows: self.borrows.contains(id),
        }
    }

    /// What is said about a definition.
    pub(crate) fn about(&self, id: DefinitionId, fallback: &str) -> About {
        let definition = self.schema.definition(id);
        let features = self.present(&definition.features);
        let doc = definition.doc.as_deref();
        let about = doc::about_definition(self, doc, &features, fallback);
        let about = self.deprecate(about, &definition.features);
        self.with_hooks(about, Place::whole(id))
    }

    /// Adds what the user says about a place.
    pub(crate) fn with_hooks(&self, about: About, place: Place<'_>) -> About {
        About {
            derives: self.hooks.derives(place),
            attributes: self.hooks.attributes(place),
            ..about
        }
    }

    /// What `doc` says about one of its members or values.
    pub(crate) fn about_entry(
        &self,
        place: Place<'_>,
        doc: Option<&Doc>,
        name: &Name,
        features: &[Feature],
        kind: &str,
    ) -> About {
        let present = self.present(features);
        let about = doc::about_entry(self, doc, &name.text, &present, kind);
        self.with_hooks(self.deprecate(about, features), place)
    }

    /// Says when something is deprecated.
    fn deprecate(&self, mut about: About, features: &[Feature]) -> About {
        let feature = features.iter().find(|it| &*it.name.text == "deprecated");
        if let (Some(deprecation), Some(feature)) = (&mut about.deprecated, feature) {
            deprecation.cfg = self.cfg(feature.cond.as_ref());
        }
        about
    }

    /// The features that code can look for.
    pub(crate) fn features(&self, features: &[Feature]) -> Vec<ir::Feature> {
        let features = features.iter();
        let present = features.filter(|feature| self.holds(feature.cond.as_ref()));
        present
            .map(|feature| ir::Feature {
                cfg: self.cfg(feature.cond.as_ref()),
                name: feature.name.text.to_string(),
            })
            .collect()
    }

    /// The names of the features that exist.
    pub(crate) fn present<'f>(&self, features: &'f [Feature]) -> Vec<&'f str> {
        features
            .iter()
            .filter(|feature| self.holds(feature.cond.as_ref()))
            .map(|feature| feature.name.text.as_str())
            .collect()
    }

    fn finish(self, module: Module) -> Result<Module, Vec<Diagnostic>> {
        if self.errors.is_empty() {
            Ok(module)
        } else {
            Err(self.errors)
        }
    }
}
