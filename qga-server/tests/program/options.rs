//! The command line and the configuration file.

use std::fs;

use qga_types::COMMANDS;
use tempfile::tempdir;

use crate::running::{Running, ask, output, ping, text};

#[test]
fn the_version_begins_with_that_of_the_c_agent() {
    for option in ["-V", "--version", "--vers"] {
        let output = output(&[option]);
        assert!(output.status.success());
        let lines: Vec<&str> = text(&output.stdout).lines().collect();
        assert_eq!(lines[0], "QEMU Guest Agent 10.2.2");
        assert_eq!(lines[1], concat!("qga-server ", env!("CARGO_PKG_VERSION")));
    }
}

#[test]
fn help_goes_to_standard_output() {
    let output = output(&["--help"]);
    assert!(output.status.success() && output.stderr.is_empty());
    assert!(text(&output.stdout).starts_with("Usage: "));
}

#[test]
fn misuse_ends_with_status_one_and_a_hint() {
    for args in [
        &["-x"][..],
        &["--foo"],
        &["-m"],
        &["--verbose=1"],
        &["--ver"],
    ] {
        let output = output(args);
        assert_eq!(output.status.code(), Some(1), "{args:?}");
        let hint = text(&output.stdout);
        assert!(
            hint.starts_with("Unknown option, try '"),
            "{args:?}: {hint}"
        );
        assert!(
            hint.ends_with(" --help' for more information.\n"),
            "{args:?}: {hint}"
        );
        assert_eq!(text(&output.stderr).lines().count(), 1, "{args:?}");
    }
}

#[test]
fn a_bad_configuration_file_shows_whatever_is_asked_for() {
    let dir = tempdir().expect("a directory");
    let file = dir.path().join("file");
    fs::write(&file, "[general]\nverbose=yes\n").expect("a file");
    let file = file.to_str().expect("text");
    for (args, problem) in [
        (["-V", "-c", file], "is to be true or false, and not 'yes'"),
        (["-h", "-c", "/absent"], "No such file or directory"),
        (["-bhelp", "-c", "/"], "Not a regular file"),
    ] {
        let output = output(&args);
        assert_eq!(output.status.code(), Some(1), "{args:?}");
        assert!(output.stdout.is_empty(), "{args:?}");
        let log = text(&output.stderr);
        let begin = ": error loading configuration from path: ";
        assert!(log.contains(begin) && log.contains(problem), "{log}");
    }
}

#[test]
fn what_is_dumped_is_a_configuration_file_for_the_same() {
    let dir = tempdir().expect("a directory");
    let file = dir.path().join("file");
    let first = output(&[
        "-D",
        "-m",
        "x",
        "-p",
        " a\\b",
        "-rdv",
        "-F",
        "-b",
        "guest-ping",
    ]);
    assert!(first.status.success(), "{first:?}");
    fs::write(&file, &first.stdout).expect("a file");
    let second = output(&["-D", "-c", file.to_str().expect("text")]);
    assert_eq!(text(&second.stdout), text(&first.stdout));
    assert!(text(&first.stdout).contains("\npath=\\sa\\\\b\n"));
}

#[test]
fn the_commands_are_listed_in_the_order_of_the_schema() {
    for args in [["-b", "help"], ["-a", "?"]] {
        let output = output(&args);
        assert!(output.status.success(), "{args:?}");
        let names: Vec<_> = text(&output.stdout).lines().collect();
        let known: Vec<_> = COMMANDS.iter().map(|command| command.name).collect();
        assert_eq!(names, known);
    }
}

#[test]
fn commands_of_the_file_and_of_the_command_line_are_blocked() {
    let dir = tempdir().expect("a directory");
    let file = dir.path().join("file");
    fs::write(&file, "[general]\nblock-rpcs=guest-get-time,guest-exec\n").expect("a file");
    let file = file.to_str().expect("text");
    let agent = Running::start_with(&["-c", file, "-b", "guest-info"]);
    let mut client = agent.connect();
    assert_eq!(ping(&mut client), "{\"return\": {}}\n");
    for command in ["guest-get-time", "guest-exec", "guest-info"] {
        let line = ask(&mut client, &format!("{{'execute': '{command}'}}"));
        let refusal = format!(
            "\"desc\": \"Command {command} has been disabled: the command is not allowed\""
        );
        assert!(line.contains(&refusal), "{line}");
    }
}

#[test]
fn what_prevents_the_start_is_told() {
    let dir = tempdir().expect("a directory");
    let file = dir.path().join("file");
    fs::write(&file, "precious").expect("a file");
    let (dir, file) = (
        dir.path().to_str().expect("text"),
        file.to_str().expect("text"),
    );
    for (args, message) in [
        (
            &["-m", "unix-listen"][..],
            "must specify a path for this channel",
        ),
        (
            &["-p", "/nonexistent/port", "-t", dir],
            "error opening channel '/nonexistent/port': No such file or directory",
        ),
        (
            &["-m", "foo", "-p", "x"],
            "unsupported channel method/type: foo",
        ),
        (
            &["-m", "unix-listen", "-p", "x", "-t", "/nonexistent"],
            "failed to write persistent state to /nonexistent/qga.state: No such file or directory",
        ),
        (
            &["-m", "unix-listen", "-p", "/nonexistent/x", "-t", dir],
            "Failed to bind socket to /nonexistent/x: No such file or directory",
        ),
        (
            &["-m", "unix-listen", "-p", file, "-t", dir],
            "a file that is not a socket is in the way",
        ),
        (
            &["-m", "vsock-listen", "-p", "1234", "-t", dir],
            "error parsing address '1234'",
        ),
        (
            &["-m", "vsock-listen", "-p", "2:1234", "-t", dir],
            "Failed to bind socket: ",
        ),
    ] {
        let output = output(args);
        assert_eq!(output.status.code(), Some(1), "{args:?}");
        let log = text(&output.stderr);
        assert!(log.contains(message), "{args:?}: {log}");
    }
    assert_eq!(fs::read(file).expect("the file"), b"precious");
}
