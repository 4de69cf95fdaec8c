//! The Rust modules that the files of a schema become, and paths between them.

use std::collections::BTreeMap;

use qapi_parser::{DefinitionId, FileId, Name};

use super::Cx;
use super::name::{self, Scope};
use crate::ident::Ident;
use crate::ir::Path;

/// Where every definition goes, and where the code stands that is being decided on.
///
/// Without [`Options::modules`](super::Options::modules) everything goes to the
/// root of the generated file, where the definitions of the schema's first file
/// and the service are in any case.
#[derive(Debug, Default)]
pub(crate) struct Modules {
    /// The modules in the order in which their files were read.
    all: Vec<Module>,
    of: BTreeMap<DefinitionId, Ident>,
    here: Option<Ident>,
}

/// A file that becomes a module.
#[derive(Debug)]
pub(crate) struct Module {
    pub(crate) ident: Ident,
    /// The name of the file, without its directory.
    pub(crate) file_name: String,
}

impl Modules {
    /// Names the modules, each in the `root` of the generated code.
    pub(crate) fn choose(cx: &mut Cx<'_>, root: &mut Scope) -> Self {
        let mut modules = Self::default();
        if !cx.options.modules {
            return modules;
        }
        let kept: BTreeMap<_, _> = cx.kept().collect();
        // The first file is the root.
        for module in cx.schema.modules().iter().skip(1) {
            let ids: Vec<_> = module.definitions().collect();
            if ids.iter().any(|id| kept.contains_key(id)) {
                let origin = origin(cx, module.file);
                let file = &module.path;
                let stem = file.file_stem().unwrap_or_default().to_string_lossy();
                let ident = cx.claim(root, None, name::module(&stem), &origin);
                modules.of.extend(ids.iter().map(|id| (*id, ident.clone())));
                let file_name = file.file_name().unwrap_or_default().to_string_lossy();
                modules.all.push(Module {
                    ident,
                    file_name: file_name.into_owned(),
                });
            }
        }
        modules
    }

    /// The modules, in order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Module> {
        self.all.iter()
    }

    /// The module that a definition goes to, unless that is the root.
    pub(crate) fn of(&self, id: DefinitionId) -> Option<&Ident> {
        self.of.get(&id)
    }

    /// Goes on in the module of a definition.
    pub(crate) fn enter(&mut self, id: DefinitionId) {
        self.here = self.of.get(&id).cloned();
    }

    /// Goes on in the root.
    pub(crate) fn leave(&mut self) {
        self.here = None;
    }

    /// The way from here to what the module of `id` calls `ident`.
    pub(crate) fn path(&self, id: DefinitionId, ident: Ident) -> Path {
        let mut path = self.way(self.of(id));
        path.push(ident);
        Path(path)
    }

    /// The same for documentation; nothing in place of `id` means the root.
    pub(crate) fn doc_path(&self, id: Option<DefinitionId>, path: &str) -> String {
        let way = self.way(id.and_then(|id| self.of(id)));
        let modules: String = way.iter().map(|module| format!("{module}::")).collect();
        modules + path
    }

    fn way(&self, there: Option<&Ident>) -> Vec<Ident> {
        let mut way = Vec::new();
        if there != self.here.as_ref() {
            way.extend(self.here.as_ref().map(|_| name::parent()));
            way.extend(there.cloned());
        }
        way
    }
}

/// What to call a file in a report: the directive that includes it, and its path.
fn origin(cx: &Cx<'_>, file: FileId) -> Name {
    let sources = cx.schema.sources();
    Name {
        text: sources.path(file).display().to_string().into(),
        span: sources.included_at(file).unwrap_or_default(),
    }
}
