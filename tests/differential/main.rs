//! The same requests to the C agent of QEMU and to ours, and the same replies.
//!
//! Byte for byte where a reply is an error or has one member; where it is an object, the same bytes in any order of
//! its members, since the C agent prints them in the order of a hash table. What differs on purpose or by nature
//! stands in `differences.rs`, with the reason.

mod compare;
mod differences;

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;

use qapi_tests::{Agent, Conversation, Setup, Wire, need};
use rustix::fs::{CWD, FileType, Mode, mknodat};
use serde_json::Value;

use crate::compare::Comparison;

/// The agent to compare with the C one.
fn ours() -> PathBuf {
    need::our_agent(env!("CARGO_BIN_EXE_agent-under-test"))
}

/// The C agent and its version.
struct Theirs {
    program: PathBuf,
    version: String,
}

impl Theirs {
    fn find() -> Option<Self> {
        let program = need::c_agent()?;
        let version = need::version(&program)?;
        Some(Self { program, version })
    }

    fn comparison(&self) -> Comparison {
        Comparison::new(&self.version)
    }

    /// Runs the same on both agents, at the same time: theirs, then ours.
    fn both<T: Send>(&self, run: impl Fn(&Path) -> T + Sync) -> (T, T) {
        thread::scope(|scope| {
            let theirs = scope.spawn(|| run(&self.program));
            let ours = run(&ours());
            (
                theirs
                    .join()
                    .unwrap_or_else(|panic| std::panic::resume_unwind(panic)),
                ours,
            )
        })
    }
}

fn conversations() -> Vec<Conversation> {
    Conversation::all(&need::workspace().join("tests/differential/conversations"))
}

/// Starts an agent in a home with something of every kind to open and to execute.
fn furnished(program: &Path) -> Agent {
    let mut setup = Setup::new(program);
    setup
        .file("greeting", "Hello, world!")
        .file("other", "hello other file")
        .file("long", &"0123456789".repeat(2000));
    setup
        .file("our-script", "#!/bin/sh\necho \"$0: $1\"\n")
        .file("plain-script", "echo \"$0: $1\"\n");
    setup
        .file("empty-script", "")
        .file("lost-interpreter", "#!/absent/interpreter\n");
    let agent = setup.start();
    let home = agent.home();
    for script in [
        "our-script",
        "plain-script",
        "empty-script",
        "lost-interpreter",
    ] {
        fs::set_permissions(home.join(script), fs::Permissions::from_mode(0o755))
            .expect("a file of ours");
    }
    fs::create_dir(home.join("directory")).expect("a fresh directory");
    for (name, target) in [
        ("dangling", "absent"),
        ("link", "greeting"),
        ("loop", "loop"),
    ] {
        symlink(target, home.join(name)).expect("a fresh link");
    }
    mknodat(
        CWD,
        home.join("pipe"),
        FileType::Fifo,
        Mode::from_raw_mode(0o600),
        0,
    )
    .expect("a fresh pipe");
    agent
}

#[test]
fn every_request_gets_the_reply_of_the_c_agent() {
    let Some(theirs) = Theirs::find() else { return };
    let mut comparison = theirs.comparison();
    for conversation in conversations() {
        let (their, our) = theirs.both(|program| {
            let agent = furnished(program);
            let replies = conversation.run(&mut agent.connect());
            (replies, agent.files())
        });
        for (step, (theirs, ours)) in conversation.steps.iter().zip(their.0.iter().zip(&our.0)) {
            comparison.compare(&conversation.name, &step.text, theirs, ours);
        }
        comparison.compare_files(&conversation.name, &their.1, &our.1);
    }
    comparison.finish();
}

