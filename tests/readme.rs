//! What the README shows is so: its examples are parts of programs that are built and run, its commands print what
//! stands there. The READMEs of examples quote them as they are.

use std::fs;
use std::process::Command;

use qapi_tests::{Agent, need};

/// Precedes each block of code that is taken from a file.
const MARK: &str = "<!-- ";

/// The blocks of code that follow the name of a file: the name, and the code.
fn quoted(readme: &str) -> Vec<(&str, &str)> {
    let blocks = readme.split(MARK).skip(1);
    blocks
        .filter_map(|rest| {
            let (name, rest) = rest.split_once(" -->\n```")?;
            let (_, code) = rest.split_once('\n')?;
            let (code, _) = code.split_once("\n```")?;
            Some((name, code))
        })
        .collect()
}

/// A file of the project.
fn read(name: &str) -> String {
    let path = need::workspace().join(name);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The agent that the README is about.
fn agent() -> Agent {
    Agent::start(need::our_agent(env!("CARGO_BIN_EXE_agent-under-test")))
}

#[test]
fn examples_stand_in_the_files_they_name() {
    let readmes = [
        "README.md",
        "examples/custom-agent/README.md",
        "examples/qmp-client/README.md",
        "examples/schema-diff/README.md",
    ]
    .map(read);
    let quoted = readmes.iter().flat_map(|readme| {
        let quoted = quoted(readme);
        let count = quoted.len();
        assert!(count >= 3, "only {count} examples are checked");
        quoted
    });
    for (name, code) in quoted {
        let file = read(name);
        for (line, text) in code.lines().enumerate() {
            assert!(
                file.contains(text),
                "{name} has no such line {}: {text}",
                line + 1
            );
        }
        assert!(
            file.contains(code),
            "{name} has these lines, but not in this order or not together:\n{code}"
        );
    }
}

#[test]
fn commands_print_what_stands_there() {
    let (Some(_), Some(_)) = (need::tool("sh"), need::tool("socat")) else {
        return;
    };
    let agent = agent();
    let host_name =
        agent.connect().ask(r#"{"execute":"guest-get-host-name"}"#)["return"]["host-name"]
            .to_string();
    let socket = agent.socket().display().to_string();
    let readme = read("README.md");
    let mut shown = 0;
    for (command, rest) in readme
        .split("\n$ ")
        .skip(1)
        .filter_map(|rest| rest.split_once('\n'))
    {
        let printed = rest
            .lines()
            .next()
            .expect("a reply follows")
            .replace("\"guest\"", &host_name);
        let command = command.replace("/tmp/agent.sock", &socket);
        let output = Command::new("sh")
            .args(["-c", &command])
            .output()
            .expect("a shell starts");
        assert_eq!(
            String::from_utf8_lossy(&output.stdout),
            format!("{printed}\n"),
            "{command}"
        );
        shown += 1;
    }
    assert!(shown >= 3, "only {shown} commands are shown");
}

#[test]
fn the_number_of_commands_is_right() {
    let info = agent().connect().ask(r#"{"execute":"guest-info"}"#);
    let commands = info["return"]["supported_commands"]
        .as_array()
        .expect("a list of commands");
    assert!(commands.iter().all(|command| command["enabled"] == true));
    let sentence = format!(
        "All {} commands that QEMU 10.2 has on Linux are there",
        commands.len()
    );
    assert!(read("README.md").contains(&sentence), "{sentence}");
}
