//! How long it takes to load and check a schema, and how much memory.
//!
//! `QAPI_BENCH_SCHEMA` names the schema; without it, it is the current one of this project. `from_disk` reads the files
//! as any program does; `copies` reads them from memory, once and ten times, each time under other names. Below each row
//! of times, `max alloc` is the largest heap that one load needs, the text of all files included.
//!
//! Counting the heap takes its time. How time grows with the size is for the benchmark `linear` to tell.

use std::path::Path;

use divan::{AllocProfiler, Bencher};
use qapi_parser::{Dialect, Loader};

mod shared;

use shared::schema_path;

#[global_allocator]
static ALLOCATOR: AllocProfiler = AllocProfiler::system();

fn main() {
    divan::main();
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

#[divan::bench(args = [1, 10])]
fn copies(bencher: Bencher<'_, '_>, count: usize) {
    let loader = shared::copies(count);
    bencher.bench_local(|| {
        loader
            .load("root.json")
            .unwrap_or_else(|report| panic!("{report}"))
    });
}
