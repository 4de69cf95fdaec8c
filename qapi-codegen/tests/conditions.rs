//! Code that leaves conditions to the compiler compiles without a warning,
//! whatever the compiler decides.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use qapi_codegen::{Conditions, Config};

/// What the golden asks for by name.
const SYMBOLS: [&str; 3] = ["A", "B", "C"];

/// The directory in which Cargo puts what this test is linked with.
fn dependencies() -> PathBuf {
    let program = env::current_exe().expect("a test knows its program");
    program
        .parent()
        .expect("a program is in a directory")
        .to_owned()
}

/// The runtime as it was compiled last: an older one may not be as the code expects.
fn runtime(dependencies: &Path) -> PathBuf {
    let entries = fs::read_dir(dependencies).expect("it can be listed");
    let paths = entries.map(|entry| entry.expect("it can be listed").path());
    let libraries = paths.filter(|path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        name.starts_with("libqapi_runtime-") && name.ends_with(".rlib")
    });
    let modified = |path: &PathBuf| {
        let metadata = fs::metadata(path);
        metadata.and_then(|metadata| metadata.modified()).ok()
    };
    libraries
        .max_by_key(modified)
        .expect("the test depends on the runtime")
}

/// What the compiler says about code where `symbols` are defined.
fn compile(source: &Path, symbols: &[&str]) -> String {
    let dependencies = dependencies();
    let directory = tempfile::tempdir().expect("a temporary directory");
    let compiler = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let mut compiler = Command::new(compiler);
    compiler
        .args(["--crate-type=lib", "--edition=2024", "--emit=metadata"])
        .args(["-D", "warnings", "-A", "dead_code"])
        .arg("--extern")
        .arg(format!("qapi_runtime={}", runtime(&dependencies).display()))
        .arg("-L")
        .arg(format!("dependency={}", dependencies.display()))
        .arg("--out-dir")
        .arg(directory.path())
        .arg(source);
    for symbol in SYMBOLS {
        compiler.arg(format!("--check-cfg=cfg({symbol})"));
    }
    for symbol in symbols {
        compiler.args(["--cfg", symbol]);
    }
    let output = compiler
        .output()
        .expect("the compiler that built this test");
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Compiles code with every combination of the symbols.
fn compile_all(source: &Path) {
    let mut failures = Vec::new();
    for combination in 0..1_u32 << SYMBOLS.len() {
        let chosen = SYMBOLS
            .iter()
            .enumerate()
            .filter(|(index, _)| combination & (1 << index) != 0);
        let symbols: Vec<_> = chosen.map(|(_, symbol)| *symbol).collect();
        let report = compile(source, &symbols);
        if !report.is_empty() {
            failures.push(format!("with {symbols:?}:\n{report}"));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

fn golden() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/conditions-cfg/expected.rs")
}

#[test]
fn every_combination_compiles() {
    compile_all(&golden());
}

#[test]
fn every_combination_compiles_with_asynchronous_handlers() {
    let schema =
        qapi_parser::load(golden().with_file_name("schema.json")).expect("goldens are right");
    let mut config = Config::new();
    config.conditions(Conditions::Cfg).asynchronous(true);
    let code = config.conds(["ON", "TARGET"]).cond("OFF", false);
    let code = code.expand(&schema).expect("Rust can express it");
    let directory = tempfile::tempdir().expect("a temporary directory");
    let source = directory.path().join("asynchronous.rs");
    fs::write(&source, code).expect("it is ours");
    compile_all(&source);
}
