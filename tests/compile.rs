//! What is generated from released schemas compiles, without a warning.
//!
//! Each schema becomes a package of a scratch workspace in the target directory, and one `cargo check` looks at them
//! all. A spread of releases is enough for every day; `QAPI_RELEASES=all` takes each one of the corpus.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use qapi_codegen::{Conditions, Config, Dialect, Part};
use qapi_parser::Loader;
use qapi_tests::need;

/// The releases whose machine protocol is compiled every day: the first and the last, and those between which the
/// language changed most.
const MACHINES: [&str; 8] = ["1.0", "2.0", "2.4", "2.12", "4.2", "6.2", "8.0", "10.2"];

/// The same for the guest agent.
const AGENTS: [&str; 8] = ["0.15", "1.1", "2.3", "2.12", "4.2", "6.2", "8.0", "10.2"];

/// Every part that there is.
const PARTS: [Part; 5] = [
    Part::Types,
    Part::Server,
    Part::Client,
    Part::Events,
    Part::Introspection,
];

/// A schema to compile.
struct Subject {
    /// What its package is called.
    package: String,
    /// Its root file.
    root: PathBuf,
    /// The program counters of two processors have the same name but for its case, in the machine protocol until 2.4.
    has_two_pcs: bool,
    /// What is special about its code.
    shape: Shape,
}

/// What is generated, besides types, trait and client of everything.
#[derive(Clone, Copy, Debug)]
enum Shape {
    /// Nothing.
    Plain,
    /// Every other condition holds, and the compiler finds out.
    Cfg,
    /// Trait and client wait.
    Asynchronous,
    /// Each file of the schema is a module, with the introspection beside them.
    Modules,
}

fn subjects(corpus: &Path) -> Vec<Subject> {
    let all = env::var_os("QAPI_RELEASES").is_some_and(|releases| releases == "all");
    let package = |kind, release: &str| format!("{kind}-{}", release.replace('.', "-"));
    let mut subjects = Vec::new();
    for path in entries(&corpus.join("qmp")) {
        let release = name(&path).to_owned();
        if all || MACHINES.contains(&release.as_str()) {
            let root = need::machine_schema(&release).expect("each release of the corpus has one");
            subjects.push(Subject {
                package: package("machine", &release),
                root,
                has_two_pcs: version(&release) < (2, 5),
                shape: Shape::Plain,
            });
        }
    }
    for path in entries(&corpus.join("qga")) {
        let release = name(&path).trim_end_matches(".json").to_owned();
        if all || AGENTS.contains(&release.as_str()) {
            subjects.push(Subject {
                package: package("agent", &release),
                root: path,
                has_two_pcs: false,
                shape: Shape::Plain,
            });
        }
    }
    subjects.extend(shaped(&subjects));
    subjects.sort_by(|a, b| a.package.cmp(&b.package));
    subjects
}

/// The newest of each once more, in all other shapes.
fn shaped(subjects: &[Subject]) -> Vec<Subject> {
    let newest = subjects.iter().filter(|it| it.package.ends_with("-10-2"));
    let once_more = newest.flat_map(|subject| {
        [Shape::Cfg, Shape::Asynchronous, Shape::Modules].map(|shape| Subject {
            package: format!("{}-{shape:?}", subject.package).to_lowercase(),
            root: subject.root.clone(),
            has_two_pcs: false,
            shape,
        })
    });
    once_more.collect()
}

fn version(release: &str) -> (u32, u32) {
    let (major, minor) = release.split_once('.').expect("releases have a point");
    let number = |text: &str| text.parse().expect("releases are numbers");
    (number(major), number(minor))
}

fn entries(directory: &Path) -> impl Iterator<Item = PathBuf> {
    let entries = fs::read_dir(directory).expect("the corpus can be read");
    entries.map(|entry| entry.expect("a directory entry").path())
}

fn name(path: &Path) -> &str {
    let name = path.file_name().expect("it is an entry of a directory");
    name.to_str().expect("releases have plain names")
}

