//! A build script from the outside: what Cargo hears, what is written, what a
//! person reads when it fails.
//!
//! The test program plays the build script itself: it starts again with
//! `OUT_DIR` set, and then only runs the test that generates.

use std::path::Path;
use std::process::{Command, Output};
use std::{env, fs};

use qapi_codegen::{Conditions, Config};

const SCHEMA: &str = "QAPI_CODEGEN_TEST_SCHEMA";

/// What the build script decides besides.
const CONFIG: &str = "QAPI_CODEGEN_TEST_CONFIG";

/// Runs the build script of the crate in `directory`, which is `OUT_DIR` as well.
fn build(directory: &Path) -> Output {
    run(directory, |script| script.env("OUT_DIR", directory))
}

fn run(directory: &Path, prepare: impl FnOnce(&mut Command) -> &mut Command) -> Output {
    let program = env::current_exe().expect("a test knows its program");
    let mut script = Command::new(program);
    script
        .args([
            "--exact",
            "plays_the_build_script",
            "--nocapture",
            "--test-threads=1",
        ])
        .env(SCHEMA, directory.join("schema.json"));
    prepare(&mut script)
        .output()
        .expect("the program that runs now can run again")
}

/// Runs the build script with further decisions.
fn build_with(directory: &Path, config: &str) -> Output {
    run(directory, |script| {
        script.env("OUT_DIR", directory).env(CONFIG, config)
    })
}

/// Everything that a failed run printed.
fn failure(output: &Output) -> String {
    let print = |bytes| String::from_utf8_lossy(bytes).into_owned();
    let text = print(&output.stdout) + &print(&output.stderr);
    assert!(!output.status.success(), "it succeeded:\n{text}");
    text
}

fn directory(files: &[(&str, &str)]) -> tempfile::TempDir {
    let directory = tempfile::tempdir().expect("a temporary directory");
    for (name, text) in files {
        fs::write(directory.path().join(name), text).expect("it is ours");
    }
    directory
}

#[test]
fn plays_the_build_script() {
    let Some(schema) = env::var_os(SCHEMA) else {
        return;
    };
    let mut config = Config::new();
    let directory = Path::new(&schema).with_file_name("");
    match env::var(CONFIG).unwrap_or_default().as_str() {
        "cond_file" => drop(config.cond_file(directory.join("config-host.h"))),
        "cfg" => drop(
            config
                .conditions(Conditions::Cfg)
                .cond("DECIDED", true)
                .cond_cfg("MAPPED", "unix"),
        ),
        "file" => drop(config.file(directory.join("committed.rs"))),
        "check" => drop(config.check(directory.join("committed.rs"))),
        _ => {}
    }
    config.generate(schema).unwrap();
}

#[test]
fn cargo_hears_of_every_file() {
    let directory = directory(&[
        ("schema.json", "{ 'include': 'other.json' }"),
        ("other.json", "{ 'enum': 'Kind', 'data': [ 'x' ] }"),
    ]);
    let output = build(directory.path());
    assert!(output.status.success());
    let stdout = String::from_utf8(output.stdout).expect("Cargo reads UTF-8");
    for name in ["schema.json", "other.json"] {
        let path = directory.path().join(name);
        let line = format!("cargo::rerun-if-changed={}", path.display());
        assert!(stdout.contains(&line), "no `{line}` in:\n{stdout}");
    }
}

#[test]
fn an_unchanged_file_is_not_written_again() {
    let directory = directory(&[("schema.json", "{ 'enum': 'Kind', 'data': [ 'x' ] }")]);
    let modified = || {
        let metadata = fs::metadata(directory.path().join("schema.rs"));
        metadata
            .and_then(|metadata| metadata.modified())
            .expect("it was generated")
    };
    assert!(build(directory.path()).status.success());
    let first = modified();
    assert!(build(directory.path()).status.success());
    assert_eq!(modified(), first);
}

#[test]
fn a_failing_build_prints_the_report() {
    let directory = directory(&[(
        "schema.json",
        "{ 'struct': 'Thing',\n  'data': { 'm': 'Missing' } }",
    )]);
    let text = failure(&build(directory.path()));
    for part in ["schema.json:2:", "'Missing'", "^^^^"] {
        assert!(text.contains(part), "no `{part}` in:\n{text}");
    }
}

