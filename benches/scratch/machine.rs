//! What is measured of both sides in one program: `both SCHEMA_FOLDER ANSWER ROUNDS`.
//!
//! Each line of the output is a name and a number of milliseconds.

use std::fs;
use std::hint::black_box;
use std::panic::catch_unwind;
use std::path::PathBuf;
use std::time::Instant;

use qapi_runtime::{Document, Unknown};

fn main() {
    let mut arguments = std::env::args().skip(1);
    let mut next = || arguments.next().expect("a folder, a file and a number");
    let (folder, answer, rounds) = (next(), next(), next());
    let rounds = rounds.parse().expect("a number");
    let answer = fs::read(answer).expect("the answer to query-qmp-schema");
    generation(&folder.into(), rounds);
    // The first rounds warm up.
    (0..20).for_each(|_| drop((ours(&answer), peer(&answer))));
    for _ in 0..rounds * 40 {
        time("ours", || ours(&answer));
        time("peer", || peer(&answer));
    }
    growth(&answer, rounds * 4);
}

/// How many times as long ours takes for ten answers in one, in each round beside ten times one.
fn growth(answer: &[u8], rounds: usize) {
    let elements = answer.trim_ascii();
    let elements = &elements[1..elements.len() - 1];
    let mut many = vec![b'['];
    many.extend([elements; 10].join(&b','));
    many.push(b']');
    for _ in 0..rounds {
        let start = Instant::now();
        (0..10).for_each(|_| drop(black_box(ours(answer))));
        let small = start.elapsed().as_secs_f64();
        let start = Instant::now();
        drop(black_box(ours(&many)));
        println!("growth {}", start.elapsed().as_secs_f64() / small * 10.0);
    }
}

/// The peer's generator may not understand the schema.
fn generation(folder: &PathBuf, rounds: usize) {
    let target = std::env::temp_dir().join(format!("qapi-benches-{}.rs", std::process::id()));
    for _ in 0..rounds {
        let generate = || peer_codegen::codegen(folder, &target, "Command".to_owned()).is_ok();
        let start = Instant::now();
        if catch_unwind(generate).unwrap_or(false) {
            println!("generation {}", start.elapsed().as_secs_f64() * 1e3);
        }
    }
    let _ = fs::remove_file(target);
}

fn time<T>(name: &str, decode: impl FnOnce() -> T) {
    let start = Instant::now();
    let decoded = black_box(decode());
    println!("{name} {}", start.elapsed().as_secs_f64() * 1e3);
    drop(decoded);
}

fn ours(answer: &[u8]) -> Vec<ours::SchemaInfo> {
    let document = Document::parse(answer).expect("it is JSON");
    let input = document.input("return", Unknown::Ignore);
    input.decode().expect("it is as the schema says")
}

fn peer(answer: &[u8]) -> Vec<qapi::qmp::SchemaInfo> {
    serde_json::from_slice(answer).expect("it is as the schema says")
}
