//! What every lowering function knows, and what all of them ask and report.

use qapi_parser::{Definition, DefinitionId, Diagnostic, Doc, Feature, Name, Schema};

use super::borrow::Borrows;
use super::cycle::Boxes;
use super::direction::Received;
use super::error::LowerError;
use super::hooks::Hooks;
use super::name::{self, Kind, Scope};
use super::names::Names;
use super::pattern::{Place, Rules};
use super::subset::Subset;
use super::{Options, doc};
use crate::ident::Ident;
use crate::ir::{self, About, Module, Ty};

/// What every lowering function knows.
#[derive(Debug)]
pub(crate) struct Cx<'a> {
    pub(crate) schema: &'a Schema,
    pub(crate) options: &'a Options,
    pub(crate) hooks: Hooks<'a>,
    pub(crate) subset: Subset,
    /// Names that the user chose.
    pub(super) chosen: Rules<'a, String>,
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
    pub(super) fn new(schema: &'a Schema, options: &'a Options) -> Self {
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

    /// Ends the stage: fails if anything was reported.
    pub(super) fn finish(self, module: Module) -> Result<Module, Vec<Diagnostic>> {
        if self.errors.is_empty() {
            Ok(module)
        } else {
            Err(self.errors)
        }
    }
}