/// The code for a schema.
fn generate(subject: &Subject) -> String {
    let Subject { package, root, .. } = subject;
    let mut loader = Loader::new();
    let schema = loader.dialect(Dialect::Historical).load(root);
    let schema = schema.unwrap_or_else(|report| panic!("{package}: {report}"));
    let mut config = Config::new();
    config.service("Peer").conditions(Conditions::Keep);
    match subject.shape {
        Shape::Plain => &mut config,
        Shape::Cfg => config.conditions(Conditions::Cfg),
        Shape::Asynchronous => config.asynchronous(true),
        Shape::Modules => config.modules(true).parts(PARTS),
    };
    if subject.has_two_pcs {
        config.name("CpuInfo.PC", "sparc_pc");
    }
    let expand = |config: &Config| {
        let code = config.expand(&schema);
        code.unwrap_or_else(|error| panic!("{package}: {error}"))
    };
    let code = expand(&config);
    let symbols = symbols(&code);
    if symbols.is_empty() {
        return code;
    }
    for (index, symbol) in symbols.iter().enumerate() {
        config.cond_cfg(symbol, if index % 2 == 0 { "true" } else { "false" });
    }
    expand(&config)
}

/// What the compiler is asked about in `#[cfg]`, by name.
fn symbols(code: &str) -> BTreeSet<String> {
    let attributes = code.split("#[cfg(").skip(1);
    let predicates = attributes.filter_map(|rest| rest.split(")]").next());
    let words = predicates.flat_map(|text| text.split(|c: char| !c.is_alphanumeric() && c != '_'));
    let symbols = words.filter(|word| word.starts_with(|c: char| c.is_ascii_uppercase()));
    symbols.map(str::to_owned).collect()
}

/// Writes the package that consists of this code.
fn write_package(workspace: &Path, package: &str, code: &str) {
    let directory = workspace.join(package);
    fs::create_dir_all(&directory).expect("the target directory is ours");
    let runtime = need::workspace().join("qapi-runtime");
    let manifest = format!(
        "[package]\nname = \"{package}\"\nedition = \"2024\"\n\n\
         [lib]\npath = \"lib.rs\"\n\n\
         [dependencies]\nqapi-runtime = {{ path = {runtime:?} }}\n"
    );
    write_if_changed(&directory.join("Cargo.toml"), &manifest);
    let code = format!("#![deny(warnings)]\n#![forbid(unsafe_code)]\n\n{code}");
    write_if_changed(&directory.join("lib.rs"), &code);
}

/// Leaves a file alone that has the right content, so that it is not compiled again.
fn write_if_changed(path: &Path, text: &str) {
    if fs::read(path).is_ok_and(|old| old == text.as_bytes()) {
        return;
    }
    fs::write(path, text).expect("the target directory is ours");
}

/// Makes the scratch workspace of these packages, with the dependencies of ours.
fn write_workspace(workspace: &Path, subjects: &[Subject]) {
    fs::create_dir_all(workspace).expect("the target directory is ours");
    for subject in subjects {
        write_package(workspace, &subject.package, &generate(subject));
    }
    let members: Vec<_> = subjects.iter().map(|subject| &subject.package).collect();
    let manifest = format!("[workspace]\nresolver = \"3\"\nmembers = {members:?}\n");
    write_if_changed(&workspace.join("Cargo.toml"), &manifest);
    let lock = need::workspace().join("Cargo.lock");
    fs::copy(lock, workspace.join("Cargo.lock")).expect("the workspace has a lock file");
}

#[test]
fn code_for_released_schemas_compiles() {
    let Some(corpus) = need::corpus() else { return };
    let workspace = Path::new(env!("CARGO_TARGET_TMPDIR")).join("compile");
    let subjects = subjects(&corpus);
    assert!(subjects.len() >= MACHINES.len() + AGENTS.len());
    write_workspace(&workspace, &subjects);
    let output = Command::new(env!("CARGO"))
        .args([
            "check",
            "--workspace",
            "--offline",
            "--keep-going",
            "--color=never",
        ])
        .arg("--target-dir")
        .arg(workspace.join("target"))
        .current_dir(&workspace)
        // Nothing of this is compiled twice, so what that would take is not kept.
        .env("CARGO_INCREMENTAL", "0")
        .output()
        .expect("Cargo runs this test, so it is there");
    let report = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{report}");
}