#[test]
fn every_command_that_we_have_is_compared() {
    let said: String = conversations()
        .iter()
        .flat_map(|each| &each.steps)
        .map(|step| step.text.as_str())
        .collect();
    let info = Agent::start(ours())
        .connect()
        .ask(r#"{"execute":"guest-info"}"#);
    let commands = info["return"]["supported_commands"]
        .as_array()
        .expect("a list of commands");
    for command in commands
        .iter()
        .filter(|command| command["enabled"] == Value::Bool(true))
    {
        let name = command["name"].as_str().expect("a command has a name");
        assert!(
            said.contains(&format!("\"execute\":\"{name}\"")),
            "{name} is in no conversation"
        );
    }
}

/// How the bytes of many requests can be cut into writes.
fn compare_cut(cut: impl Fn(&mut Wire, &[u8]) -> Vec<u8> + Sync) {
    let Some(theirs) = Theirs::find() else { return };
    let mut comparison = theirs.comparison();
    for conversation in conversations() {
        if ["requests", "lexical", "sync"].contains(&conversation.name.as_str()) {
            let bytes = conversation
                .steps
                .iter()
                .map(|step| step.bytes())
                .collect::<Vec<_>>()
                .join(&b'\n');
            let (their, our) =
                theirs.both(|program| cut(&mut Agent::start(program).connect(), &bytes));
            let place = format!("{}, all in one", conversation.name);
            comparison.compare(&place, "", &their, &our);
        }
    }
    comparison.finish();
}

#[test]
fn many_requests_in_one_write_get_the_same_replies() {
    compare_cut(|wire, bytes| wire.replies_to_then_reset(bytes));
}

#[test]
fn requests_split_at_every_byte_get_the_same_replies() {
    compare_cut(|wire, bytes| {
        let mut replies = Vec::new();
        // One request at a time, or the replies would not be taken while the bytes are written.
        for part in bytes.split_inclusive(|byte| *byte == b'\n') {
            part.iter().for_each(|byte| wire.send([*byte]));
            replies.extend(wire.replies_to_then_reset(b""));
        }
        replies
    });
}

#[test]
fn limits_are_the_same() {
    let Some(theirs) = Theirs::find() else { return };
    let mut comparison = theirs.comparison();
    let nested = |depth| [b"[".repeat(depth), b"]".repeat(depth)].concat();
    let list = |count| [b"[", b"1,".repeat(count).as_slice(), b"1]"].concat();
    let text = |length| [b"\"", b"a".repeat(length).as_slice(), b"\""].concat();
    let cases: [(&str, Vec<u8>); 8] = [
        ("1024 levels", nested(1024)),
        ("1025 levels", nested(1025)),
        (
            "1025 levels of objects",
            [b"{\"a\":".repeat(1025), b"}".repeat(1025)].concat(),
        ),
        ("2097151 tokens", list((1 << 20) - 2)),
        ("2097153 tokens", list((1 << 20) - 1)),
        ("a long text", text(1 << 20)),
        ("the longest text", text((64 << 20) - 3)),
        ("a text that is too long", text(64 << 20)),
    ];
    for (name, bytes) in cases {
        let (their, our) = theirs.both(|program| {
            let agent = Agent::start(program);
            let mut wire = agent.connect();
            let mut replies = wire.replies_to_then_reset(&bytes);
            replies.extend(wire.replies_to(r#"{"execute":"guest-ping"}"#));
            replies
        });
        comparison.compare("limits", name, &their, &our);
    }
    comparison.finish();
}

#[test]
fn the_largest_read_is_the_same() {
    let Some(theirs) = Theirs::find() else { return };
    let mut comparison = theirs.comparison();
    let requests = [
        r#"{"execute":"guest-file-open","arguments":{"path":"/dev/zero"}}"#,
        r#"{"execute":"guest-file-read","arguments":{"handle":1000,"count":50331648}}"#,
    ];
    let (their, our) = theirs.both(|program| {
        let agent = Agent::start(program);
        agent.connect().replies_to(requests.concat())
    });
    comparison.compare("limits", "48 MiB", &their, &our);
    comparison.finish();
}

#[test]
fn half_a_request_ends_with_its_client() {
    let Some(theirs) = Theirs::find() else { return };
    let mut comparison = theirs.comparison();
    let (first, second) = (r#"{"execute":"#, r#""guest-ping"}"#);
    let (their, our) = theirs.both(|program| {
        let agent = Agent::start(program);
        let mut wire = agent.connect();
        wire.send(first);
        drop(wire);
        agent.connect().replies_to_then_reset(second)
    });
    comparison.compare("two clients", &[first, second].join(" | "), &their, &our);
    comparison.finish();
}

#[test]
fn os_release_is_read_alike() {
    let Some(theirs) = Theirs::find() else { return };
    let mut comparison = theirs.comparison();
    let files = [
        "",
        "ID=debian\nNAME=Plain\nVERSION_ID=12\n",
        "ID=\"quoted\"\nPRETTY_NAME=two words\nVERSION=a;b\nVARIANT_ID=\"\"\n",
        "NAME='single quoted'\nVARIANT=''\n",
        "NAME=\"a \\\"b\\\" \\$c \\`d\\` \\\\e \\'f \\n\" rest\nID=\n",
        "# comment\n\n  \nID=first\nID=second\nid=lower\nVERSION = blanks \n",
        "ID=kept\nexport NAME=lost\n",
        "ID=kept\n[other]\nNAME=lost\n",
        "ID=caf\u{e9}\nNAME=\"tab\\tstays\"\nVERSION=back\\slash\n",
        "ID=a\r\nNAME=\"b\"\r\n",
        "ID=no-line-feed",
    ];
    for file in files {
        let (their, our) = theirs.both(|program| {
            let agent = Setup::new(program)
                .file("os-release", file)
                .env("QGA_OS_RELEASE", "%/os-release")
                .start();
            let mut reply = agent.connect().ask(r#"{"execute":"guest-get-osinfo"}"#);
            let members = reply["return"].as_object_mut().expect("an object");
            for of_kernel in ["kernel-release", "kernel-version", "machine"] {
                assert!(members.shift_remove(of_kernel).is_some(), "no {of_kernel}");
            }
            members.sort_keys();
            reply["return"].to_string()
        });
        comparison.compare("os-release", file, their.as_bytes(), our.as_bytes());
    }
    comparison.finish();
}

#[test]
fn time_zone_follows_the_environment_alike() {
    let Some(theirs) = Theirs::find() else { return };
    let mut comparison = theirs.comparison();
    let zones = [
        "UTC",
        "",
        "UTC0",
        "EST5",
        "EST5EDT,M3.2.0,M11.1.0",
        "<+0545>-5:45",
        ":UTC",
        "Absent/Zone",
        "Asia/Kathmandu",
    ];
    for zone in zones {
        let (their, our) = theirs.both(|program| {
            let agent = Setup::new(program).env("TZ", zone).start();
            agent
                .connect()
                .replies_to(r#"{"execute":"guest-get-timezone"}"#)
        });
        comparison.compare("TZ", zone, &their, &our);
    }
    comparison.finish();
}

#[test]
fn a_stored_handle_counter_is_read_alike() {
    let Some(theirs) = Theirs::find() else { return };
    let mut comparison = theirs.comparison();
    let states = [
        "",
        "[global]\nfd_counter=5\n",
        "[global]\nfd_counter=2147483646\n",
        "[global]\nfd_counter=abc\n",
        "[global]\nfd_counter=99999999999\n",
        "[global]\nother=5\n",
        "# comment\n[other]\nfd_counter=5\n",
    ];
    for state in states {
        let (their, our) = theirs.both(|program| {
            let agent = Setup::new(program)
                .file("../state/qga.state", state)
                .start();
            let replies = agent
                .connect()
                .replies_to(r#"{"execute":"guest-file-open","arguments":{"path":"/"}}"#.repeat(3));
            [
                replies.as_slice(),
                agent.files()["state/qga.state"].as_bytes(),
            ]
            .concat()
        });
        comparison.compare("state", state, &their, &our);
    }
    comparison.finish();
}

/// What a program says and how it ends.
fn outcome(program: &Path, args: &[&str]) -> String {
    let output = Command::new(program)
        .args(args)
        .env_clear()
        .output()
        .expect("the program starts");
    format!(
        "{:?} {}",
        output.status.code(),
        String::from_utf8_lossy(&output.stdout)
    )
    .replace(&program.display().to_string(), "PROGRAM")
}

#[test]
fn a_wrong_command_line_ends_alike() {
    let Some(theirs) = Theirs::find() else { return };
    let cases: &[&[&str]] = &[
        &["--no-such-option"],
        &["-m"],
        &["-m", "unix-listen"],
        &["-m", "no-such-method", "-p", "/absent/socket"],
        &["-m", "unix-listen", "-p", "/absent/socket", "-t", "/tmp"],
        &["-m", "unix-listen", "-p", "/absent/socket", "-t", "/absent"],
    ];
    for args in cases {
        let (their, our) = theirs.both(|program| outcome(program, args));
        assert_eq!(our, their, "{args:?}");
    }
}

#[test]
fn an_agent_that_is_told_to_end_ends_well() {
    let Some(theirs) = Theirs::find() else { return };
    let (their, our) = theirs.both(|program| Agent::start(program).terminate().to_string());
    assert_eq!(our, their);
}

#[test]
fn printf_and_socat_get_the_same_bytes() {
    let Some(theirs) = Theirs::find() else { return };
    let (Some(_), Some(_)) = (need::tool("socat"), need::tool("sh")) else {
        return;
    };
    let requests = [
        r#"{"execute":"guest-ping"}\n"#,
        r#"\377{"execute":"guest-sync-delimited","arguments":{"id":123}}\n"#,
        r#"{"execute":"guest-sync","arguments":{"id":5}}{"execute":"no-such"}\n{"execute":"guest-ping","id":"a"}"#,
        r#"{"execute":"guest-exec","arguments":{"path":"/absent"}}\nnonsense\n"#,
    ];
    for request in requests {
        let (their, our) = theirs.both(|program| {
            let agent = Agent::start(program);
            let script = "printf \"$REQUEST\" | socat -t 30 - UNIX-CONNECT:\"$SOCKET\"";
            let output = Command::new("sh")
                .args(["-c", script])
                .env("REQUEST", request)
                .env("SOCKET", agent.socket())
                .output()
                .expect("a shell starts");
            assert!(output.status.success(), "{output:?}");
            output.stdout.escape_ascii().to_string()
        });
        assert!(!their.is_empty());
        assert_eq!(our, their, "{request}");
    }
}
