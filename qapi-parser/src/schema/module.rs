//! The files of a schema, and what stands in each.

use std::path::PathBuf;

use crate::doc::Doc;
use crate::load::{Aside, LoadedModule};
use crate::source::{FileId, SourceMap};

use super::build;
use super::builtin::QTYPE;
use super::definition::{Definition, DefinitionId};

/// One file of a schema.
#[derive(Clone, Debug)]
pub struct Module {
    /// The file.
    pub file: FileId,
    /// Its path, as it was opened.
    pub path: PathBuf,
    /// What stands in it, in source order, apart from pragmas.
    pub items: Vec<ModuleItem>,
}

/// Something that stands at the top level of a file.
#[derive(Clone, Debug)]
pub enum ModuleItem {
    /// An include directive; repetitions are kept.
    Include(FileId),
    /// A definition.
    Definition(DefinitionId),
    /// A documentation comment for no definition, such as a heading.
    Text(Doc),
}

impl Module {
    /// The files that it includes, in source order, repetitions and all.
    pub fn includes(&self) -> impl Iterator<Item = FileId> {
        self.items.iter().filter_map(|item| match item {
            ModuleItem::Include(file) => Some(*file),
            ModuleItem::Definition(_) | ModuleItem::Text(_) => None,
        })
    }

    /// What it defines, in source order.
    pub fn definitions(&self) -> impl Iterator<Item = DefinitionId> {
        self.items.iter().filter_map(|item| match item {
            ModuleItem::Definition(id) => Some(*id),
            ModuleItem::Include(_) | ModuleItem::Text(_) => None,
        })
    }
}

/// Puts definitions and what stands between them in order again.
pub(super) fn modules(
    sources: &SourceMap,
    loaded: Vec<LoadedModule>,
    definitions: &[Definition],
) -> Vec<Module> {
    let mut merges: Vec<_> = loaded
        .into_iter()
        .map(|it| Merge::new(sources, it))
        .collect();
    for (index, definition) in definitions.iter().enumerate() {
        let id = build::id(index);
        if id == QTYPE {
            continue;
        }
        let start = definition.span.start;
        let file = sources.file_at(start);
        let file = file.expect("only what the language predefines is in no file");
        merges[file.index()].define(start, id);
    }
    merges.into_iter().map(Merge::finish).collect()
}

/// A module that is being put together.
struct Merge {
    module: Module,
    aside: std::iter::Peekable<std::vec::IntoIter<(u32, Aside)>>,
}

impl Merge {
    fn new(sources: &SourceMap, loaded: LoadedModule) -> Self {
        let LoadedModule { file, aside } = loaded;
        Self {
            module: Module {
                file,
                path: sources.path(file).to_path_buf(),
                items: Vec::new(),
            },
            aside: aside.into_iter().peekable(),
        }
    }

    /// Adds a definition, after all that stands before it.
    fn define(&mut self, start: u32, id: DefinitionId) {
        while let Some((_, aside)) = self.aside.next_if(|(before, _)| *before < start) {
            self.module.items.push(aside.into());
        }
        self.module.items.push(ModuleItem::Definition(id));
    }

    fn finish(mut self) -> Module {
        let rest = self.aside.map(|(_, aside)| aside.into());
        self.module.items.extend(rest);
        self.module
    }
}

impl From<Aside> for ModuleItem {
    fn from(aside: Aside) -> Self {
        match aside {
            Aside::Include(file) => Self::Include(file),
            Aside::Text(doc) => Self::Text(doc),
        }
    }
}
