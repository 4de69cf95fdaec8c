//! Sessions at a terminal, found by directory: each file in `sessions` shows commands behind a `$`, and under each what
//! the real program prints, both streams together, and its exit code unless that is 0.
//!
//! Each session runs in a folder of its own that holds a copy of `files`. `UPDATE_EXPECT=1` writes down what is printed
//! instead of comparing it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, io};

/// Stands before each command.
const PROMPT: &str = "$ ";

#[test]
fn commands_print_what_is_expected() {
    let mut wrong = String::new();
    let sessions = files("sessions");
    assert!(!sessions.is_empty(), "there are no sessions");
    for path in sessions {
        let expected = fs::read_to_string(&path).expect("sessions are text");
        let found = play(&expected).expect("a session can be played");
        if env::var_os("UPDATE_EXPECT").is_some_and(|update| update == "1") {
            fs::write(&path, found).expect("sessions can be written");
        } else if expected != found {
            let name = path.display();
            wrong += &format!("{name}:\n--- expected\n{expected}--- found\n{found}");
        }
    }
    assert!(
        wrong.is_empty(),
        "{wrong}\nUPDATE_EXPECT=1 takes over what was found"
    );
}

/// The session with what is printed now.
fn play(session: &str) -> io::Result<String> {
    let folder = tempfile::tempdir()?;
    for file in files("files") {
        let name = file.file_name().expect("files have names");
        fs::copy(&file, folder.path().join(name))?;
    }
    let is_command = |line: &&str| line.starts_with(PROMPT);
    let title = session.lines().take_while(|line| !is_command(line));
    let mut played: String = title.map(|line| format!("{line}\n")).collect();
    let steps: Vec<_> = session
        .lines()
        .filter(is_command)
        .map(|line| step(line, folder.path()))
        .collect();
    played += &steps
        .into_iter()
        .collect::<io::Result<Vec<_>>>()?
        .join("\n");
    Ok(played)
}

/// A command with what it prints.
fn step(line: &str, folder: &Path) -> io::Result<String> {
    let program = Path::new(env!("CARGO_BIN_EXE_qapi"));
    let programs = program.parent().into_iter().map(Path::to_owned);
    let others = env::var_os("PATH").unwrap_or_default();
    let path =
        env::join_paths(programs.chain(env::split_paths(&others))).expect("paths have no colons");
    let command = line.strip_prefix(PROMPT).unwrap_or(line);
    let output = Command::new("bash")
        .args(["-c", &format!("exec 2>&1\n{command}")])
        .current_dir(folder)
        .env("PATH", path)
        .env_remove("NO_COLOR")
        .env_remove("CLICOLOR_FORCE")
        .output()?;
    let printed = String::from_utf8_lossy(&output.stdout).replace('\u{1b}', "\\e");
    let code = match output.status.code() {
        Some(0) => String::new(),
        code => format!("[exit code {}]\n", code.unwrap_or(-1)),
    };
    Ok(format!("{line}\n{printed}{code}"))
}

/// The files in a folder beside this one, sorted.
fn files(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests")
        .join(folder);
    let entries = fs::read_dir(folder).expect("the folder is there");
    let mut files: Vec<_> = entries
        .map(|entry| entry.expect("it can be listed").path())
        .collect();
    files.sort();
    files
}
