//! How long it takes to load and check a schema, and how much memory.
//!
//! `QAPI_BENCH_SCHEMA` names the schema; without it, it is the current one of this project. `from_disk` reads the files
//! as any program does. `copies` shows that time and memory grow with the size and no faster: it reads the schema once
//! and ten times, each time under other names. Below each row of times, `max alloc` is the largest heap that one load
//! needs, the text of all files included.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use divan::{AllocProfiler, Bencher};
use qapi_parser::{Dialect, Loader, MemoryReader, Schema};

#[global_allocator]
static ALLOCATOR: AllocProfiler = AllocProfiler::system();

fn main() {
    divan::main();
}

/// The file that the environment names, relative to where the command is run.
fn schema_path() -> PathBuf {
    let own = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../schema/qga-10.2.json");
    let Some(given) = std::env::var_os("QAPI_BENCH_SCHEMA") else {
        return own();
    };
    // Cargo runs benchmarks in the folder of the package.
    let given = PathBuf::from(given);
    let beside = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("..")
        .join(&given);
    if given.exists() { given } else { beside }
}

/// The stricter dialect, unless the schema is too old for it.
fn dialect(path: &Path) -> Dialect {
    match qapi_parser::load(path) {
        Ok(_) => Dialect::Current,
        Err(_) => Dialect::Historical,
    }
}

#[divan::bench]
fn from_disk(bencher: Bencher<'_, '_>) {
    let path = schema_path();
    let mut loader = Loader::new();
    loader.dialect(dialect(&path));
    bencher.bench_local(|| {
        loader
            .load(&path)
            .unwrap_or_else(|report| panic!("{report}"))
    });
}

/// In the historical dialect, where no pragma has to list the new names.
#[divan::bench(args = [1, 10])]
fn copies(bencher: Bencher<'_, '_>, count: usize) {
    let mut loader = Loader::new();
    loader.dialect(Dialect::Historical);
    let schema = loader
        .load(schema_path())
        .unwrap_or_else(|report| panic!("{report}"));
    let files = copy(&schema, count);
    loader.reader(Box::new(files));
    bencher.bench_local(|| {
        loader
            .load("root.json")
            .unwrap_or_else(|report| panic!("{report}"))
    });
}

/// All files of a schema, `count` times, and one that includes them all.
fn copy(schema: &Schema, count: usize) -> MemoryReader {
    let definitions = schema.definitions();
    let names: HashSet<_> = definitions.map(|(_, it)| it.name.text.as_str()).collect();
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

/// The text with other names for definitions and without includes, which the root has.
fn rename(text: &str, names: &HashSet<&str>, number: usize) -> String {
    let mut renamed = String::new();
    for line in text.lines() {
        let comment = line.trim_start().starts_with('#');
        if comment {
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
    }
    renamed
}