#[test]
fn a_missing_schema_is_named() {
    let directory = directory(&[]);
    let text = failure(&build(directory.path()));
    assert!(text.contains("schema.json"), "{text}");
}

#[test]
fn code_is_generated_by_build_scripts_only() {
    let directory = directory(&[("schema.json", "")]);
    let output = run(directory.path(), |script| script.env_remove("OUT_DIR"));
    let text = failure(&output);
    assert!(text.contains("`OUT_DIR` is not set"), "{text}");
}

#[test]
fn a_file_that_cannot_be_written_is_named() {
    let directory = directory(&[("schema.json", "")]);
    let gone = directory.path().join("gone");
    let output = run(directory.path(), |script| script.env("OUT_DIR", &gone));
    let text = failure(&output);
    let name = gone.join("schema.rs");
    assert!(
        text.contains(&format!("cannot write {}: ", name.display())),
        "{text}"
    );
}

#[test]
fn a_file_tells_what_is_defined() {
    let directory = directory(&[
        (
            "schema.json",
            "{ 'enum': 'Kind', 'data': [ { 'name': 'on', 'if': 'ON' }, { 'name': 'off', 'if': 'OFF' } ] }",
        ),
        ("config-host.h", "#define ON 1\n#undef OFF\n"),
    ]);
    let output = build_with(directory.path(), "cond_file");
    assert!(output.status.success());
    let stdout = String::from_utf8(output.stdout).expect("Cargo reads UTF-8");
    let path = directory.path().join("config-host.h");
    let line = format!("cargo::rerun-if-changed={}", path.display());
    assert!(stdout.contains(&line), "no `{line}` in:\n{stdout}");
    let code = fs::read_to_string(directory.path().join("schema.rs")).expect("it was generated");
    assert!(
        code.contains("\"on\"") && !code.contains("\"off\""),
        "{code}"
    );
}

#[test]
fn a_missing_file_of_symbols_is_named() {
    let directory = directory(&[("schema.json", "")]);
    let text = failure(&build_with(directory.path(), "cond_file"));
    let name = directory.path().join("config-host.h");
    let message = format!("cannot read {}, which tells", name.display());
    assert!(text.contains(&message), "{text}");
}

#[test]
fn cargo_hears_of_symbols_that_the_compiler_decides() {
    let directory = directory(&[(
        "schema.json",
        "{ 'command': 'a', 'if': { 'any': [ 'OPEN', 'MAPPED' ] } }\n{ 'command': 'b', 'if': 'DECIDED' }",
    )]);
    let output = build_with(directory.path(), "cfg");
    assert!(output.status.success());
    let stdout = String::from_utf8(output.stdout).expect("Cargo reads UTF-8");
    let lines: Vec<_> = stdout
        .lines()
        .filter(|line| line.contains("check-cfg"))
        .collect();
    assert_eq!(lines, ["cargo::rustc-check-cfg=cfg(OPEN)"]);
    let code = fs::read_to_string(directory.path().join("schema.rs")).expect("it was generated");
    assert!(code.contains("#[cfg(any(OPEN, unix))]"), "{code}");
}

#[test]
fn committed_code_is_written_and_checked_without_cargo() {
    let directory = directory(&[("schema.json", "{ 'enum': 'Kind', 'data': [ 'x' ] }")]);
    let committed = directory.path().join("committed.rs");
    let run = |config| {
        run(directory.path(), |script| {
            script.env_remove("OUT_DIR").env(CONFIG, config)
        })
    };
    let text = failure(&run("check"));
    let message = format!("cannot compare with {}: ", committed.display());
    assert!(text.contains(&message), "{text}");
    let output = run("file");
    assert!(output.status.success());
    let stdout = String::from_utf8(output.stdout).expect("tests print UTF-8");
    assert!(!stdout.contains("cargo::"), "nobody listens:\n{stdout}");
    assert!(run("check").status.success());
    let code = fs::read_to_string(&committed).expect("it was generated");
    fs::write(&committed, code.replacen("    X,", "    Y,", 1)).expect("it is ours");
    let text = failure(&run("check"));
    for part in [
        "committed.rs is not what would be generated",
        "-     Y,\n+     X,",
    ] {
        assert!(text.contains(part), "no `{part}` in:\n{text}");
    }
}
