//! How long it takes to compare the two newest schemas of a folder, and to make the history of all, loading included; and
//! how much memory.
//!
//! `QAPI_BENCH_RELEASES` names the folder, relative to the workspace; without it, it is the one with the schemas of this
//! project. `max alloc` below each row is the largest heap. Counting the heap takes its time.

use std::path::{Path, PathBuf};

use divan::{AllocProfiler, Bencher};
use qapi_diff::{History, Wire};

#[path = "../tests/releases/mod.rs"]
mod releases;

#[global_allocator]
static ALLOCATOR: AllocProfiler = AllocProfiler::system();

fn main() {
    divan::main();
}

fn folder() -> PathBuf {
    let given = std::env::var_os("QAPI_BENCH_RELEASES");
    // Cargo runs benchmarks in the folder of the package.
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    workspace.join(given.unwrap_or_else(|| "schema".into()))
}

/// The files of the two newest releases.
fn newest() -> [PathBuf; 2] {
    let mut roots = releases::roots(&folder());
    let new = roots.pop().expect("the folder has schemas").1;
    let old = roots.pop().expect("the folder has two schemas").1;
    [old, new]
}

#[divan::bench]
fn load_and_diff(bencher: Bencher<'_, '_>) {
    let files = newest();
    bencher.bench_local(|| {
        let [old, new] = files.each_ref().map(|file| releases::load(file));
        qapi_diff::diff(&old, &new)
    });
}

#[divan::bench]
fn diff(bencher: Bencher<'_, '_>) {
    let [old, new] = newest().map(|file| releases::load(&file));
    bencher.bench_local(|| qapi_diff::diff(&old, &new));
}

#[divan::bench]
fn all_paths(bencher: Bencher<'_, '_>) {
    let [_, new] = newest().map(|file| releases::load(&file));
    bencher.bench_local(|| Wire::new(&new).entries().count());
}

#[divan::bench(sample_count = 10, sample_size = 1)]
fn load_and_history(bencher: Bencher<'_, '_>) {
    let roots = releases::roots(&folder());
    bencher.bench_local(|| {
        let roots = roots.iter();
        History::of(roots.map(|(version, root)| (version.to_string(), releases::load(root))))
    });
}
