//! A schema many times over, under other names.

use std::collections::HashSet;
use std::path::Path;

use qapi_parser::{Checked, Dialect, Loader, MemoryReader, Schema};

/// The schema `count` times, each time under other names.
///
/// They are read in the historical dialect, where no pragma has to list the new names.
pub(crate) fn copies(path: &Path, count: usize) -> Result<Copies, qapi_parser::Error> {
    let mut loader = Loader::new();
    loader.dialect(Dialect::Historical);
    let schema = loader.load(path)?;
    loader.reader(Box::new(copy(&schema, count)));
    Ok(Copies(loader))
}

/// Copies of a schema, in memory.
#[derive(Debug)]
pub(crate) struct Copies(Loader);

impl Copies {
    /// Reads and checks them.
    pub(crate) fn load(&self) -> Result<Checked<Schema>, qapi_parser::Error> {
        self.0.load("root.json")
    }
}

/// All files of a schema, `count` times, and one that includes them all.
fn copy(schema: &Schema, count: usize) -> MemoryReader {
    let definitions = schema.definitions();
    let names: HashSet<&str> = definitions.map(|(_, it)| &*it.name.text).collect();
    let sources = schema.sources();
    let mut files = Vec::new();
    let mut root = String::new();
    for number in 0..count {
        for (index, module) in schema.modules().iter().enumerate() {
            let text = sources.slice(sources.span(module.file));
            let path = format!("{number}-{index}.json");
            root += &format!("{{ 'include': '{path}' }}\n");
            files.push((path, rename(text, &names, number)));
        }
    }
    files.push(("root.json".to_owned(), root));
    MemoryReader::from_iter(files)
}

/// The text with other names for definitions, which their comments repeat, and without includes, which the root has.
fn rename(text: &str, names: &HashSet<&str>, number: usize) -> String {
    let mut renamed = String::new();
    let mut before = "";
    for line in text.lines() {
        let symbol = line.strip_prefix("# @").and_then(|it| it.strip_suffix(':'));
        if let Some(name) = symbol.filter(|_| before == "##") {
            renamed += &format!("# @{name}X{number}:");
        } else if line.trim_start().starts_with('#') {
            renamed += line;
        } else if !line.contains("'include'") {
            for (index, piece) in line.split('\'').enumerate() {
                // What stands between quotes has an odd index.
                renamed += if index > 0 { "'" } else { "" };
                renamed += piece;
                if index % 2 == 1 && names.contains(piece) {
                    renamed += &format!("X{number}");
                }
            }
        }
        renamed.push('\n');
        before = line;
    }
    renamed
}
